"""The conic from a periapsis to a distance in a given time: the first guess of a transfer."""

import numpy as np
from scipy.optimize import brentq

from orbits.constants import DAY
from orbits.elements import true_to_mean


def ellipse(near: float, far: float, flight: float, mu: float) -> tuple[float, float]:
    """Return speed (m/s) at periapsis ``near``, and the true anomaly at ``far``.

    That of the conic which takes ``flight`` s on the way.

    Two-body; a hyperbola where the time is short, beyond apoapsis where it is long.

    Raises
    ------
    ValueError
        If no conic with this periapsis takes so long on its way to ``far`` or back.
    """

    def conic(nu: float) -> tuple[float, float]:
        e = (far - near) / (near - far * np.cos(nu))
        return e, _time_to(nu, e, near, mu)

    # e falls from infinity (at cos nu = near / far) to its least at 180 degrees, and rises.
    first = float(np.arccos(near / far))
    low, high = first + 1e-9, 2.0 * np.pi - first - 1e-9
    closed = np.linspace(low, high, 2001)
    times = np.array([conic(nu)[1] for nu in closed])
    fits = np.flatnonzero((times[1:] >= flight) & (times[:-1] < flight))
    if not len(fits):
        raise ValueError(
            f"no flight from {near / 1e3:.0f} km to {far / 1e3:.0f} km takes "
            f"{flight / DAY:.3f} days: choose {np.nanmin(times) / DAY:.2f} to "
            f"{np.nanmax(times[np.isfinite(times)]) / DAY:.2f} days"
        )
    k = fits[0]
    nu = float(brentq(lambda x: conic(x)[1] - flight, closed[k], closed[k + 1]))  # type: ignore[arg-type]
    e, _ = conic(nu)
    return float(np.sqrt(mu * (1.0 + e) / near)), nu


def _time_to(nu: float, e: float, near: float, mu: float) -> float:
    if e <= 0.0:
        return np.nan
    size = near / abs(1.0 - e)
    rate = np.sqrt(mu / size**3)
    if e < 1.0:
        return float(np.remainder(float(true_to_mean(nu, e)), 2.0 * np.pi)) / rate
    if nu >= np.pi:
        return np.inf  # a hyperbola does not come back
    return float(true_to_mean(nu, e)) / rate
