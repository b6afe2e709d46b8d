"""What a mission file may say of a spacecraft: its body, its orbit, the forces on it."""

from typing import Annotated, Any, Literal, TypeAlias

from astropy.units import Quantity
from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

from orbits.mission.quantities import (
    Angle,
    Area,
    Duration,
    Force,
    Instant,
    Length,
    Mass,
    Measure,
    Name,
    Number,
    SignedLength,
    Speed,
    fault,
)
from orbits.mission.schema_catalogue import TwoLine
from orbits.mission.schema_maintenance import Maintenance, check_strategy
from orbits.mission.schema_sequence import LaunchOrbit, Step, Target, Transfer
from orbits.mission.schema_sun_synchronous import SunSynchronous
from orbits.mission.schema_words import (
    STRICT,
    Assumed,
    BodyName,
    FrameName,
    Inclination,
    Source,
)

Sigma: TypeAlias = Annotated[Quantity, Measure("length", low="0 m")]
SpeedSigma: TypeAlias = Annotated[Quantity, Measure("speed", low="0 m/s")]


class DragArea(BaseModel):
    """Area and coefficient that the air works on."""

    model_config = STRICT
    area: Area
    cd: Annotated[float, Number(0.0, 10.0)]
    source: Source = None
    assumed: Assumed = ()


class RadiationArea(BaseModel):
    """Area and coefficient that sunlight works on (a cannonball)."""

    model_config = STRICT
    area: Area
    cr: Annotated[float, Number(0.0, 2.0)]
    source: Source = None
    assumed: Assumed = ()


class Engine(BaseModel):
    """An engine."""

    model_config = STRICT
    thrust: Force
    isp: Duration
    source: Source = None
    assumed: Assumed = ()


class Keplerian(BaseModel):
    """An orbit by its elements at ``epoch``.

    The size is given by the two apsides (as radii or as altitudes), by semi-major axis and
    eccentricity, or by one altitude (circular).
    """

    model_config = STRICT
    kind: Literal["keplerian"]
    center: BodyName
    frame: FrameName = Field(description="The axes that the elements refer to.")
    epoch: Instant | None = Field(
        default=None, description="Default: the start of the mission."
    )
    periapsis_radius: Length | None = None
    periapsis_altitude: SignedLength | None = None
    apoapsis_radius: Length | None = None
    apoapsis_altitude: SignedLength | None = None
    semi_major_axis: SignedLength | None = None
    eccentricity: Annotated[float, Number(0.0, 100.0)] | None = None
    altitude: SignedLength | None = None
    inclination: Inclination
    raan: Angle
    argp: Angle | None = None
    true_anomaly: Angle | None = None
    mean_anomaly: Angle | None = None
    argument_of_latitude: Angle | None = None
    elements: Literal["osculating", "mean"] = Field(
        default="osculating",
        description="mean: without the short periods of the zonals J2 to J5 (Brouwer).",
    )
    min_altitude: Length | None = Field(
        default=None,
        description="Move only the start's periapsis until the span stays above this.",
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _sizes(self) -> "Keplerian":
        near = [k for k in ("periapsis_radius", "periapsis_altitude") if self._has(k)]
        far = [k for k in ("apoapsis_radius", "apoapsis_altitude") if self._has(k)]
        axis = [k for k in ("semi_major_axis", "eccentricity") if self._has(k)]
        circle = ["altitude"] if self._has("altitude") else []
        complete = (
            (len(near) == 1 and len(far) == 1 and not axis and not circle)
            or (len(axis) == 2 and not near and not far and not circle)
            or (bool(circle) and not near and not far and not axis)
        )
        given = [*near, *far, *axis, *circle]
        if not complete:
            raise fault(
                f"the size of the orbit is given by {' and '.join(given) or 'no key'}",
                "give one periapsis and one apoapsis (radius or altitude), or semi_major_axis "
                "and eccentricity, or altitude alone for a circle",
                given[0] if given else "",
            )
        return self

    @model_validator(mode="after")
    def _place_in_orbit(self) -> "Keplerian":
        keys = ("true_anomaly", "mean_anomaly", "argument_of_latitude")
        given = [k for k in keys if self._has(k)]
        if len(given) != 1:
            raise fault(
                f"the place in the orbit is given by {' and '.join(given) or 'no key'}",
                "give one of true_anomaly, mean_anomaly, argument_of_latitude",
                given[1] if given else "",
            )
        if self.argp is None and not self._has("altitude"):
            raise fault(
                "argp is missing",
                'add the angle from the node to the periapsis, for example argp = "90 deg"',
            )
        return self

    def _has(self, key: str) -> bool:
        return getattr(self, key) is not None


class Cartesian(BaseModel):
    """A state at ``epoch``; in ``body-fixed`` axes the velocity is relative to the ground."""

    model_config = STRICT
    kind: Literal["cartesian"]
    center: BodyName
    frame: FrameName | Literal["body-fixed"]
    epoch: Instant | None = Field(
        default=None, description="Default: the start of the mission."
    )
    position: tuple[SignedLength, SignedLength, SignedLength]
    velocity: tuple[Speed, Speed, Speed]
    source: Source = None
    assumed: Assumed = ()


class EphemerisFile(BaseModel):
    """A trajectory from a file beside the mission file.

    A CCSDS OEM (KVN or XML), an SPK kernel, or a CSV table of states.
    """

    model_config = STRICT
    kind: Literal["ephemeris"]
    file: str = Field(min_length=1, examples=["relay.oem", "relay.bsp", "relay.csv"])
    source: Source = None
    assumed: Assumed = ()


class Frozen(BaseModel):
    """A frozen lunar ellipse, designed over a year: perilune and apolune are altitudes.

    The lowest perilune of the year meets ``periapsis_altitude``; it starts at apolune.
    """

    model_config = STRICT
    kind: Literal["frozen"]
    center: Literal["moon"] = "moon"
    epoch: Instant | None = Field(
        default=None, description="Default: the start of the mission."
    )
    periapsis_altitude: Length
    apoapsis_altitude: Length
    apoapsis_over: Literal["south", "north"] = "south"
    retrograde: Annotated[bool, Field(strict=True)] = False
    raan: Angle = Field(description="In the plane of the Earth's orbit about the Moon.")
    source: Source = None
    assumed: Assumed = ()


class Halo(BaseModel):
    """A halo about L1 or L2, brought into the real sky over the whole mission.

    Exactly one of ``az``, ``period`` and ``jacobi`` chooses it from its family.
    """

    model_config = STRICT
    kind: Literal["halo"]
    system: Literal["earth-moon"] = "earth-moon"
    point: Literal["L1", "L2"] = "L2"
    branch: Literal["northern", "southern"] = "southern"
    az: Length | None = Field(
        default=None, description="(zmax - zmin)/2, with the system's unit of length."
    )
    period: Duration | None = None
    jacobi: Annotated[float, Number(2.0, 4.0)] | None = None
    phase: Annotated[float, Number(0.0, 1.0)] = Field(
        default=0.0, description="Share of a period since the far crossing, at the epoch."
    )
    epoch: Instant | None = Field(
        default=None, description="Default: the start of the mission."
    )
    revolutions: Annotated[int, Field(ge=1, le=200, strict=True)] | None = Field(
        default=None, description="At least; more where the mission is longer."
    )
    source: Source = None
    assumed: Assumed = ()

    @property
    def center(self) -> Literal["moon"]:
        """What it is propagated about."""
        return "moon"

    @model_validator(mode="after")
    def _one_measure(self) -> "Halo":
        given = [key for key in ("az", "period", "jacobi") if getattr(self, key) is not None]
        if len(given) != 1:
            raise fault(
                f"the halo is given by {' and '.join(given) or 'no key'}",
                "give one of az, period, jacobi",
                given[1] if given else "",
            )
        return self


def kind_tag(value: Any) -> str:
    """Return the tag of an orbit, which no key of a table can be mistaken for."""
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"kind={kind}"


Orbit: TypeAlias = Annotated[
    Annotated[Keplerian, Tag("kind=keplerian")]
    | Annotated[Cartesian, Tag("kind=cartesian")]
    | Annotated[EphemerisFile, Tag("kind=ephemeris")]
    | Annotated[TwoLine, Tag("kind=tle")]
    | Annotated[Frozen, Tag("kind=frozen")]
    | Annotated[Halo, Tag("kind=halo")]
    | Annotated[LaunchOrbit, Tag("kind=launch")]
    | Annotated[SunSynchronous, Tag("kind=sun-synchronous")],
    Discriminator(kind_tag),
]


class Dynamics(BaseModel):
    """The forces, and how closely they are followed."""

    model_config = STRICT
    model: Literal["numerical", "kepler", "j2", "sgp4"] = Field(
        default="numerical",
        description="kepler: a point mass. j2: the zonals J2 to J5 by mean elements. sgp4: of "
        "kind tle alone. These three take no other key.",
    )
    gravity: dict[BodyName, Annotated[int, Field(ge=2, strict=True)]] = Field(
        default_factory=dict,
        description="Degree and order by body; a body not listed is a point mass.",
        examples=[{"moon": 50}],
    )
    third_bodies: tuple[BodyName, ...] | None = Field(
        default=None,
        description="Default: Earth and Sun for an orbit of the Moon, Moon and Sun for one of "
        "the Earth, the Sun elsewhere.",
    )
    radiation: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Sunlight on the spacecraft's radiation area."
    )
    drag: Literal["none", "exponential", "nrlmsis"] = Field(
        default="none", description="The Earth's atmosphere on the spacecraft's drag area."
    )
    relativity: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="The Schwarzschild term of the centre."
    )
    tides: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Solid tides of degree 2 of the centre, Earth or Moon."
    )
    tolerance: Annotated[float, Number(1e-15, 1e-6)] = Field(
        default=1e-12, description="Relative, of one step."
    )
    source: Source = None
    assumed: Assumed = ()


class Uncertainty(BaseModel):
    """How well a spacecraft's path is known; every value is one standard deviation.

    Three ways: the same error of position along the whole path (``radial``, ``along_track``,
    ``cross_track``); errors of the state at ``epoch``, carried along the path; or the
    covariances of an OEM file, of which the one nearest to ``epoch`` is carried along.
    """

    model_config = STRICT
    radial: Sigma | None = None
    along_track: Sigma | None = None
    cross_track: Sigma | None = None
    epoch: Instant | None = Field(
        default=None, description="Default: that of the orbit; of a file, the mission's start."
    )
    frame: Literal["rtn", "icrf"] = Field(
        default="rtn", description="rtn: radial, along track, cross track."
    )
    position: tuple[Sigma, Sigma, Sigma] | None = None
    velocity: tuple[SpeedSigma, SpeedSigma, SpeedSigma] | None = None
    covariance: str | None = Field(
        default=None, min_length=1, examples=["relay.oem"], description="An OEM file."
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _one_way(self) -> "Uncertainty":
        steady = [
            key
            for key in ("radial", "along_track", "cross_track")
            if getattr(self, key) is not None
        ]
        state = [key for key in ("position", "velocity") if getattr(self, key) is not None]
        given = [keys[0] for keys in (steady, state) if keys]
        given += ["covariance"] if self.covariance is not None else []
        if len(given) != 1:
            raise fault(
                "an uncertainty is stated one way",
                "give radial, along_track, cross_track; or position and velocity at an epoch; "
                "or the file of a covariance",
                given[1] if given else "",
            )
        if len(state) == 1:
            other = "velocity" if state == ["position"] else "position"
            raise fault(
                f"{state[0]} without {other}", f"add {other} = [...], three sigmas", state[0]
            )
        if steady and self.epoch is not None:
            raise fault("these errors hold at every instant", "take the epoch away", "epoch")
        return self


class Spacecraft(BaseModel):
    """One spacecraft."""

    model_config = STRICT
    norad_id: Annotated[int, Field(gt=0, strict=True)] | None = None
    naif_id: Annotated[int, Field(lt=0, strict=True)] | None = Field(
        default=None, description="Default: -100000 - norad_id."
    )
    mass: Mass | None = Field(default=None, description="With propellant.")
    propellant: Mass | None = None
    drag: DragArea | None = None
    radiation: RadiationArea | None = None
    engine: dict[Name, Engine] = Field(default_factory=dict)
    orbit: Orbit
    dynamics: Dynamics = Field(default_factory=Dynamics)
    uncertainty: Uncertainty | None = None
    transfer: Transfer | None = None
    sequence: tuple[Step, ...] = ()
    target: tuple[Target, ...] = ()
    maintenance: Maintenance | None = None
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _kept(self) -> "Spacecraft":
        if self.maintenance is not None and self.sequence:
            raise fault("a sequence and a maintenance", "give one of the two", "maintenance")
        if self.maintenance is not None:
            center = getattr(self.orbit, "center", "")
            strategy, model = self.maintenance.strategy, self.dynamics.model
            check_strategy(strategy, self.orbit.kind, center, model)
        return self

    @model_validator(mode="before")
    @classmethod
    def _model_by_kind(cls, said: Any) -> Any:
        """Name SGP4 as the model of element sets, which have no other."""
        orbit = said.get("orbit") if isinstance(said, dict) else None
        if not isinstance(orbit, dict) or orbit.get("kind") != "tle":
            return said
        dynamics = said.get("dynamics", {})
        if not isinstance(dynamics, dict):
            return said
        return {**said, "dynamics": {"model": "sgp4", **dynamics}}
