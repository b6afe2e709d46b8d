"""Make ``src/orbits/data/space_weather.csv`` from CelesTrak's table of space weather.

Usage, from the project's root::

    pip download --no-deps satkit-data==0.9.0        # unzip for SW-All.csv
    python scripts/make_space_weather.py SW-All.csv

The columns are copied as they stand; days that the source marks as predicted are left out.
"""

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "src" / "orbits" / "data"
FIRST = date(2022, 12, 28)  # an almanac of 2023 starts two days before, its flux a day more
MEASURED = {"OBS", "INT"}  # INT: the flux is interpolated over a day without a reading
COLUMNS = {
    "date": "DATE",
    "f107": "F10.7_OBS",
    "f107_mean": "F10.7_OBS_CENTER81",
    "ap": "AP_AVG",
}


def main(source: Path) -> None:
    """Write the measured days from FIRST on; every day must come up."""
    with source.open(newline="", encoding="ascii") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["DATE"] >= FIRST.isoformat() and row["F10.7_DATA_TYPE"] in MEASURED
        ]
    for i, row in enumerate(rows):
        if row["DATE"] != (FIRST + timedelta(days=i)).isoformat():
            raise SystemExit(f"{source.name} leaves out {FIRST + timedelta(days=i)}")
    lines = [
        ",".join(COLUMNS),
        *(",".join(row[key] for key in COLUMNS.values()) for row in rows),
    ]
    (DATA / "space_weather.csv").write_text("\n".join(lines) + "\n", "ascii", newline="\n")
    print(f"{len(rows)} days, {rows[0]['DATE']} to {rows[-1]['DATE']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
