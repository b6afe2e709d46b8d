"""How well each spacecraft's path is known, as values of the core; edge units end here."""

from pathlib import Path

import numpy as np
from astropy.units import Quantity
from numpy.typing import NDArray

from orbits import time, units
from orbits.errors import DataError
from orbits.geometry.deviation import Deviation
from orbits.mission.beside import beside
from orbits.mission.build import epoch_of, forces
from orbits.mission.flight import Flight
from orbits.mission.schema_spacecraft import Cartesian, Keplerian, Uncertainty
from orbits.propagators.covariances import Covariance, read_covariances
from orbits.propagators.numerical import Numerical

Array = NDArray[np.float64]


def _si(quantity: Quantity, kind: str) -> float:
    return float(units.si(quantity, kind))


def steady(said: Uncertainty) -> Array | None:
    """Return the sigmas radial, along and cross track, m; None if they are not stated so."""
    given = [said.radial, said.along_track, said.cross_track]
    if all(one is None for one in given):
        return None
    return np.array([0.0 if one is None else _si(one, "length") for one in given])


def covariance_file(name: str, folder: Path) -> tuple[Covariance, ...]:
    """Return the covariances of the OEM file ``name`` beside the mission file.

    Raises
    ------
    ValueError
        If the file lies elsewhere, is missing, is no OEM, or holds no covariance.
    """
    path = beside(name, folder)
    try:
        found = read_covariances(path)
    except DataError as error:
        raise ValueError(str(error)) from None
    if not found:
        raise ValueError(
            f"{name} holds no covariance; add COVARIANCE_START ... or state sigmas"
        )
    return found


def deviation(flight: Flight, name: str, folder: str | Path = ".") -> Deviation | None:
    """Return the deviation of a spacecraft whose uncertainty is one of its state.

    None where the file states none, or the same one for every instant.

    Raises
    ------
    ValueError
        If the covariance is no covariance, or its file is at fault.
    DataError
        If its epoch lies outside an ephemeris that the file gives.
    """
    said, model = flight.mission.spacecraft[name], flight.model
    stated = said.uncertainty
    if stated is None or steady(stated) is not None:
        return None
    craft = model.craft[name]
    t, axes, matrix = _at_epoch(stated, said.orbit, model.span, Path(folder))
    path = flight.trajectories[name]
    propagator = craft.propagator
    if not path.span[0] <= t <= path.span[1]:
        if propagator is None:
            raise DataError(
                f"the covariance of {name} holds on {time.utc_iso(t)}, outside its ephemeris, "
                f"{time.utc_iso(path.span[0])} to {time.utc_iso(path.span[1])}"
            )
        wide = (min(t, craft.span[0]), max(t, craft.span[1]))
        path = propagator.propagate(craft.start, wide)
    if propagator is None:
        acting = forces(said, path.frame.center, craft.spacecraft)
        propagator = Numerical(model.almanac, acting, tolerance=said.dynamics.tolerance)
    numbers = propagator.model(path.frame.center, craft.start.mass)
    if axes == "rtn":
        return Deviation.local(path, t, matrix, numbers)
    return Deviation(path, t, matrix, numbers)


def _at_epoch(
    said: Uncertainty, orbit: object, span: tuple[float, float], folder: Path
) -> tuple[float, str, Array]:
    """Return the instant, the axes and the covariance that a file states."""
    if isinstance(orbit, Keplerian | Cartesian) and said.covariance is None:
        t = epoch_of(orbit, span)
    else:
        t = span[0]
    if said.epoch is not None:
        t = float(time.to_t(said.epoch))
    if said.covariance is not None:
        found = covariance_file(said.covariance, folder)
        nearest = min(found, key=lambda one: abs(one.t - t))
        return nearest.t, nearest.axes, nearest.matrix
    sigmas = [_si(x, "length") for x in said.position or ()]
    sigmas += [_si(x, "speed") for x in said.velocity or ()]
    return t, said.frame, np.diag(np.array(sigmas) ** 2)
