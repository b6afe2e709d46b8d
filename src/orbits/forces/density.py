"""The atmospheres that the compiled drag (atmosphere.py) can read, as packed numbers.

Neglected by both: winds, waves, and anything faster than the models themselves hold.
"""

import importlib.metadata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbits.constants import DAY
from orbits.errors import DataError
from orbits.forces.atmosphere import (
    EXPONENTIAL,
    HIGHEST,
    KNEE,
    LOWEST,
    NRLMSIS,
    TERMS,
    surface_functions,
)
from orbits.forces.space_weather import OUTSIDE, Weather, extent, indices, outside_warning
from orbits.time import utc_midnight, utc_mjd

NAMES = ("exponential", "nrlmsis")


@dataclass(frozen=True, eq=False, slots=True)
class Atmosphere:
    """A model of the density.

    Attributes
    ----------
    numbers : (k,) array
        What the compiled code reads.
    provenance : dict
        What it is, and what it rests on.
    """

    numbers: NDArray[np.float64]
    provenance: dict[str, Any]


def atmosphere(
    name: str, span: tuple[float, float], weather: Weather | None = None
) -> Atmosphere:
    """Return the atmosphere "exponential" or "nrlmsis" over ``span`` (s past J2000 TDB).

    Parameters
    ----------
    weather : Weather
        One set of solar and geomagnetic indices instead of the measured ones ("nrlmsis").

    Raises
    ------
    DataError
        If pymsis, which computes NRLMSIS, is not installed.
    """
    if name == "exponential":
        return exponential()
    if name == "nrlmsis":
        first, last = (int(mjd) for mjd in utc_mjd(np.array(span)))
        return nrlmsis(first, last, weather)
    raise ValueError(f"unknown atmosphere {name!r}; choose from {', '.join(NAMES)}")


# -- exponential --------------------------------------------------------------------------

# Base height (km) and density there (kg/m3).
_TABLE = np.array([
    (0, 1.225), (25, 3.899e-2), (30, 1.774e-2), (40, 3.972e-3), (50, 1.057e-3),
    (60, 3.206e-4), (70, 8.770e-5), (80, 1.905e-5), (90, 3.396e-6), (100, 5.297e-7),
    (110, 9.661e-8), (120, 2.438e-8), (130, 8.484e-9), (140, 3.845e-9), (150, 2.070e-9),
    (180, 5.464e-10), (200, 2.789e-10), (250, 7.248e-11), (300, 2.418e-11), (350, 9.518e-12),
    (400, 3.725e-12), (450, 1.585e-12), (500, 6.967e-13), (600, 1.454e-13), (700, 3.614e-14),
    (800, 1.170e-14), (900, 5.245e-15), (1000, 3.019e-15),
])  # fmt: skip
_TOP_SCALE = 268.00  # km, scale height above the last base


def exponential() -> Atmosphere:
    """Return the density of Vallado's table: one profile for all places and times.

    The logarithm is joined linearly from base to base instead of taking the printed scale
    heights, which makes the density continuous; it differs from the printed formula by less
    than 0.002 % above 110 km, 0.14 % below 25 km. Source: Vallado (2013), table 8-4.
    [vallado2013]
    """
    heights = np.append(_TABLE[:, 0], _TABLE[-1, 0] + _TOP_SCALE) * 1000.0
    logs = np.append(np.log(_TABLE[:, 1]), np.log(_TABLE[-1, 1]) - 1.0)
    numbers = np.concatenate([[EXPONENTIAL, float(len(heights))], heights, logs])
    return Atmosphere(
        numbers, {"model": "exponential", "source": "Vallado (2013), table 8-4 [vallado2013]"}
    )


# -- NRLMSIS ------------------------------------------------------------------------------

_NODES_A_DAY = 6  # nearly all that turns with longitude goes once a day at a fixed local time
_LEVELS = 28  # 3 km apart at 100 km, 50 km at 400 km: within 0.1 % of the model in height
_POINTS = 12  # in latitude (of Gauss and Legendre) and in local time
_AT_ONCE = 24  # nodes in time given to pymsis in one call: 97 000 points


@lru_cache(maxsize=4)
def nrlmsis(first: int, last: int, weather: Weather | None = None) -> Atmosphere:
    """Return NRLMSIS 2.1 from 100 to 1500 km over the UTC days from MJD ``first`` to ``last``.

    The model is evaluated in its daily mode at six instants a day, 28 heights and 144 places
    each and the logarithm of its density is fitted with smooth functions: within 0.3 % rms and
    2 % of the model at 150 to 1000 km, also in storms (tests/truth/test_density_msis.py). The
    solar and geomagnetic indices are joined from day to day (space_weather.py). Below 100 and
    above 1500 km the logarithm goes on linearly; below 100 km that is a rough guess.

    20 ms and 0.13 MB a day. Source: Emmert et al. (2022). [emmert2022]
    """
    try:
        version = importlib.metadata.version("pymsis")
    except importlib.metadata.PackageNotFoundError:
        raise DataError(
            "the atmosphere nrlmsis needs the package pymsis, which is not installed: "
            "pip install pymsis, or choose the exponential atmosphere"
        ) from None
    # One day more on either side keeps the ends of the spline in time out of the span.
    nodes = np.arange((last - first + 3) * _NODES_A_DAY + 1)
    logs = np.concatenate(
        [
            _sampled(first - 1, chunk, weather)
            for chunk in np.split(nodes, range(_AT_ONCE, len(nodes), _AT_ONCE))
        ]
    )
    in_time = spline_coefficients(logs)
    coefficients = np.swapaxes(spline_coefficients(np.swapaxes(in_time, 0, 1)), 0, 1)
    midnight = float(utc_midnight(first))
    rise = np.log((HIGHEST - KNEE) / (LOWEST - KNEE)) / (_LEVELS - 1)
    step = DAY / _NODES_A_DAY
    head = [NRLMSIS, midnight - DAY, step, len(nodes), midnight, _LEVELS, rise]
    measured = f"CelesTrak, daily, measured {' to '.join(extent())}"
    rests_on = {"measured": measured, "elsewhere": OUTSIDE._asdict()}
    return Atmosphere(
        np.concatenate([head, coefficients.ravel()]),
        {
            "model": "NRLMSIS 2.1, daily mode, fitted from 100 to 1500 km",
            "source": f"Emmert et al. (2022) [emmert2022], through pymsis {version}",
            "space_weather": rests_on if weather is None else weather._asdict(),
        },
    )


def doubt(start: float, stop: float) -> str | None:
    """Return what to say of NRLMSIS where space weather was not measured all along; s."""
    first, last = (int(mjd) for mjd in utc_mjd(np.array([start, stop])))
    return outside_warning(first, last)


def levels() -> NDArray[np.float64]:
    """Return the heights of the nodes, m."""
    u = np.linspace(0.0, np.log((HIGHEST - KNEE) / (LOWEST - KNEE)), _LEVELS)
    return KNEE + (LOWEST - KNEE) * np.exp(u)


@cache
def _projection() -> tuple[NDArray, NDArray, NDArray]:
    """Return latitude and local time (degrees) of the places, and the fit of the functions."""
    sines, weights = np.polynomial.legendre.leggauss(_POINTS)
    hours = np.arange(_POINTS) * (2.0 * np.pi / _POINTS)
    z, angle = (grid.ravel() for grid in np.meshgrid(sines, hours, indexing="ij"))
    functions = np.zeros((len(z), TERMS))
    ring = np.sqrt(1.0 - z * z)
    for i in range(len(z)):
        surface_functions(
            ring[i] * np.cos(angle[i]), ring[i] * np.sin(angle[i]), z[i], functions[i]
        )
    # The functions are orthogonal over these places, up to the degree kept.
    weighted = functions * np.repeat(weights, _POINTS)[:, np.newaxis]
    fit = weighted.T / (weighted * functions).sum(axis=0)[:, np.newaxis]
    return np.degrees(np.arcsin(z)), np.degrees(angle), fit


def _sampled(first: int, nodes: NDArray, weather: Weather | None) -> NDArray[np.float64]:
    """Return the fitted logarithm of the density (nodes, levels, TERMS).

    ``nodes`` count from the midnight that starts MJD ``first``.
    """
    import pymsis

    latitude, hour, fit = _projection()
    day = nodes / _NODES_A_DAY
    seconds = nodes * (int(DAY) // _NODES_A_DAY)
    dates = np.datetime64("1858-11-17T00:00:00", "s") + np.timedelta64(first, "D")
    dates = dates + seconds.astype("timedelta64[s]")
    values = indices(first + day) if weather is None else np.tile(weather, (len(day), 1))
    heights = levels() / 1000.0
    shape = (len(nodes), len(latitude), len(heights))

    def spread(values, axis):
        return np.broadcast_to(np.expand_dims(values, axis), shape).ravel()

    # Local time is that of the mean Sun: longitude is measured from the angle of the day.
    longitude = (hour[np.newaxis, :] - 360.0 * (day % 1.0)[:, np.newaxis]) % 360.0
    f107, f107_mean, ap = (spread(column, (1, 2)) for column in values.T)
    found = pymsis.calculate(
        spread(dates, (1, 2)),
        spread(longitude, 2),
        spread(latitude, (0, 2)),
        spread(heights, (0, 1)),
        f107,
        f107_mean,
        np.repeat(ap[:, np.newaxis], 7, axis=1),
        version=2.1,
    )
    logs = np.log(found[:, pymsis.Variable.MASS_DENSITY].astype(np.float64)).reshape(shape)
    return np.swapaxes(fit @ logs, 1, 2)


def spline_coefficients(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the coefficients of the cubic splines through ``values`` at equal distances.

    Two more than values along the first axis. The first and the last cell are parabolas.
    """
    n = len(values)
    # c[i - 1] + 4 c[i] + c[i + 1] = 6 y[i]; no third difference at the ends turns the first and
    # the last of these into c[0] - c[1] = y[0] - y[1]. Solved forwards, then backwards.
    c = np.empty((n + 2, *values.shape[1:]))
    inner = c[1:-1]
    inner[:] = 6.0 * values
    inner[0] = values[0] - values[1]
    inner[-1] = values[-1] - values[-2]
    above = np.empty(n)
    above[0] = -1.0
    for i in range(1, n - 1):
        pivot = 4.0 - above[i - 1]
        above[i] = 1.0 / pivot
        inner[i] = (inner[i] - inner[i - 1]) / pivot
    inner[-1] = (inner[-1] + inner[-2]) / (1.0 + above[n - 2])
    for i in range(n - 2, -1, -1):
        inner[i] -= above[i] * inner[i + 1]
    c[0] = 3.0 * (c[1] - c[2]) + c[3]
    c[-1] = 3.0 * (c[-2] - c[-3]) + c[-4]
    return c
