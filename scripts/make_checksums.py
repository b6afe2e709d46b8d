"""Write the SHA-256 of every table of ``src/orbits/data`` into its ``checksums.toml``.

Usage: ``python scripts/make_checksums.py``
"""

import hashlib
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "src" / "orbits" / "data"


def main() -> None:
    """Write the table, sorted by name."""
    names = sorted(
        p.relative_to(DATA).as_posix()
        for p in DATA.rglob("*")
        if p.is_file() and p.suffix not in {".py", ".md"} and p.name != "checksums.toml"
        and "__pycache__" not in p.parts
    )  # fmt: skip
    lines = [f'"{n}" = "{hashlib.sha256((DATA / n).read_bytes()).hexdigest()}"' for n in names]
    text = "# SHA-256 of each file; made by scripts/make_checksums.py\n" + "\n".join(lines)
    (DATA / "checksums.toml").write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
