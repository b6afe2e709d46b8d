"""Fly the GMAT scripts that `orbits export --format gmat` wrote, and print how far GMAT ends.

    python3.12 -m venv gmat && gmat/bin/pip install gmatpy
    orbits export missions/change6-relay.toml --format gmat -o out/relay
    gmat/bin/python scripts/confirm_with_gmat.py out/relay/gmat/queqiao-2.script

Needs Python 3.12 or later with `gmatpy` alone, not this package. With `--ephemeris de421.bsp`
(`orbits data path de421`) GMAT takes bodies from that kernel instead of its own DE405.
"""

import argparse
import re
import shutil
import tempfile
from pathlib import Path

import gmatpy

# GMAT looks for its own fields before it reads those that a script names; the package gmatpy
# carries none for the Moon. What stands in is never flown.
DEFAULTS = {"LUNA_POT_PATH": "LP165P.cof"}


def fly(script: Path, ephemeris: Path | None) -> dict[str, float]:
    """Distances from the trajectory of the script's writer, m, by their names."""
    text = script.read_text()
    names = re.search(r"^Create Variable (.*);$", text, re.M)[1].split()
    for file in set(re.findall(r"PotentialFile = '(.*?)'", text)):
        text = text.replace(f"'{file}'", f"'{script.parent.resolve() / file}'")
    if ephemeris:
        text = (
            "SolarSystem.EphemerisSource = 'SPICE';\n"
            f"SolarSystem.SPKFilename = '{ephemeris.resolve()}';\n{text}"
        )
    with tempfile.TemporaryDirectory() as folder, gmatpy.native_session() as gmat:
        log, copy = Path(folder, "gmat.log"), Path(folder, script.name)
        copy.write_text(re.sub(r"^Report.*\n|^Create ReportFile.*\n", "", text, flags=re.M))
        gmat.UseLogFile(str(log))
        for key, name in DEFAULTS.items():
            place = Path(gmat.FileManager.Instance().GetPathname(key), name)
            for field in script.parent.glob("*.cof"):
                shutil.copy(field, place)
        if not (gmat.LoadScript(str(copy)) and gmat.RunScript()):
            raise SystemExit(f"GMAT does not fly {script}:\n{log.read_text()}")
        return {name: float(gmat.GetRuntimeObject(name).GetField("Value")) for name in names}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scripts", nargs="+", type=Path)
    parser.add_argument("--ephemeris", type=Path, help="an SPK of the bodies")
    asked = parser.parse_args()
    for script in asked.scripts:
        for name, miss in fly(script, asked.ephemeris).items():
            print(f"{script.stem}  {name:12}  {miss:.3f} m")


if __name__ == "__main__":
    main()
