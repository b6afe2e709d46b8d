"""How the centre of integration itself falls: beyond the pull of point masses on it.

A spacecraft's motion about a centre is its own fall less the centre's. The usual third-body
term lets the centre fall as a point among points. The real Earth and Moon fall as their
ephemeris says, with the pull of each other's figures and relativity: about the Moon 1.2e-9 and
about the Earth 1.7e-10 m/s2 more. Left out, two integrations of one arc, about the Earth and
about the Moon, part by 10 to 100 m in a transfer; with it they are the same motion. In an orbit
about one body it hardly matters, and everyone's comparison runs leave it out.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from orbits.almanac import Almanac
from orbits.bodies import BODIES
from orbits.chebyshev import Series
from orbits.chebyshev_fit import fitted
from orbits.constants import DAY
from orbits.ephemeris import NAMES

_LENGTH, _SIZE = DAY, 9  # records of the fit: below 1e-14 m/s2 from the function


def excess_fall(almanac: Almanac, center: str, mu_of: Callable[[str], float]) -> Series:
    """Return the acceleration of ``center`` beyond that by point masses, over the almanac.

    Parameters
    ----------
    mu_of : callable
        Gravitational parameter of a body by name, m3/s2.
    """
    others = [name for name in NAMES if name in BODIES and name != center]

    def excess(t: NDArray[np.float64]) -> NDArray[np.float64]:
        total = almanac.ephemeris.acceleration(center, "ssb", t)
        for name in others:
            away = almanac.position(name, center, t)
            d3 = np.einsum("ij,ij->i", away, away)[:, None] ** 1.5
            total = total - mu_of(name) * away / d3
        return total

    first, last = almanac.span
    span = (first, last - (last - first) % 1.0)
    whole = int((span[1] - span[0]) // _LENGTH)
    return fitted(excess, (span[0], span[0] + whole * _LENGTH), _LENGTH, _SIZE)
