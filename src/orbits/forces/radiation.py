"""Radiation pressure of the Sun on a sphere ("cannonball"), with the shadows of Earth and Moon.

Neglected: albedo and thermal radiation of the bodies, the limb darkening of the Sun, the
atmosphere's refraction, and the overlap of the Earth's and the Moon's discs on the Sun.
Source: Montenbruck and Gill (2000), Satellite Orbits, sec. 3.4, eqs. 3.75, 3.85-3.94.
[montenbruck2000]
"""

import numpy as np

from orbits.compiled import compiled
from orbits.constants import ASTRONOMICAL_UNIT, SOLAR_PRESSURE, SUN_RADIUS

_AU2 = ASTRONOMICAL_UNIT**2


@compiled
def sunlit_fraction(sun, body, radius):
    """Return the visible share of the Sun's disc, 0 to 1, behind a sphere of ``radius`` m.

    ``sun`` and ``body`` (3,) are the vectors from the spacecraft, m.
    """
    d_sun = np.sqrt(sun[0] ** 2 + sun[1] ** 2 + sun[2] ** 2)
    d_body = np.sqrt(body[0] ** 2 + body[1] ** 2 + body[2] ** 2)
    if d_body <= radius:
        return 0.0
    cosine = (sun[0] * body[0] + sun[1] * body[1] + sun[2] * body[2]) / (d_sun * d_body)
    if d_body >= d_sun or cosine <= 0.0:
        return 1.0
    a = np.arcsin(min(SUN_RADIUS / d_sun, 1.0))
    b = np.arcsin(radius / d_body)
    # The cross product keeps small angles accurate where the arc cosine does not.
    cx = sun[1] * body[2] - sun[2] * body[1]
    cy = sun[2] * body[0] - sun[0] * body[2]
    cz = sun[0] * body[1] - sun[1] * body[0]
    c = np.arctan2(np.sqrt(cx * cx + cy * cy + cz * cz), cosine * d_sun * d_body)
    if c >= a + b:
        return 1.0
    if c <= b - a:
        return 0.0
    if c <= a - b:
        return 1.0 - (b / a) ** 2
    x = (c * c + a * a - b * b) / (2.0 * c)
    y = np.sqrt(max(a * a - x * x, 0.0))
    hidden = (
        a * a * np.arccos(min(max(x / a, -1.0), 1.0))
        + b * b * np.arccos(min(max((c - x) / b, -1.0), 1.0))
        - c * y
    )
    return 1.0 - hidden / (np.pi * a * a)


@compiled
def pressure_scale(sun):
    """Return the factor s with acceleration = -s (Cr A / m) ``sun``, in sunlight; N/m3.

    ``sun`` (3,) is the vector from the spacecraft to the Sun, m.
    """
    d2 = sun[0] ** 2 + sun[1] ** 2 + sun[2] ** 2
    return SOLAR_PRESSURE * _AU2 / (d2 * np.sqrt(d2))
