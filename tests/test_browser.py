"""The report in a browser, opened from disk: silent, at home on every screen, printable."""

import re
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT
from orbits.cli import main

pytest.importorskip("playwright", reason="needs the extra browser")

import chromium

if chromium.executable() is None:
    pytest.skip("needs Debian's chromium", allow_module_level=True)

DAYS = {"change6-relay": "2 day", "queqiao2-links": "1 day", "change6-coverage": "2 day"}


@pytest.fixture(scope="module")
def session():
    with chromium.chromium() as opened:
        yield opened


@pytest.fixture(scope="module", params=DAYS)
def file(request, tmp_path_factory):
    """The report of a bundled mission, its span cut short, with some of its figures."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    return report_of(ROOT / "missions" / f"{name}.toml", folder, DAYS[name])


def report_of(mission, folder, days):
    """Fly a mission for some days, with few figures and no limits, and return its report."""
    text = mission.read_text(encoding="utf-8")
    text = re.sub(r"^(stop|duration) *= .*$", f'duration = "{days}"', text, count=1, flags=re.M)
    text = re.sub(r"^grid = .*$", 'grid = "10 deg"', text, flags=re.M)
    text = re.sub(r"\[\[requirement\]\]\n(?:(?!\[).*\n)*", "", text)
    assert "output" not in tomllib.loads(text)
    kinds = ["contacts", "orbit", "coverage"]
    offered = [k for k in kinds if {"contacts": "[link", "coverage": "[analysis.coverage"}
               .get(k, "[spacecraft") in text]  # fmt: skip
    text += f"\n[output]\nfigures = {offered}\n".replace("'", '"')
    place = folder / mission.name
    place.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["run", str(place), "-o", str(folder / "run")])
    assert ended.value.code == 0
    return folder / "run" / "report.html"


@pytest.mark.parametrize("scheme", chromium.SCHEMES)
@pytest.mark.parametrize("width", chromium.WIDTHS.values())
def test_a_report_opens_in_silence_and_fits(file, width, scheme, session):
    with session.page(file, width, scheme) as page:
        assert page.complaints == []
        assert chromium.foreign(page, file) == []
        assert chromium.too_wide(page) <= 0
        assert page.title().endswith("mission analysis report")
        # WCAG 2.1, 1.4.3 level AA: 4.5 to 1 for text of the size of the page
        assert [one for one in chromium.contrasts(page) if one[1] < 4.5] == []
        assert page.evaluate(chromium.BROKEN) == []
        assert page.evaluate(chromium.UNLABELLED) == []


def test_tables_and_figures_scroll_inside_their_box_on_a_phone(file, session):
    with session.page(file, 390) as page:
        wide = page.evaluate(
            "Array.from(document.querySelectorAll('.scroll'))"
            ".filter((e) => e.scrollWidth > e.clientWidth).length"
        )
        assert wide > 0
        assert page.evaluate(
            "Array.from(document.querySelectorAll('.scroll')).every((e) => e.tabIndex === 0)"
        )


def test_the_schemes_differ(file, session):
    grounds = set()
    for scheme in chromium.SCHEMES:
        with session.page(file, 1280, scheme) as page:
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_full_tables_are_sorted_filtered_and_copied(file, session):
    with session.page(file) as page:
        page.evaluate("navigator.clipboard.writeText = (x) => { window.kept = x; "
                      "return Promise.resolve(); }")  # fmt: skip
        box = page.locator(".table.full").first
        rows = box.locator("tbody tr")
        head = box.locator("th.number").first
        column = head.evaluate("(e) => e.cellIndex")
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        cells = box.locator(f"tbody td:nth-child({column + 1})").all_inner_texts()
        numbers = [float(text) for text in cells if text]
        assert numbers == sorted(numbers)
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "descending"
        first = rows.first.locator("td").first.inner_text()
        box.get_by_role("searchbox").fill(first)
        shown = box.locator("tbody tr:visible")
        assert 1 <= shown.count() <= rows.count()
        box.get_by_role("button", name=re.compile("Copy table")).click()
        lines = page.evaluate("window.kept").strip().split("\n")
        assert len(lines) == 1 + shown.count()
        assert lines[0].count(",") == lines[1].count(",")
        assert lines[1].startswith(first)


def test_without_scripts_there_is_no_control_that_does_nothing(file, session):
    with session.page(file, scripts=False) as page:
        assert page.locator("button, input").count() == 0
        assert page.locator("table").count() > 5


def test_a_report_prints(file, session, tmp_path):
    with session.page(file, scheme="dark") as page:
        content = page.pdf(prefer_css_page_size=True, print_background=True)
        assert content.startswith(b"%PDF-")
        boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)", content))
        sizes = {tuple(sorted(round(float(x)) for x in box)) for box in boxes}
        assert sizes <= {(595, 842), (594, 842), (594, 841), (595, 841)}  # points of A4
        page.emulate_media(media="print")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"  # paper is white, whatever the screen
        assert page.locator(".tools:visible, nav:visible").count() == 0
        # A box within a heading would keep the heading from being repeated on each page.
        boxes = (
            "Array.from(document.querySelectorAll('th button'), "
            "(e) => getComputedStyle(e).display)"
        )
        assert set(page.evaluate(boxes)) == {"contents"}


def test_a_mission_called_like_a_script_is_only_a_name(session, tmp_path):
    text = Path(__file__).with_name("malformed").joinpath("base.toml").read_text("utf-8")
    alarm = "<script>alert(1)</script>"
    (tmp_path / "m.toml").write_text(text.replace("Far-side relay, short", alarm), "utf-8")
    with pytest.raises(SystemExit):
        main(["run", str(tmp_path / "m.toml"), "-o", str(tmp_path / "x")])
    with session.page(tmp_path / "x" / "report.html") as page:
        dialogs = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.reload()
        assert page.locator("h1").inner_text() == alarm
        assert dialogs == []
        assert page.complaints == []
