"""Open the report of every bundled mission in Chromium and look at it; needs the extra test.

python scripts/check_reports.py [MISSION.toml ...]

Flies each mission, opens its report from disk in two widths and two schemes, prints it, and
lists what is wrong: complaints of the browser, requests, texts without contrast, pages wider
than the screen, controls without a label, more than 12 MB. Pictures of every screen and the
printed pages are left in out/check_reports/.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import chromium  # noqa: E402 - of the tests' folder

OUT = ROOT / "out" / "check_reports"
LIMIT = 12_000_000  # bytes
LEAST = 4.5  # contrast: WCAG 2.1, 1.4.3 level AA


def flown(mission):
    """The report of a mission."""
    folder = OUT / mission.stem
    words = [sys.executable, "-m", "orbits", "run", str(mission), "-o", str(folder)]
    ended = subprocess.run(words, check=False, capture_output=True, text=True)
    if ended.returncode not in (0, 1):
        raise SystemExit(
            f"{mission.name}: orbits run ended with {ended.returncode}\n{ended.stderr}"
        )
    return folder / "report.html"


def faults(page, file):
    """What is wrong with an open page, as sentences."""
    found = [f"complains: {text}" for text in page.complaints]
    found += [f"asks for {url}" for url in chromium.foreign(page, file)]
    found += [
        f"contrast {c:.1f} of {name}" for name, c in chromium.contrasts(page) if c < LEAST
    ]
    found += [f"no label: {text[:80]}" for text in page.evaluate(chromium.UNLABELLED)]
    found += [f"broken image: {text[:80]}" for text in page.evaluate(chromium.BROKEN)]
    wide = chromium.too_wide(page)
    return found + ([f"wider than the screen by {wide} px"] if wide > 0 else [])


def looked_at(session, file):
    """What is wrong with a report on every screen; leaves pictures of it."""
    found = []
    for word, width in chromium.WIDTHS.items():
        for scheme in chromium.SCHEMES:
            with session.page(file, width, scheme) as page:
                found += [f"{word} {scheme}: {text}" for text in faults(page, file)]
                place = OUT / f"{file.parent.name}-{word}-{scheme}.png"
                page.screenshot(path=str(place), clip={"x": 0, "y": 0, "width": width,
                                "height": 6000}, full_page=True)  # fmt: skip
    with session.page(file) as page:
        place = OUT / f"{file.parent.name}.pdf"
        page.pdf(path=str(place), prefer_css_page_size=True, print_background=True)
    return found


def main():
    """Check the missions named, or all."""
    named = [Path(word) for word in sys.argv[1:]]
    missions = named or sorted((ROOT / "missions").glob("*.toml"))
    OUT.mkdir(parents=True, exist_ok=True)
    bad = 0
    with chromium.chromium() as session:
        for mission in missions:
            file = flown(mission)
            size = file.stat().st_size
            found = looked_at(session, file)
            found += [f"{size / 1e6:.1f} MB is too large"] if size >= LIMIT else []
            print(f"{mission.stem:28s} {size / 1e6:5.2f} MB  {'; '.join(found) or 'clean'}")
            bad += bool(found)
    print(f"pictures and printed pages are in {OUT.relative_to(ROOT)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
