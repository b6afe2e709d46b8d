"""A trajectory as a table of states."""

import csv
import io

import numpy as np

from orbits.exports.ephemeris import Ephemeris
from orbits.time import utc_iso

STEP = 60.0  # s between the rows


def states_csv(path: Ephemeris) -> str:
    """Return states every minute as CSV: UTC, km and km/s in the frame of the path.

    The columns name centre and axes; instants are UTC to the microsecond. Velocities are the
    time derivatives of the coordinates beside them.
    """
    t0, t1 = path.span
    t = np.append(np.arange(t0, t1, STEP), t1)
    r, v = path.position(t) / 1e3, path.velocity(t) / 1e3
    where = f"{path.frame.center}_{path.frame.axes.lower()}"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["time_utc"]
        + [f"{c}_{where}_km" for c in "xyz"]
        + [f"v{c}_{where}_km_s" for c in "xyz"]
    )
    for instant, position, velocity in zip(utc_iso(t, 6), r, v, strict=True):
        numbers = [*(f"{x:.9f}" for x in position), *(f"{x:.12f}" for x in velocity)]
        writer.writerow([instant, *numbers])
    return out.getvalue()
