"""Trajectories and states as astropy tables and coordinates, and back.

``GCRS`` coordinates are geocentric, geometric, in the ICRF's axes; a lunar orbit gets the
Moon's place added from the almanac. ``ITRS`` coordinates are turned by the almanac's Earth
orientation, the one that our windows are searched with; astropy's own transformation agrees
where it reads the same IERS table.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.frames import GCRF, ITRF, Frame
from orbits.propagators.tabulated import of_states
from orbits.time import from_t, to_t
from orbits.trajectory import State, Trajectory
from orbits.units import si

if TYPE_CHECKING:
    from astropy.coordinates import GCRS, ITRS
    from astropy.table import QTable

    from orbits.almanac import Almanac

Array = NDArray[np.float64]


def _times(path: State | Trajectory, t: ArrayLike | None) -> Array:
    if isinstance(path, State):
        if t is not None:
            raise ValueError("a state has its own instant: give no t")
        return np.asarray(path.t)
    return path.t if t is None else np.asarray(t, dtype=np.float64)


def to_qtable(trajectory: Trajectory, t: ArrayLike | None = None) -> "QTable":
    """Return states as a ``QTable``: time (TDB), r in km, v in km/s; frame in its ``meta``.

    Parameters
    ----------
    trajectory : Trajectory
    t : (n,) array, s
        By default the ends of the trajectory's steps.
    """
    from astropy import units as u
    from astropy.table import QTable

    times = _times(trajectory, t)
    time = from_t(times)
    time.precision = 9  # digits of the second in files of this table
    columns = {
        "time": time,
        "r": u.Quantity(trajectory.position(times) / 1e3, u.km),
        "v": u.Quantity(trajectory.velocity(times) / 1e3, u.km / u.s),
    }
    meta = {"center": trajectory.frame.center, "axes": trajectory.frame.axes}
    return QTable(columns, meta=meta)


def from_qtable(table: "QTable") -> Trajectory:
    """Return a trajectory through the rows of a table as ``to_qtable`` makes it.

    Raises
    ------
    ValueError
        If a column or the frame is missing, the axes are not those of the ICRF, rows are fewer
        than four or times do not ascend.
    """
    missing = [name for name in ("time", "r", "v") if name not in table.colnames]
    said: Any = table.meta
    missing += [f"meta {key!r}" for key in ("center", "axes") if key not in said]
    if missing:
        raise ValueError(f"a table of states has time, r, v and its frame; {missing} missing")
    frame = Frame(said["center"], said["axes"])
    if frame.axes != "ICRF":
        raise ValueError(f"a trajectory has ICRF axes, this table is in {frame.axes}")
    columns: Any = table
    r, v = si(columns["r"], "length"), si(columns["v"], "speed")
    t = np.asarray(to_t(columns["time"]))
    return of_states(t, np.asarray(r), np.asarray(v), frame, "QTable")


def to_gcrs(path: State | Trajectory, almanac: "Almanac", t: ArrayLike | None = None) -> "GCRS":
    """Return geocentric coordinates with velocities, ``obstime`` in TDB.

    Parameters
    ----------
    path : State or Trajectory
        About any centre, in any axes.
    almanac : Almanac
    t : (n,) array, s
        Of a trajectory: by default the ends of its steps.

    Raises
    ------
    DataError
        If the almanac does not cover the times.
    """
    from astropy.coordinates import GCRS

    return _coordinates(path, almanac, t, GCRF, GCRS)


def to_itrs(path: State | Trajectory, almanac: "Almanac", t: ArrayLike | None = None) -> "ITRS":
    """Return Earth-fixed coordinates with velocities relative to the turning Earth.

    Parameters and errors as of ``to_gcrs``. Geometric: spacecraft and Earth at one instant.
    """
    from astropy.coordinates import ITRS

    return _coordinates(path, almanac, t, ITRF, ITRS)


def _coordinates(
    path: State | Trajectory, almanac: "Almanac", t: ArrayLike | None, frame: Frame, kind: Any
) -> Any:
    from astropy import units as u
    from astropy.coordinates import CartesianDifferential, CartesianRepresentation

    times = _times(path, t)
    seen: Any = path.seen_in(frame, almanac)
    r, v = (
        (seen.r, seen.v)
        if isinstance(path, State)
        else (seen.position(times), seen.velocity(times))
    )
    speed = CartesianDifferential(np.moveaxis(v, -1, 0) * (u.m / u.s))
    places = CartesianRepresentation(np.moveaxis(r, -1, 0) * u.m, differentials=speed)
    return kind(places, obstime=from_t(times))


def from_coordinates(coordinates: Any) -> State | Trajectory:
    """Return ``GCRS`` coordinates, or any that astropy turns into them, as ours.

    A scalar gives a state, an array of four or more a trajectory through them, geocentric.

    Raises
    ------
    ValueError
        If there are no velocities or instants, too few coordinates, or times that do not
        ascend.
    """
    from astropy.coordinates import GCRS

    if "s" not in coordinates.data.differentials:
        raise ValueError("coordinates without velocities have no motion: give differentials")
    if coordinates.obstime is None:
        raise ValueError("coordinates without obstime have no instant: give one")
    moved = coordinates
    if not isinstance(moved, GCRS):
        moved = coordinates.transform_to(GCRS(obstime=coordinates.obstime))
    places: Any = moved.cartesian
    r = np.asarray(si(places.get_xyz(xyz_axis=-1), "length"))
    v = np.asarray(si(places.differentials["s"].get_d_xyz(xyz_axis=-1), "speed"))
    t = to_t(coordinates.obstime)
    if r.ndim == 1:
        return State(float(t), r, v, GCRF)
    return of_states(np.asarray(t), r, v, GCRF, type(coordinates).__name__)
