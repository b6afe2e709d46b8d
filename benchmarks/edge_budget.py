"""How far the edges of the relay windows move when one input is a little different.

The certificate of a run proves edges for its model; this says what the model itself is worth.

    python benchmarks/edge_budget.py
"""

import tempfile
from pathlib import Path

import numpy as np

import orbits

MISSION = Path(__file__).resolve().parents[1] / "missions" / "change6-relay.toml"
LINK = "link.surface"
CASES = {
    # what is different: text of the mission file, replaced by
    "lunar gravity to degree 100, not 50": ("moon = 50", "moon = 100"),
    "lunar gravity to degree 20, not 50": ("moon = 50", "moon = 20"),
    "no radiation pressure": ("radiation = true", "radiation = false"),
    "light time without aberration": ('"apparent"', '"light-time"'),
    "no light time": ('"apparent"', '"geometric"'),
    "lander 100 m higher": ('"-5256 m"', '"-5156 m"'),
    "lander 100 m north": ('"-41.6385 deg"', '"-41.6352 deg"'),
    "lander's horizon 0.1 deg higher": ('min_elevation = "5 deg"', 'min_elevation = "5.1 deg"'),
    "node 0.1 deg east": ('raan = "180 deg"', 'raan = "180.1 deg"'),
    "argument of perilune 0.1 deg more": ('argp = "90 deg"', 'argp = "90.1 deg"'),
    "true anomaly 0.1 deg more": ('true_anomaly = "180 deg"', 'true_anomaly = "180.1 deg"'),
    "perilune 1 km higher": ('"1991.69 km"', '"1992.69 km"'),
}  # fmt: skip


def windows(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mission.toml"
        path.write_text(text, encoding="utf-8")
        return orbits.run(orbits.load(path)).windows[LINK]


def main():
    text = MISSION.read_text(encoding="utf-8")
    base = windows(text)
    inner = np.concatenate([~base.start_truncated, ~base.stop_truncated])
    print(
        f"{LINK} of {MISSION.name}: {base.count} windows, {np.sum(inner)} edges inside the span"
    )
    print(f"{'what is different':40s} {'median':>10s} {'most':>10s}")
    for name, (old, new) in CASES.items():
        if old not in text:
            raise SystemExit(f"{MISSION.name} no longer says {old!r}; mend this script")
        other = windows(text.replace(old, new, 1))
        if other.count != base.count:
            print(f"{name:40s} {other.count} windows, not {base.count}")
            continue
        moved = np.abs(
            np.concatenate([other.start, other.stop]) - np.concatenate([base.start, base.stop])
        )[inner]
        print(f"{name:40s} {np.median(moved):8.2f} s {np.max(moved):8.2f} s")


if __name__ == "__main__":
    main()
