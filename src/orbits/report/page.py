"""The report as one HTML file: sections in their order, numbered tables and figures."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from orbits.report.annexes import annexes, reproduce
from orbits.report.blocks import Block, Column, Picture, Section, Table
from orbits.report.clock import Clock, number
from orbits.report.coverage import coverage
from orbits.report.material import Material
from orbits.report.models import models
from orbits.report.pictures import by_section, media
from orbits.report.sensitivity import sensitivity
from orbits.report.service import further, service
from orbits.report.sunlight import eclipses
from orbits.report.trajectory import delta_v, trajectory
from orbits.report.verdicts import assumed_inputs, changes, flown, headline, verdicts
from orbits.report.verification import verification
from orbits.report.visibility import visibility
from orbits.time import duration, utc_iso

if TYPE_CHECKING:
    from jinja2 import Environment

    from orbits.mission.run import Outcome

# What a mark means, beyond its word: the shade it is shown in.
_SHADES = {
    "PASS": "pass", "all": "pass", "agrees": "pass", "certified": "pass",
    "FAIL": "fail", "none": "fail", "differs": "fail", "sampled": "warn", "some": "warn",
    "assumed": "warn",
}  # fmt: skip
_BREAKS = re.compile(r"(?<=[./#:_])")
_MISSING = {
    "flown": "flown against planned (the mission file has no [[flown]])",
    "changes": "change record (no baseline was given: orbits run --baseline OLD)",
    "trajectory": "trajectory (no spacecraft)",
    "visibility": "visibility (no link)",
    "eclipses": "eclipses (none asked for)",
    "coverage": "coverage (none asked for)",
    "delta-v": "delta-v (the mission states no manoeuvre)",
    "sensitivity": "sensitivity (nothing is varied: [[analysis.vary]])",
}


def report_html(outcome: "Outcome", material: Material) -> str:
    """Return the report of an outcome as one HTML file without any outside address.

    Parameters
    ----------
    outcome : Outcome
    material : Material
        Tables, figures, sweep, baseline, files and command of the run.
    """
    found = sections(outcome, material)
    there = {one.ident for one in found}
    verdict, shade = headline(outcome)
    head = outcome.mission.mission
    page = {
        "mission": head.name,
        "summary": head.summary,
        "verdict": verdict,
        "shade": shade,
        "facts": _facts(outcome, material.clock),
        "assumed": assumed_inputs(outcome),
        "sections": found,
        "missing": [text for ident, text in _MISSING.items() if ident not in there],
        "clock": material.clock,
        "style": _asset("report.css"),
        "script": _asset("report.js"),
    }
    shown = _Shown(material.clock)
    return _environment().get_template("report.html").render(**page, shown=shown)


def sections(outcome: "Outcome", material: Material) -> list[Section]:
    """Return the sections that have something to say, in their order."""
    drawn = by_section(material.pictures)

    def of(key: str) -> list[Picture]:
        return drawn.get(key, [])

    made = (
        verdicts(outcome, material),
        flown(outcome, material),
        changes(outcome, material),
        models(outcome, material),
        trajectory(outcome, material, of("trajectory")),
        visibility(outcome, material, of("visibility")),
        eclipses(outcome, material, of("eclipses")),
        coverage(outcome, material, of("coverage")),
        service(outcome, material, of("service")),
        delta_v(outcome, material, of("delta-v")),
        sensitivity(outcome, material, of("sensitivity")),
        further(outcome, material, of("further")),
        verification(outcome, material),
        annexes(outcome, material),
        reproduce(outcome, material),
    )
    return [one for one in made if one is not None]


def _facts(outcome: "Outcome", clock: Clock) -> list[tuple[str, tuple[str, ...], bool]]:
    """Return the facts of the cover: word, lines, whether they are hashes."""
    provenance, data = outcome.provenance, outcome.provenance["data"]
    days = float(duration(*outcome.span)) / 86400.0
    ends = [clock.texts(str(utc_iso(t, 0))) for t in outcome.span]
    span = [
        f"{first} to {last} {scale}"
        for scale, first, last in zip(clock.scales, *ends, strict=True)
    ]
    span[0] += f" ({number(round(days, 6))} days)"
    written = clock.texts(provenance["created_utc"])
    facts: list[tuple[str, tuple[str, ...], bool]] = [
        ("Issue", (outcome.mission.mission.issue or "not stated in the mission file",), False),
        ("Span", tuple(span), False),
        (
            "Written",
            tuple(f"{text} {scale}" for text, scale in zip(written, clock.scales, strict=True)),
            False,
        ),
        ("Written by", (f"orbits {provenance['version']}",), False),
        ("Mission file, SHA-256", (provenance["mission_sha256"] or "run from values",), True),
    ]
    for word, key in (("Ephemeris", "ephemeris"), ("Earth orientation", "earth_orientation")):
        one = data.get(key)
        if one and one.get("sha256"):
            facts.append((f"{word} {one.get('name', '')}, SHA-256".replace(" ,", ","),
                          (one["sha256"],), True))  # fmt: skip
    return facts


# -- tables and figures as the page shows them --------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    kind: str
    shade: str = ""

    @property
    def pieces(self) -> list[str]:
        """The text, cut where a long path or address may be broken into lines."""
        if len(max(self.text.split(), key=len, default="")) < 20:
            return [self.text]
        return [one for one in _BREAKS.split(self.text) if one]


@dataclass(slots=True)
class _Shown:
    """Cells and numbers of what the page shows; tables and figures count from 1."""

    clock: Clock
    tables: int = 0
    figures: int = 0

    def table(self) -> int:
        """Return the number of the next table."""
        self.tables += 1
        return self.tables

    def figure(self) -> int:
        """Return the number of the next figure."""
        self.figures += 1
        return self.figures

    def heads(self, table: Table) -> list[Column]:
        """Return the columns, an instant once for each time scale."""
        return list(self._heads(table))

    def _heads(self, table: Table) -> Iterator[Column]:
        for column in table.columns:
            if column.kind != "instant":
                yield column
                continue
            for scale in self.clock.scales:
                yield Column(column.title, scale, "instant")

    def rows(self, table: Table) -> list[list[_Cell]]:
        """Return the cells of every row."""
        return [
            [
                cell
                for column, value in zip(table.columns, row, strict=True)
                for cell in self._cells(column, value)
            ]
            for row in table.rows
        ]

    def _cells(self, column: Column, value: Any) -> Iterator[_Cell]:
        if column.kind == "instant":
            for text in self.clock.texts(value, column.digits):
                yield _Cell(text, "instant")
        elif column.kind == "number":
            yield _Cell(number(value, column.digits), "number")
        else:
            text = "" if value is None else str(value)
            shade = _SHADES.get(text, "plain") if column.kind == "mark" and text else ""
            yield _Cell(text, column.kind, shade)

    @staticmethod
    def block(block: Block) -> str:
        """Return what sort of block it is."""
        return type(block).__name__.lower()

    @staticmethod
    def image(picture: Picture) -> str:
        """Return a figure as an address that holds it."""
        return f"data:{media(picture.image)};base64,{b64encode(picture.image).decode('ascii')}"

    @staticmethod
    def size(picture: Picture) -> tuple[int, int] | None:
        """Return width and height of a PNG, pixels, so that the page keeps its place."""
        image = picture.image
        if media(image) != "image/png":
            return None
        return int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")


def _asset(name: str) -> str:
    return files("orbits.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> "Environment":
    """Return the templates; everything that they write is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        loader=PackageLoader("orbits.report", "templates"), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["asset"] = Markup  # of our own style sheet and script alone
    return made
