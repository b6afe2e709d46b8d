"""The Schwarzschild term of the centre of integration.

Neglected: frame dragging and geodesic precession (a hundred times smaller about the Earth).
Source: IERS Conventions (2010), eq. 10.12, first line, with beta = gamma = 1. [iers2010]
"""

from orbits.compiled import compiled
from orbits.constants import SPEED_OF_LIGHT

_C2 = SPEED_OF_LIGHT**2


@compiled
def add_schwarzschild(mu, y, r2, r3, out):
    """Add the correction (m/s2) at state ``y``; ``r2``, ``r3`` are powers of its radius."""
    v2 = y[3] * y[3] + y[4] * y[4] + y[5] * y[5]
    dot = y[0] * y[3] + y[1] * y[4] + y[2] * y[5]
    k = mu / (_C2 * r3)
    along_r = k * (4.0 * mu * r2 / r3 - v2)
    along_v = 4.0 * k * dot
    for c in range(3):
        out[c] += along_r * y[c] + along_v * y[c + 3]
