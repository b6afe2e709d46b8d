"""Draw the pictures of README and docs/figures.md from the relay mission, into ``docs/images``.

Usage: ``python scripts/make_images.py``
"""

from pathlib import Path

from PIL import Image

import orbits
from orbits.mission.load import read
from orbits.plots import figures, save_figures

KINDS_SHOWN = ["contacts", "orbit", "motion", "durations", "sky"]
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Draw them anew; the same mission and versions give the same bytes."""
    said = read(ROOT / "missions" / "change6-relay.toml")
    folder = ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    outcome = orbits.run(said.mission, text=said.text)
    for path in save_figures(figures(outcome), folder, names=KINDS_SHOWN):
        with Image.open(path) as picture:
            picture.convert("RGB").save(path, optimize=True)
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
