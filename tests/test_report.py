"""The report: whole, escaped, reproducible, readable without a browser at hand."""

import json
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from conftest import ROOT
from orbits.cli import main
from orbits.mission.load import read
from orbits.mission.run import run
from orbits.mission.sweep import Sample
from orbits.report import Clock, Material, report_html
from orbits.report.blocks import Picture
from orbits.report.clock import brief, local, number
from orbits.report.pictures import fitted, media
from orbits.time import parse_t

BASE = Path(__file__).with_name("malformed") / "base.toml"
CSS = (ROOT / "src/orbits/report/templates/report.css").read_text(encoding="utf-8")
ALARM = "<script>alert(1)</script>"
VOID = {"meta", "link", "br", "img", "input", "hr", "wbr"}


class Page(HTMLParser):
    """What a page is made of: headings, images, tables, addresses, text."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.images, self.ids, self.links = [], [], [], []
        self.sources, self.scripts, self.open, self.labelled = [], 0, [], []
        self.tables, self.text, self.cells = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if "aria-labelledby" in found:
            self.labelled.append(found["aria-labelledby"])
        self.sources += [found[key] for key in ("src", "srcset", "data") if key in found]
        if tag in ("a", "link"):
            self.links.append(found.get("href"))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(found)
        self.scripts += tag == "script"
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"{tag} ends what it did not begin"

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)
        if {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data

    def table(self, word):
        """Return the rows of the table whose first head cell begins with ``word``."""
        return next(rows for rows in self.tables if rows[0][0].strip().startswith(word))


def ended(*words):
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return end.value.code


def flown(folder, name, *edits, options=()):
    text = BASE.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    assert ended("run", file, "-o", folder / name, *options) == 0
    return (folder / name / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def html(folder):
    """A report with figures."""
    figures = 'figures = ["contacts", "orbit"]'
    return flown(folder, "first", ('figures = "none"', figures))


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.fixture(scope="module")
def outcome():
    return run(read(BASE).mission)


# -- the page -----------------------------------------------------------------------------


def test_the_page_is_whole_and_holds_no_outside_address(page, html):
    assert page.open == []
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    assert all(link.startswith("#") or link == "data:," for link in page.links)
    assert not re.search(r"url\(|@import", html)
    assert "default-src 'none'" in html


def test_headings_are_in_order_and_identifiers_are_unique(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)
    assert len(set(page.ids)) == len(page.ids)
    assert set(page.labelled) <= set(page.ids)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_every_figure_says_what_it_shows(page):
    assert len(page.images) == 2
    for image in page.images:
        assert len(image["alt"]) > 40
        assert int(image["width"]) > 0
    alts = " ".join(image["alt"] for image in page.images)
    assert "5 windows" in alts


def test_every_row_has_as_many_cells_as_the_heading(page):
    assert len(page.tables) > 10
    for rows in page.tables:
        assert {len(row) for row in rows} == {len(rows[0])}
        assert len(rows) > 1


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(scheme):
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", CSS.split(":root")[1 + scheme]))
    pairs = [(text, back) for text in ("ink", "soft", "link") for back in ("paper", "band")]
    pairs += [(word, f"{word}-back") for word in ("pass", "fail", "warn")]
    for text, back in [*pairs, ("ink", "plain-back")]:
        lighter, darker = sorted(map(luminance, (colours[text], colours[back])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (text, back)  # WCAG 2.1, 1.4.3 AA


def test_sections_stand_in_the_order_of_a_review(page):
    order = [
        "assumed", "requirements", "flown", "models", "trajectory", "visibility", "eclipses",
        "verification", "annexes", "reproduce",
    ]  # fmt: skip
    assert [one for one in page.ids if one in order] == order
    text = " ".join(page.text)
    for missing in ("change record (no baseline", "coverage (none asked for)", "delta-v (the"):
        assert missing in text


def test_the_verdict_table_says_value_limit_margin_and_verdict(page, outcome):
    head, row = page.table("Requirement")
    assert head[1:6] == ["Verdict", "Value", "Limit", "Margin", "Unit"]
    value = outcome.quantities["chain.relayed.availability"].value
    assert row == [
        "some relay", "PASS", f"{value:.2f}", "≥ 10", f"+{value - 10:.2f}", "%", "assumed",
        "chain.relayed.availability",
    ]  # fmt: skip


def test_every_number_has_a_unit_a_frame_or_a_time_scale(page):
    dates = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
    for head, *rows in page.tables:
        for k, title in enumerate(head):
            if any(dates.match(row[k]) for row in rows):
                assert "[UTC]" in title
    assert "ICRF axes" in " ".join(page.text)


def test_the_annex_holds_every_window_and_every_quantity(page, outcome):
    count = sum(held.count for held in outcome.windows.values())
    full = [t for t in page.tables if t[0][0] == "Window" and t[0][-1] == "Rests on"]
    assert len(full[0]) == 1 + count
    paths = {row[0] for rows in page.tables if rows[0][0] == "Quantity" for row in rows[1:]}
    assert set(outcome.quantities) <= paths


def test_the_way_to_the_same_report_is_stated(page, folder):
    text = " ".join(page.text)
    assert "orbits run first.toml" in text
    provenance = json.loads((folder / "first" / "provenance.json").read_text())
    assert provenance["mission_sha256"] in text
    assert provenance["data"]["ephemeris"]["sha256"] in text


# -- what a file may hold -----------------------------------------------------------------


def test_what_a_mission_file_says_is_shown_and_not_obeyed(folder):
    html = flown(
        folder, "alarm",
        ('name = "Far-side relay, short"', f'name = "{ALARM}"\nsummary = "<b onclick=x>"'),
        ('name = "some relay"', f"name = '{ALARM}<img src=x onerror=alert(2)>'"),
        ('assumed = ["raan"]', f'assumed = ["raan"]\nsource = "</style>{ALARM}"'),
    )  # fmt: skip
    page = Page(html)
    assert page.scripts == 1
    assert page.images == []
    assert ALARM not in html
    text = "".join(page.text)
    assert text.count(ALARM) >= 3
    assert "<b onclick=x>" in text


def test_two_runs_at_one_instant_write_the_same_bytes(folder, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717113600")
    edit = ('figures = "none"', 'figures = ["contacts"]')
    assert flown(folder, "again", edit) == flown(folder, "again", edit)


def test_local_time_is_a_second_column(folder):
    html = flown(folder, "local", options=("--local-time", "Asia/Shanghai"))
    head, row, *_ = Page(html).table("Start")
    assert head[:4] == [
        "Start [UTC]", "Start [Asia/Shanghai]", "Stop [UTC]", "Stop [Asia/Shanghai]"
    ]  # fmt: skip
    utc = datetime.fromisoformat(f"{row[0]}+00:00")
    there = datetime.strptime(row[1], "%Y-%m-%d %H:%M:%S %z")
    assert there == utc
    assert there.utcoffset() == ZoneInfo("Asia/Shanghai").utcoffset(utc.replace(tzinfo=None))


def test_an_unknown_zone_ends_with_2_before_anything_is_flown(tmp_path, capsys):
    assert ended("run", BASE, "-o", tmp_path / "x", "--local-time", "Moon/Far_Side") == 2
    assert "no time zone is called 'Moon/Far_Side'" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_baseline_shows_the_one_change_and_its_consequences(folder, html):
    html = flown(
        folder, "changed", ('min_elevation = "5 deg"', 'min_elevation = "6 deg"'),
        ('figures = "none"', 'figures = ["contacts", "orbit"]'),
        options=("--baseline", folder / "first"),
    )  # fmt: skip
    page = Page(html)
    changed = page.table("Path")
    assert changed[1:] == [["site.lander.min_elevation", "5 deg", "6 deg"]]
    numbers = next(t for t in page.tables if t[0][:2] == ["Quantity", "Baseline"])
    tables = {row[0].rpartition(".")[0] for row in numbers[1:]}
    assert tables == {"chain.relayed", "link.surface"}
    assert "changes" in page.ids


def test_a_baseline_that_is_none_ends_with_4(tmp_path, capsys):
    assert ended("run", BASE, "-o", tmp_path / "x", "--baseline", tmp_path) == 4
    assert "holds no summary.json" in capsys.readouterr().err


def test_no_report_is_written_where_none_is_wanted(folder, tmp_path):
    assert ended("run", BASE, "-o", tmp_path / "x", "--no-report") == 0
    text = BASE.read_text().replace("[output]", "[output]\nreport = false")
    (tmp_path / "m.toml").write_text(text)
    assert ended("run", tmp_path / "m.toml", "-o", tmp_path / "y") == 0
    for name in ("x", "y"):
        assert not (tmp_path / name / "report.html").exists()
        assert (
            "report.html"
            not in json.loads((tmp_path / name / "summary.json").read_text())["files"]
        )


def test_the_report_stands_among_the_files_of_the_run(folder, html):
    files = json.loads((folder / "first" / "summary.json").read_text())["files"]
    assert "report.html" in files


def test_orbits_report_writes_the_page_alone(tmp_path, capsys):
    place = tmp_path / "page.html"
    words = ("report", BASE, "-o", place, "--no-plots")
    assert ended(*words) == 0
    assert capsys.readouterr().out.strip() == str(place)
    page = Page(place.read_text(encoding="utf-8"))
    assert page.images == []
    assert "orbits report base.toml" in " ".join(page.text)
    assert ended(*words) == 2  # it is there
    assert ended(*words, "--force") == 0


def test_what_is_varied_and_what_moves_the_edges_has_its_sections(tmp_path):
    text = BASE.read_text(encoding="utf-8")
    vary = (
        '[[analysis.vary]]\nkey = "spacecraft.relay.orbit.raan"\nvalues = ["0 deg", "9 deg"]\n'
    )
    file = tmp_path / "varied.toml"
    file.write_text(f"{text}\n{vary}", encoding="utf-8")
    outcome = run(read(file).mission, budget=True)
    samples = [
        Sample(1, ("0 deg",), "done", "", {"chain.relayed.availability": 5.25},
               {"some relay": "FAIL"}),
        Sample(2, ("9 deg",), "impact", "moon at latitude 1.0 deg", {}, {}),
    ]  # fmt: skip
    page = Page(report_html(outcome, Material(samples=samples)))
    assert {"sensitivity", "verification"} <= set(page.ids)
    rows = page.table("spacecraft.relay.orbit.raan")[1:]
    assert rows == [
        ["0 deg", "flown", "5.250", "FAIL", "some relay"],
        ["9 deg", "impact", "", "", "moon at latitude 1.0 deg"],
    ]
    assert page.table("Requirement")[1][-1] == "PASS for none of 1"
    causes = next(t for t in page.tables if t[0][:2] == ["Windows", "Cause"])
    surface = {row[1]: row for row in causes if row[0] == "link.surface"}
    budget = outcome.evidence.budgets["link.surface"]
    total = budget.total[np.isfinite(budget.total)]
    assert surface["root sum of squares"][3:5] == [
        f"{np.median(total):.3f}",
        f"{total.max():.3f}",
    ]


def test_a_mission_without_links_leaves_their_sections_out(tmp_path):
    text = BASE.read_text(encoding="utf-8")
    cut = text[: text.index("[site.lander]")] + '[output]\nfigures = "none"\n'
    file = tmp_path / "orbit.toml"
    file.write_text(cut)
    outcome = run(read(file).mission)
    page = Page(report_html(outcome, Material()))
    assert "visibility" not in page.ids
    assert "trajectory" in page.ids
    text = " ".join(page.text)
    assert "visibility (no link)" in text
    assert "The mission file states no requirement." in text
    assert "No requirement is stated" in text


def test_a_failed_requirement_is_the_first_thing_that_is_said(folder, tmp_path):
    text = BASE.read_text().replace('at_least = "10 %"', 'at_least = "99 %"')
    (tmp_path / "m.toml").write_text(text)
    assert ended("run", tmp_path / "m.toml", "-o", tmp_path / "x") == 1
    page = Page((tmp_path / "x" / "report.html").read_text())
    assert "1 of 1 requirement not met" in " ".join(page.text)
    assert page.table("Requirement")[1][1] == "FAIL"


# -- numbers, instants, images ------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(-0.0000001, 3, "0.000"), (12, None, "12"), (None, None, ""), (1234.5678, 2, "1234.57"),
     (2.5e-7, None, "2.5e-07"), (True, None, "yes")],
)  # fmt: skip
def test_numbers_have_the_digits_that_mean_something(value, digits, text):
    assert number(value, digits) == text


def test_brief_numbers_keep_what_is_small():
    assert [brief(x) for x in (74.6567, 70.0, 0.00123, -7.78)] == [
        "74.66", "70", "0.00123", "-7.78"
    ]  # fmt: skip


def test_a_leap_second_keeps_its_name_in_local_time():
    assert local("2016-12-31 23:59:60.500", "Asia/Shanghai") == (
        "2017-01-01 07:59:60.500 +08:00"
    )
    assert local("2024-07-01 12:00:00", "America/Argentina/Salta").endswith("09:00:00 -03:00")
    assert local("2024-07-01 12:00:00", "Asia/Kathmandu").endswith("17:45:00 +05:45")


def test_a_clock_without_a_zone_shows_utc_alone():
    t = parse_t("2024-05-31T00:00:00.25 UTC")
    assert Clock().texts(t, 3) == ("2024-05-31 00:00:00.250",)
    assert Clock().texts(t) == ("2024-05-31 00:00:00",)
    assert Clock("Asia/Shanghai").texts(None) == ("", "")


def test_images_are_reduced_until_they_fit():
    from io import BytesIO

    from PIL import Image

    noise = np.random.default_rng(1).integers(0, 256, (900, 1600, 3), dtype=np.uint8)
    stored = BytesIO()
    Image.fromarray(noise).save(stored, format="PNG")
    pictures = [Picture(name, "orbit", "", "", stored.getvalue()) for name in "ab"]
    assert fitted(pictures, room=10**9) == pictures
    small = [one.image for one in fitted(pictures, room=3_000_000)]
    assert sum(map(len, small)) <= 3_000_000
    assert {media(image) for image in small} == {"image/png"}
    with Image.open(BytesIO(small[0])) as shown:
        assert shown.width >= 800
