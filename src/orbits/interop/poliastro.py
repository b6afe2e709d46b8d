"""States and trajectories as orbits of the poliastro API: ``boinor``, or ``poliastro`` itself.

The extra ``poliastro`` installs boinor. Both packages take the ICRF's axes as the plane
``EARTH_EQUATOR`` of any attractor. Their attractors have gravitational parameters of their own;
position and velocity are what is handed over, so elements differ by that.
"""

import importlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from orbits.bodies import BODIES
from orbits.errors import DataError
from orbits.frames import Frame
from orbits.propagators.tabulated import of_states
from orbits.time import from_t, to_t
from orbits.trajectory import State, Trajectory
from orbits.units import si

LIBRARIES = ("boinor", "poliastro")


def _module(library: str | None, name: str) -> Any:
    """Return a module of ``library``, or of the first one that is installed."""
    if library is not None and library not in LIBRARIES:
        raise ValueError(f"library must be one of {', '.join(LIBRARIES)}, got {library!r}")
    for one in (library,) if library else LIBRARIES:
        try:
            return importlib.import_module(f"{one}.{name}")
        except ModuleNotFoundError as error:
            if error.name is None or error.name.split(".")[0] != one:
                raise
    raise DataError(
        f"neither {' nor '.join(LIBRARIES)} is installed: pip install 'orbits[poliastro]'"
        if library is None
        else f"{library} is not installed: pip install {library}"
    )


def _in_icrf(frame: Frame) -> None:
    if frame.axes != "ICRF" or frame.center not in BODIES:
        raise ValueError(
            f"an orbit has ICRF axes about a body, this is {frame.axes} about {frame.center}; "
            "convert it first, for example with seen_in"
        )


def to_orbit(state: State, *, library: str | None = None) -> Any:
    """Return ``state`` as an ``Orbit`` about its centre; its mass is left behind.

    Parameters
    ----------
    state : State
        In ICRF axes about a body.
    library : "boinor" or "poliastro"
        By default the first that is installed.

    Raises
    ------
    ValueError
        If the state is in other axes or about a barycentre.
    DataError
        If no such library is installed.
    """
    from astropy import units as u

    _in_icrf(state.frame)
    bodies = _module(library, "bodies")
    attractor = getattr(bodies, state.frame.center.capitalize())
    return _module(library, "twobody").Orbit.from_vectors(
        attractor, state.r * u.m, state.v * (u.m / u.s), epoch=from_t(state.t)
    )


def from_orbit(orbit: Any) -> State:
    """Return an ``Orbit`` of boinor or poliastro as a state in ICRF axes.

    Raises
    ------
    ValueError
        If its attractor is no body known here.
    """
    center = orbit.attractor.name.lower()
    if center not in BODIES:
        raise ValueError(
            f"the attractor {orbit.attractor.name!r} is not known; one of {', '.join(BODIES)}"
        )
    orbit = orbit.change_plane(type(orbit.plane).EARTH_EQUATOR)
    r, v = orbit.rv()
    frame = Frame(center, "ICRF")
    return State(
        float(to_t(orbit.epoch)), np.asarray(si(r, "length")), np.asarray(si(v, "speed")), frame
    )


def to_ephem(
    trajectory: Trajectory, t: ArrayLike | None = None, *, library: str | None = None
) -> Any:
    """Return a trajectory as an ``Ephem``, a table of states that the library interpolates.

    Parameters
    ----------
    trajectory : Trajectory
        In ICRF axes about a body.
    t : (n,) array, s
        By default the ends of the trajectory's steps.
    library : "boinor" or "poliastro"

    Raises
    ------
    ValueError
        If the trajectory is about a barycentre, or ``t`` leaves it.
    DataError
        If no such library is installed.
    """
    from astropy import units as u
    from astropy.coordinates import CartesianDifferential, CartesianRepresentation

    _in_icrf(trajectory.frame)
    planes = _module(library, "frames").Planes
    times = trajectory.t if t is None else np.asarray(t, dtype=np.float64)
    speed = CartesianDifferential(trajectory.velocity(times).T * (u.m / u.s))
    places = CartesianRepresentation(trajectory.position(times).T * u.m, differentials=speed)
    ephem = _module(library, "ephem").Ephem
    return ephem(places, from_t(times), planes.EARTH_EQUATOR)


def from_ephem(ephem: Any, center: str) -> Trajectory:
    """Return an ``Ephem`` as a trajectory about ``center``, exact at its epochs.

    Raises
    ------
    ValueError
        If its plane is not EARTH_EQUATOR, it has no velocities, fewer than four epochs, or
        epochs that do not ascend.
    """
    if ephem.plane.name != "EARTH_EQUATOR":
        raise ValueError(f"an Ephem must have the plane EARTH_EQUATOR, got {ephem.plane.name}")
    places = ephem.sample()
    if "s" not in places.differentials:
        raise ValueError("an Ephem without velocities cannot be continued between its epochs")
    r = si(places.get_xyz(xyz_axis=1), "length")
    v = si(places.differentials["s"].get_d_xyz(xyz_axis=1), "speed")
    t = np.asarray(to_t(ephem.epochs))
    return of_states(t, np.asarray(r), np.asarray(v), Frame(center, "ICRF"), "Ephem")
