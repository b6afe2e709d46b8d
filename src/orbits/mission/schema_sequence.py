"""What a mission file may say of a launch, and of a flight as steps that are targeted."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field, model_validator

from orbits.mission.quantities import (
    Angle,
    Duration,
    Instant,
    Length,
    Mass,
    Name,
    Number,
    Observed,
    Speed,
    fault,
)
from orbits.mission.schema_words import STRICT, Assumed, BodyName, Inclination, Source

# "periapsis of moon", "altitude 120 km descending of earth", "distance 66000 km of moon"
EVENT = re.compile(
    r"^(?P<kind>periapsis|apoapsis|ascending node|descending node|altitude|distance|"
    r"true anomaly)"
    r"(?: (?P<value>[-+0-9.eE]+ ?[a-zA-Z]+))?(?: (?P<way>ascending|descending))?"
    r" of (?P<body>[a-z]+)$"
)
DIRECTIONS = ("velocity", "anti-velocity", "normal", "anti-normal", "radial", "anti-radial")


class Insertion(BaseModel):
    """The circular parking orbit, and a model of the way up: so long, over so wide an arc."""

    model_config = STRICT
    altitude: Length
    inclination: Inclination = Field(description="To the true equator of lift-off.")
    branch: Literal["ascending", "descending"] = Field(
        alias="pass", description="How the plane passes over the pad."
    )
    after: Duration = Field(description="From lift-off.")
    downrange: Angle = Field(description="Arc in the plane from the pad at lift-off.")
    source: Source = None
    assumed: Assumed = ()


class Launch(BaseModel):
    """A launch into a plane."""

    model_config = STRICT
    site: Name = Field(description="A site of this file, or a built-in one.")
    vehicle: str = Field(min_length=1, examples=["long-march-5"])
    time: Instant = Field(description="Lift-off; where it is varied, the day and first guess.")
    insertion: Insertion
    source: Source = None
    assumed: Assumed = ()


class LaunchOrbit(BaseModel):
    """The parking orbit that a launch of this file delivers."""

    model_config = STRICT
    kind: Literal["launch"]
    launch: Name
    epoch: None = Field(default=None, exclude=True)
    source: Source = None
    assumed: Assumed = ()

    @property
    def center(self) -> Literal["earth"]:
        """What it is about."""
        return "earth"


class Transfer(BaseModel):
    """The way from the parking orbit to the Moon: an impulse along the velocity, targeted.

    Adds the steps "parking" and "tli" before the sequence.
    """

    model_config = STRICT
    to: Literal["moon"]
    flight: Duration | None = Field(default=None, description="From injection to perilune.")
    perilune: Instant | None = None
    altitude: Length = Field(description="Of perilune.")
    inclination: Inclination = Field(description="To the Moon's mean-Earth equator.")
    side: Literal["south", "north"] = Field(
        description="Of the incoming asymptote on which it passes the Moon."
    )
    vary: Literal["lift-off", "inclination"] = Field(
        default="lift-off",
        description="What turns the plane: the lift-off nearest to the "
        "launch's time, or the inclination with that time kept.",
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _when(self) -> "Transfer":
        if (self.flight is None) == (self.perilune is None):
            raise fault(
                f"the arrival is given {'twice' if self.flight is not None else 'not at all'}",
                "give one of flight (a duration) and perilune (an instant)",
                "perilune" if self.flight is not None else "",
            )
        return self


class BurnSaid(BaseModel):
    """A manoeuvre; with ``finite`` the engine burns for its time, centred on the event."""

    model_config = STRICT
    direction: (
        Literal["velocity", "anti-velocity", "normal", "anti-normal", "radial", "anti-radial"]
        | None
    ) = None
    rtn: tuple[Annotated[float, Number(-1.0, 1.0)], ...] | None = Field(
        default=None, min_length=3, max_length=3, description="Radial, transverse, normal."
    )
    inertial: tuple[Annotated[float, Number(-1.0, 1.0)], ...] | None = Field(
        default=None, min_length=3, max_length=3, description="ICRF."
    )
    delta_v: Speed = Field(description="A first guess where it is varied.")
    engine: Name | None = Field(
        default=None, description="Of the spacecraft; without one the mass stays."
    )
    finite: Annotated[bool, Field(strict=True)] = False
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _one_direction(self) -> "BurnSaid":
        given = [k for k in ("direction", "rtn", "inertial") if getattr(self, k) is not None]
        if len(given) != 1:
            raise fault(
                f"the direction is given by {' and '.join(given) or 'no key'}",
                f"give one of direction ({', '.join(DIRECTIONS)}), rtn, inertial",
                given[1] if given else "",
            )
        if self.finite and self.engine is None:
            raise fault("a finite burn without an engine", 'add engine = "main"', "finite")
        return self


class Step(BaseModel):
    """One step of a flight: a wait, then a burn or a change of mass; or a coast."""

    model_config = STRICT
    step: Name
    at: Instant | None = None
    after: Duration | None = None
    when: str | None = Field(default=None, examples=["periapsis of moon"])
    burn: BurnSaid | None = None
    leave: Mass | None = Field(
        default=None, description="Mass that separates here, such as a module."
    )
    coast_until: str | None = Field(default=None, examples=["distance 66000 km of moon"])
    coast_for: Duration | None = None
    coast_to: Instant | None = None
    about: BodyName | None = Field(
        default=None,
        description="Body of the burn's direction and of the step's numbers; "
        "default: that of its event, else the Moon within its sphere of influence.",
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _one_deed(self) -> "Step":
        keys = ("burn", "leave", "coast_until", "coast_for", "coast_to")
        given = [k for k in keys if getattr(self, k) is not None]
        if len(given) != 1:
            raise fault(
                f"step {self.step!r} does {' and '.join(given) or 'nothing'}",
                f"a step has one of {', '.join(keys)}",
                given[1] if given else "",
            )
        waits = [k for k in ("at", "after", "when") if getattr(self, k) is not None]
        if len(waits) > 1 or (waits and given[0].startswith("coast")):
            raise fault(
                f"step {self.step!r} waits twice",
                "give one of at, after and when with a burn, none with a coast",
                waits[-1],
            )
        for key in ("when", "coast_until"):
            text = getattr(self, key)
            if text is not None and EVENT.match(text) is None:
                raise fault(
                    f"{text!r} is no event",
                    'write for example "periapsis of moon", "altitude 120 km descending of '
                    'earth", "distance 66000 km of moon", "true anomaly 180 deg of moon"',
                    key,
                )
        return self


class PlaneAnalysis(BaseModel):
    """How far a site lies from the plane of an orbit, at instants that matter to it."""

    model_config = STRICT
    spacecraft: Name
    site: Name
    at: Annotated[
        dict[Name, Instant],
        Field(min_length=1, examples=[{"landing": "2024-06-01T22:23:16 UTC"}]),
    ]
    source: Source = None
    assumed: Assumed = ()


Achieved: TypeAlias = Annotated[
    dict[str, Observed], Field(min_length=1, examples=[{"loi-1.apoapsis_altitude": "8600 km"}])
]


class Target(BaseModel):
    """Controls that are varied until goals are met."""

    model_config = STRICT
    vary: tuple[str, ...] = Field(min_length=1, examples=[["loi-1.delta_v"]])
    achieve: Achieved
    source: Source = None
    assumed: Assumed = ()
