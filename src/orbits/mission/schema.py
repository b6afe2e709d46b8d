"""What a mission file may say; the JSON Schema is generated from these models."""

from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import (
    BaseModel,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from orbits import notebook
from orbits.mission.quantities import (
    AnyQuantity,
    Duration,
    Instant,
    Name,
    Observed,
    by_default,
    fault,
)
from orbits.mission.schema_coverage import CoverageAnalysis
from orbits.mission.schema_network import Chain, Link, Site
from orbits.mission.schema_sequence import Launch, PlaneAnalysis
from orbits.mission.schema_service import (
    AccessAnalysis,
    ContactPlanAnalysis,
    LatencyAnalysis,
    PointingAnalysis,
)
from orbits.mission.schema_spacecraft import STRICT, Assumed, Source, Spacecraft
from orbits.mission.schema_sun import EclipseAnalysis, SunAnalysis
from orbits.mission.schema_uncertainty import Dispersion, EdgeBudget, Vary

Text: TypeAlias = Annotated[str, Field(min_length=1)]
SCHEMA_ID = "orbits.mission/1"


class Header(BaseModel):
    """The table ``[mission]``: what this is about, and when."""

    model_config = STRICT
    name: Text
    summary: str = ""
    issue: str = Field(default="", description="Of the file: on every figure and the report.")
    start: Instant
    stop: Instant | None = None
    duration: Duration | None = Field(default=None, description="Instead of stop.")
    ephemeris: Literal["de421", "de440"] = "de421"
    references: tuple[str, ...] = ()
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _end(self) -> "Header":
        if (self.stop is None) == (self.duration is None):
            raise fault(
                "the end of the span is "
                + ("missing" if self.stop is None else "given by both stop and duration"),
                'give one of stop = "2024-06-30T00:00:00 UTC" and duration = "30 day"',
                "" if self.stop is None else "duration",
            )
        return self


class WindowSearch(BaseModel):
    """How finely windows are searched and their edges located."""

    model_config = STRICT
    resolution: Duration = by_default("10 s")
    edge_tolerance: Duration = by_default("1 ms")


class Analysis(BaseModel):
    """What is looked for beyond the links and chains."""

    model_config = STRICT
    windows: WindowSearch = Field(default_factory=WindowSearch)
    eclipse: EclipseAnalysis | None = None
    sun: SunAnalysis | None = None
    coverage: dict[Name, CoverageAnalysis] = Field(default_factory=dict)
    contact_plan: dict[Name, ContactPlanAnalysis] = Field(
        default_factory=dict, alias="contact-plan"
    )
    latency: LatencyAnalysis | None = None
    pointing: dict[Name, PointingAnalysis] = Field(default_factory=dict)
    access: dict[Name, AccessAnalysis] = Field(default_factory=dict)
    plane: dict[Name, PlaneAnalysis] = Field(default_factory=dict)
    edge_budget: EdgeBudget | None = Field(
        default=None, alias="edge-budget", description="By how much each window edge may move."
    )
    dispersion: Dispersion | None = Field(
        default=None, description="Windows scattered by the spacecraft's uncertainties."
    )
    vary: tuple[Vary, ...] = Field(
        default=(), description="Values taken through others: every verdict for each of them."
    )


class Requirement(BaseModel):
    """A limit that the mission sets itself; PASS or FAIL with its margin."""

    model_config = STRICT
    name: Text
    quantity: str = Field(examples=["chain.far-side-relay.availability"])
    at_least: AnyQuantity | None = None
    at_most: AnyQuantity | None = None
    source: Source = None

    @model_validator(mode="after")
    def _limits(self) -> "Requirement":
        if (self.at_least is None) == (self.at_most is None):
            raise fault(
                "a requirement has one limit",
                'give one of at_least = "60 %" and at_most = "60 %"',
                "" if self.at_least is None else "at_most",
            )
        return self


class Flown(BaseModel):
    """A published claim or an observed value, set beside what was computed."""

    model_config = STRICT
    name: Text
    quantity: str = Field(examples=["chain.far-side-relay.best_day"])
    value: Observed | None = None
    tolerance: AnyQuantity | None = Field(default=None, description="Of value; default: none.")
    at_least: Observed | None = Field(
        default=None, description='A claim of the form "more than 21 h".'
    )
    at_most: Observed | None = None
    source: Source = None

    @model_validator(mode="after")
    def _claim(self) -> "Flown":
        given = [k for k in ("value", "at_least", "at_most") if getattr(self, k) is not None]
        if len(given) != 1:
            raise fault(
                "a flown row has one claim",
                "give one of value (with tolerance), at_least, at_most",
                given[1] if given else "",
            )
        if self.tolerance is not None and self.value is None:
            raise fault("tolerance without value", "take it away", "tolerance")
        return self


def _figures(value: object) -> str | tuple[str, ...]:
    if value in ("all", "none"):
        return cast(str, value)
    if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
        return tuple(value)
    raise fault(
        f"{value!r} does not say which figures", 'write "all", "none" or a list of their names'
    )


Figures: TypeAlias = Annotated[
    str | tuple[str, ...],
    PlainValidator(_figures),
    PlainSerializer(lambda value: value if isinstance(value, str) else list(value)),
    WithJsonSchema(
        {
            "type": ["string", "array"],
            "items": {"type": "string"},
            "description": "All, none, or those named.",
            "examples": ["all", "none", ["contacts"]],
        }
    ),
]


Format: TypeAlias = Literal[
    "csv", "ecsv", "json", "parquet", "oem", "oem-xml", "opm", "opm-xml", "omm", "omm-xml",
    "spk", "stk", "czml", "ics", "gmat",
]  # fmt: skip


class Output(BaseModel):
    """Which files a run writes beside its summary."""

    model_config = STRICT
    formats: tuple[Format, ...] = Field(
        default=("csv", "ecsv", "json", "oem"),
        description="csv, ecsv, json: tables of windows. parquet: windows and states. The "
        "others: docs/exchange.md.",
    )
    figures: Figures = "all"
    figure_formats: tuple[Literal["png", "svg", "pdf"], ...] = ("png",)
    report: bool = Field(default=True, description="Whether report.html is written.")


class Mission(BaseModel):
    """A whole mission as its file states it, in the file's own units; computes nothing."""

    model_config = STRICT
    schema_version: Literal[1] = Field(alias="schema")
    mission: Header
    spacecraft: dict[Name, Spacecraft] = Field(default_factory=dict)
    site: dict[Name, Site] = Field(default_factory=dict)
    launch: dict[Name, Launch] = Field(default_factory=dict)
    group: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(
        default_factory=dict, description="Named sets; members are all sites or all spacecraft."
    )
    link: dict[Name, Link] = Field(default_factory=dict)
    chain: dict[Name, Chain] = Field(default_factory=dict)
    analysis: Analysis = Field(default_factory=Analysis)
    requirement: tuple[Requirement, ...] = ()
    flown: tuple[Flown, ...] = ()
    output: Output = Field(default_factory=Output)

    def _repr_html_(self) -> str:
        return notebook.of_mission(self)

    def normalised(self) -> dict[str, Any]:
        """Return the mission with every default written out, ready for JSON or the loader."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the mission file."""
    schema = _plainer(Mission.model_json_schema(by_alias=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Mission file of orbits, version 1",
        **schema,
    }


def _plainer(node: Any) -> Any:
    """Return a schema without titles made of keys and without null, which TOML lacks."""
    if isinstance(node, list):
        return [_plainer(item) for item in node if item != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _plainer(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
    }
    choices = kept.get("anyOf")
    if isinstance(choices, list) and len(choices) == 1:
        del kept["anyOf"]
        kept = {**choices[0], **kept}
    return kept
