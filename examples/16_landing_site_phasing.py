"""When does the Moon turn the landing site of Chang'e-6 under the plane of its orbit?

The bundled flight by both arrivals, and by several waits in the phasing orbit: what a tilt of
the plane would cost at the minutes of the landing and of the ascent as flown.
"""

import tomllib
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from orbits.constants import DAY
from orbits.design.site_phasing import passages, plane_angle, plane_change
from orbits.mission.build import build
from orbits.mission.load import from_dict
from orbits.time import parse_t, utc_iso

FILE = Path(__file__).parents[1] / "missions" / "change6.toml"
LANDING, ASCENT = parse_t("2024-06-01T22:23:16 UTC"), parse_t("2024-06-03T23:38:10 UTC")


def flight(side: str, wait: float):
    """Return model, path and site with an arrival side and days in the phasing orbit."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for key in ("link", "chain", "group", "flown", "requirement", "analysis"):
        data.pop(key)
    data["spacecraft"].pop("queqiao-2")
    data["site"] = {"change-6-site": data["site"]["change-6-site"]}
    craft = data["spacecraft"]["change-6"]
    craft["transfer"]["side"] = side
    craft["sequence"][3]["coast_for"] = f"{wait} day"
    model = build(from_dict(data))
    return model, model.craft["change-6"].sequenced.trajectory, model.sites["change-6-site"]


def main() -> None:
    """Print the passages and what the plane costs, and save site-phasing.png."""
    figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
    for side, wait in (("south", 6.0), ("south", 8.0), ("south", 10.0), ("north", 8.0)):
        model, path, site = flight(side, wait)
        start, stop = LANDING - 6.0 * DAY, model.span[1]
        under = passages(path, site, model.almanac, (start, stop))
        costs = [plane_change(path, site, model.almanac, t).delta_v for t in (LANDING, ASCENT)]
        when = ", ".join(str(utc_iso(t))[5:16].replace("T", " ") for t in under) or "none"
        print(
            f"{side}, {wait:.0f} days: in the plane {when}; plane change {costs[0]:.1f} m/s at "
            f"the landing, {costs[1]:.1f} m/s at the ascent"
        )
        t = np.arange(start, stop, 1800.0)
        angle = np.degrees(plane_angle(path, site, model.almanac, t))
        axes.plot((t - LANDING) / DAY, angle, label=f"{side}, {wait:.0f} days of phasing")
    axes.axhline(0.0, color="0.5", linewidth=0.8)
    for t, name in ((LANDING, "landing"), (ASCENT, "ascent")):
        axes.axvline((t - LANDING) / DAY, color="0.5", linestyle="--")
        axes.annotate(name, ((t - LANDING) / DAY, 1.0), xycoords=("data", "axes fraction"),
                      ha="center", va="bottom")  # fmt: skip
    axes.set(xlabel="days from the landing", ylabel="site above the plane, deg")
    axes.legend()
    figure.savefig("site-phasing.png", dpi=130)


if __name__ == "__main__":
    main()
