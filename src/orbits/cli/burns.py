"""The burns of a run as a table."""

import csv
import io
from typing import TYPE_CHECKING

from orbits.mission.maintenance import burns_of

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

COLUMNS = (
    "spacecraft", "time_utc", "delta_v_m_s", "x_icrf_m_s", "y_icrf_m_s", "z_icrf_m_s",
)  # fmt: skip


def burns_csv(outcome: "Outcome") -> str:
    """Return every burn of a run as CSV; empty where no spacecraft is kept."""
    kept = {n: p for n, p in outcome.trajectories.items() if "maintenance" in p.provenance}
    if not kept:
        return ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, path in kept.items():
        for row in burns_of(path):
            burn = [f"{x:.6f}" for x in row["icrf_m_s"]]
            writer.writerow([name, row["time_utc"], f"{row['delta_v_m_s']:.6f}", *burn])
    return out.getvalue()
