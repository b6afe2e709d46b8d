"""Solid tides of degree 2: the bulge that a distant body raises on the Earth or the Moon.

The whole tide, its permanent part with it: for fields without that part (tide-free), as all
shipped ones are. One Love number, no lag, no dependence on frequency; the tides of degree 3 and
above (a hundredth of these) and those of ocean and pole are neglected.
Sources: Montenbruck and Gill (2000), Satellite Orbits, eq. 3.137; Love numbers from the IERS
Conventions (2010), table 6.3, and Konopliv et al. (2013). [montenbruck2000] [iers2010]
[konopliv2013]
"""

import numpy as np

from orbits.compiled import compiled

K2 = {"earth": 0.3019, "moon": 0.024}
RADIUS = {"earth": 6378136.6, "moon": 1738.0e3}  # m, to which these numbers refer


@compiled
def add_tide(k2, radius, mu_raiser, raiser, x, out):
    """Add the acceleration (m/s2) at ``x`` of the tide that ``raiser`` causes.

    ``x`` and ``raiser`` (3,) are vectors from the centre of the deformed body, m; ``radius``
    is that body's, ``mu_raiser`` (m3/s2) the other's.
    """
    d2 = raiser[0] ** 2 + raiser[1] ** 2 + raiser[2] ** 2
    r2 = x[0] ** 2 + x[1] ** 2 + x[2] ** 2
    d, r = np.sqrt(d2), np.sqrt(r2)
    cosine = (raiser[0] * x[0] + raiser[1] * x[1] + raiser[2] * x[2]) / (d * r)
    k = 0.5 * k2 * mu_raiser / (d2 * d) * radius**5 / (r2 * r2)
    for c in range(3):
        out[c] += k * ((3.0 - 15.0 * cosine * cosine) * x[c] / r + 6.0 * cosine * raiser[c] / d)
