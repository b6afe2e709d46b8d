"""Sight: the margin of one constraint of a leg at one instant, compiled.

What ``signal.ray``, ``Horizon.local`` and ``Occultation.vectors`` compute for many instants of
any two paths, for one instant of two packed ends. The formulas that turn those vectors into a
margin stand here once, for both.
"""

import numpy as np

from orbits.compiled import compiled
from orbits.constants import SPEED_OF_LIGHT
from orbits.geometry.packed import (
    END,
    SKY,
    axes_matrix,
    barycentre_at,
    barycentric_velocity_at,
    body_at,
    place,
)
from orbits.geometry.signal import CLOSE, SETTINGS, aberrate, settle

ELEVATION, OCCULTATION, RANGE = range(3)
AT_ONCE, APPARENT = SETTINGS.index("geometric"), SETTINGS.index("apparent")


# One constraint of one leg, with all that its margin and its bound need.
SIGHT = np.dtype(
    [
        ("kind", "i8"),  # ELEVATION, OCCULTATION or RANGE
        ("light", "i8"),  # row of the setting in signal.SETTINGS
        ("sky", SKY),
        ("transmitter", END),
        ("receiver", END),
        ("body", END),  # the centre of the body that may occult
        ("center", "i8"),  # row of the body about which bounds are taken
        ("carrier", "f8", (2,)),  # m/s and m/s2: bounds of that body about the barycentre
        ("sent", "f8", (2,)),  # of the transmitter's centre about that body
        ("received", "f8", (2,)),  # of the receiver's
        ("receives", "i8"),  # whether the site of an elevation is the receiver
        ("axes", "f8", (3, 3)),  # east, north, up of that site
        ("sine", "f8"),  # of its lowest elevation
        ("turning", "f8", (3,)),  # rad/s, rad/s2, m: bounds on its rotation; its radius
        ("observer", "f8", (3,)),  # bounds on its v/c and the derivatives of that
        ("radius", "f8"),  # m, of the body that may occult, at its equator
        ("scale", "f8"),  # that over the polar radius
        ("body_axes", "i8"),
        ("limit", "f8"),  # m, of a range
        ("sign", "f8"),  # 1 for the greatest, -1 for the least
    ]
)


# -- formulas -------------------------------------------------------------------------------


@compiled
def local_of(turn, axes, vector, angle, out):
    """Write ``vector`` (3,) as east, north, up, ``angle`` rad after ``turn`` of the body."""
    x = turn[0, 0] * vector[0] + turn[0, 1] * vector[1] + turn[0, 2] * vector[2]
    y = turn[1, 0] * vector[0] + turn[1, 1] * vector[1] + turn[1, 2] * vector[2]
    z = turn[2, 0] * vector[0] + turn[2, 1] * vector[1] + turn[2, 2] * vector[2]
    x, y = x + angle * y, y - angle * x
    for k in range(3):
        out[k] = axes[k, 0] * x + axes[k, 1] * y + axes[k, 2] * z


@compiled
def height(local, sine):
    """Return how far ``local`` (east, north, up) stands above a cone of elevation, m."""
    if sine == 0.0:
        return local[2]
    east, north, up = local[0], local[1], local[2]
    return up - sine * np.sqrt(east * east + north * north + up * up)


@compiled
def tangency(near, line, pole, radius, flattened):
    """Return the margin of an occultation, m, or nan where an end lies inside the body.

    ``near`` (3,) goes from the body to the receiver, ``line`` from the receiver to the
    transmitter; ``flattened`` is (a/b)^2 - 1; ``pole`` (3,) the axis.
    """
    s1 = s2 = s12 = p1 = p12 = 0.0
    for k in range(3):
        p1 += near[k] * pole[k]
        p12 += line[k] * pole[k]
        s1 += near[k] * near[k]
        s12 += line[k] * line[k]
        s2 += (near[k] + line[k]) ** 2
    s1 += flattened * p1 * p1
    s2 += flattened * (p1 + p12) ** 2
    s12 += flattened * p12 * p12
    square = radius * radius
    return np.sqrt(s1 - square) + np.sqrt(s2 - square) - np.sqrt(s12)


@compiled
def _length(vector):
    return np.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2])


# -- where both ends are ----------------------------------------------------------------------

# Rows of the scratch. What is known of the receiver at one instant and of the transmitter at
# one instant is kept, because a bound and the margin half way ask for the same.
_WHEN, _HERE, _BODY, _EMB, _RECEIVED, _SENT = range(6)
_TURN, _OTHER_TURN, _SPARE = slice(6, 12), slice(12, 18), slice(18, 26)


def scratch():
    """Return the scratch of `margin`, `received` and `sent`."""
    return np.full((26, 3), np.nan)


@compiled
def received(sight, t, work):
    """Return the receiver at ``t`` from the centre of the bounds, m; (3,)."""
    out = work[_RECEIVED]
    if work[_WHEN, 0] == t:
        return out
    sky, row, center = sight.sky, sight.receiver.row, sight.center
    here, body, spare = work[_HERE], work[_BODY], work[_SPARE]
    place(sight.receiver, sky, t, here, work[_TURN])
    out[:] = here
    if row != center or sight.light != AT_ONCE:
        body_at(sky, row, t, body)
    if row != center:
        body_at(sky, center, t, spare[0])
        for k in range(3):
            out[k] += body[k] - spare[0, k]
    if sight.light != AT_ONCE:
        barycentre_at(sky, t, work[_EMB])
    work[_WHEN, 0] = t
    return out


@compiled
def sent(sight, t, work):
    """Return the transmitter at ``t`` from the centre of the bounds, m; (3,)."""
    out = work[_SENT]
    if work[_WHEN, 1] == t:
        return out
    sky, row, center, spare = sight.sky, sight.transmitter.row, sight.center, work[_SPARE]
    place(sight.transmitter, sky, t, out, work[_OTHER_TURN])
    if row != center:
        body_at(sky, row, t, spare[0])
        body_at(sky, center, t, spare[1])
        for k in range(3):
            out[k] += spare[0, k] - spare[1, k]
    work[_WHEN, 1] = t
    return out


# -- light ----------------------------------------------------------------------------------


@compiled
def _seen(sight, end, t, out, work):
    """Write the vector from the receiver to ``end`` as it was at ``t`` into ``out``."""
    here, body, emb, spare = work[_HERE], work[_BODY], work[_EMB], work[_SPARE]
    place(end, sight.sky, t, out, work[_OTHER_TURN])
    body_at(sight.sky, end.row, t, spare[0])
    barycentre_at(sight.sky, t, spare[1])
    for k in range(3):
        out[k] = (out[k] - here[k]) + (spare[0, k] - body[k]) + (spare[1, k] - emb[k])


@compiled
def see(sight, end, t, out, work):
    """Return the light time from ``end`` that ends at ``t``, s, and write the vector to it.

    As ``signal.ray``.
    """
    received(sight, t, work)
    begin, until = end.span[0], end.span[1]
    body, first = work[_BODY], work[_SPARE][2]
    if end.row < 0 or sight.receiver.row < 0:
        _seen(sight, end, min(max(t, begin), until), first, work)
    else:
        body_at(sight.sky, end.row, t, first)
        for k in range(3):
            first[k] -= body[k]
    left = min(max(t - _length(first) / SPEED_OF_LIGHT, begin), until)
    _seen(sight, end, left, first, work)
    while True:
        again = t - _length(first) / SPEED_OF_LIGHT
        _seen(sight, end, again, out, work)
        if not abs(again - left) > CLOSE:
            return settle(t - left, first, t - again, out, out)
        left = again
        for k in range(3):
            first[k] = out[k]


@compiled
def _line(sight, t, out, work):
    """Return the light time and write the vector from receiver to transmitter into ``out``."""
    if sight.light != AT_ONCE:
        return see(sight, sight.transmitter, t, out, work)
    there, here = sent(sight, t, work), received(sight, t, work)
    for k in range(3):
        out[k] = there[k] - here[k]
    return 0.0


# -- margins --------------------------------------------------------------------------------


@compiled
def _elevation(sight, t, work):
    """Return the margin of an elevation, m; as ``Horizon.local`` and `height`."""
    spare = work[_SPARE]
    vector, local, velocity = spare[3], spare[4], spare[5]
    delay = _line(sight, t, vector, work)
    site, turn, here, late = sight.receiver, work[_TURN], t, 0.0
    if sight.receives == 0:
        site, turn, here = sight.transmitter, work[_OTHER_TURN], t - delay
        late = (t - here) - delay
        axes_matrix(site.axes, sight.sky, here, turn)
        for k in range(3):
            vector[k] = -vector[k]
    if sight.light == APPARENT:
        barycentric_velocity_at(sight.sky, site.row, here, velocity, spare[6])
        x, y = -site.rate * site.vector[1], site.rate * site.vector[0]
        sign = 1.0 if sight.receives != 0 else -1.0
        for k in range(3):
            velocity[k] = sign * (velocity[k] + turn[0, k] * x + turn[1, k] * y)
        aberrate(vector, velocity, vector)
    local_of(turn, sight.axes, vector, site.rate * late, local)
    return height(local, sight.sine)


@compiled
def _occultation(sight, t, work):
    """Return the margin of an occultation, m; as ``Occultation.vectors`` and `tangency`."""
    spare = work[_SPARE]
    line, near, pole = spare[3], spare[4], spare[5]
    _line(sight, t, line, work)
    delay = 0.0
    if sight.light == AT_ONCE:
        near[:] = received(sight, t, work)
    else:
        delay = see(sight, sight.body, t, near, work)
        for k in range(3):
            near[k] = -near[k]
    pole[0], pole[1], pole[2] = 0.0, 0.0, 1.0
    if sight.scale != 1.0 and sight.body_axes > 0:
        axes_matrix(sight.body_axes, sight.sky, t - delay, work[_OTHER_TURN])
        pole[:] = work[_OTHER_TURN][2]
    return tangency(near, line, pole, sight.radius, sight.scale**2 - 1.0)


@compiled
def margin(sight, t, work):
    """Return the margin at reception time ``t``, nan where it is not known."""
    if sight.kind == ELEVATION:
        return _elevation(sight, t, work)
    if sight.kind == OCCULTATION:
        return _occultation(sight, t, work)
    vector = work[_SPARE][3]
    _line(sight, t, vector, work)
    return sight.sign * (sight.limit - _length(vector))
