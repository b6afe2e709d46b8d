"""Make ``src/orbits/data/moon_pa_de421.npz`` from JPL's binary lunar PCK of DE421.

Usage, from the project's root::

    pip install --no-deps lunarsky jplephem
    python scripts/make_moon_orientation.py .../lunarsky/data/pck/moon_pa_de421_1900-2050.bpc

The records are copied as they stand (Chebyshev coefficients of the 3-1-3 Euler angles from ICRF
to the principal axes), from 1998 on (they end in 2051).
"""

import sys
from pathlib import Path

import numpy as np
from jplephem.daf import DAF

DATA = Path(__file__).resolve().parents[1] / "src" / "orbits" / "data"
START = -2.0 * 366 * 86400.0  # early 1998, s past J2000 TDB: room before the first mission


def main(path: Path) -> None:
    """Copy the records from START on."""
    with path.open("rb") as file:
        daf = DAF(file)
        ((_, (_, _, _, _, kind, first, last)),) = daf.summaries()
        if kind != 2:
            raise SystemExit(f"{path}: data type {kind}, but this script reads type 2")
        t0, length, size, n = daf.map_array(last - 3, last)
        records = np.array(daf.map_array(first, last - 4)).reshape(int(n), int(size))
    begins = t0 + length * np.arange(int(n))
    kept = begins + length > START
    middle = begins + length / 2
    if not np.array_equal(records[:, 0], middle):
        raise SystemExit(f"{path}: records are not evenly spaced")
    angles = records[kept, 2:].reshape(kept.sum(), 3, -1)
    np.savez_compressed(
        DATA / "moon_pa_de421.npz", start=begins[kept][0], length=length, angles=angles,
        source="moon_pa_de421_1900-2050.bpc, JPL/NAIF, 2008-03-18",
    )  # fmt: skip
    print(angles.shape, length, begins[kept][0], begins[kept][-1] + length)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
