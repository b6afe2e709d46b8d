"""What is propagated: constants, state, forces and span of every case.

Gravitational parameters are those of DE440, or of the gravity field; bodies and the Moon's axes
are those of DE421; the Earth's axes are this package's ITRF. All states are in ICRF axes.
"""

from dataclasses import dataclass

import erfa
import numpy as np

from orbits.bodies import BODIES
from orbits.constants import DAY, J2000_JD
from orbits.forces.gravity import field
from orbits.time import parse_t

START = parse_t("2024-05-01T00:00:00 TDB")

# The layer of Vallado's exponential atmosphere (table 8-4) that holds the low orbit: the
# single exponential that every peer has, with the scale height that joins its two ends.
BASE_HEIGHT, BASE_DENSITY = 400e3, 3.725e-12  # m, kg/m3
SCALE_HEIGHT = 50e3 / np.log(3.725e-12 / 1.585e-12)  # m
AREA, MASS, CD, CR = 10.0, 1000.0, 2.2, 1.3  # m2, kg
FLUX = 1361.0  # W/m2 at 1 au


@dataclass(frozen=True, eq=False)
class Case:
    """One run, or ``samples`` runs of dispersed states.

    Attributes
    ----------
    limit : float, m
        Agreement at the end that a run must reach to be compared.
    reference : (3,) array, m, or None
        Converged end position of DATA, found apart from this project with several codes; where
        there is none, this package's own run at 3e-14 serves, and the table says so.
    """

    name: str
    title: str
    center: str
    start: float
    duration: float
    r: tuple[float, float, float]
    v: tuple[float, float, float]
    limit: float
    third_bodies: tuple[str, ...]
    field: tuple[str, int] | None = None
    drag: bool = False
    radiation: bool = False
    samples: int = 0
    reference: tuple[float, float, float] | None = None

    @property
    def stop(self) -> float:
        return self.start + self.duration

    @property
    def day(self) -> tuple[int, int, int]:
        """Year, month and day of the start, which is midnight TDB for every case."""
        year, month, day, rest = erfa.jd2cal(J2000_JD, self.start / DAY)
        if abs(rest) * DAY > 1e-6:
            raise ValueError(f"{self.name} does not start at midnight TDB")
        return int(year), int(month), int(day)

    @property
    def mu(self) -> float:
        """Gravitational parameter of the centre, m3/s2."""
        return field(*self.field).gm if self.field else BODIES[self.center].mu

    @property
    def states(self) -> np.ndarray:
        """Initial states (n, 6), m and m/s: one, or the samples."""
        state = np.array([*self.r, *self.v])
        if not self.samples:
            return state[np.newaxis]
        rng = np.random.default_rng(20240501)
        return state + rng.normal(size=(self.samples, 6)) * ([1000.0] * 3 + [0.1] * 3)


def _lunar(name: str, title: str, degree: int, end: tuple, limit: float, **other) -> Case:
    return Case(
        name,
        title,
        "moon",
        START,
        other.pop("days", 10) * DAY,
        (0.0, -897_589.738_441_220_3, -1_716_930.814_402_555_6),
        (2_136.078_756_444_301, 0.0, 0.0),
        limit,
        ("earth", "sun"),
        ("grgm1200a", degree) if degree else None,
        reference=end,
        **other,
    )


_CIRCULAR = 1_837_400.0
_CIRCULAR_SPEED = float(np.sqrt(4.9028001224453e12 / _CIRCULAR))
_TILT = np.deg2rad(85.0)
_LOW_RADIUS = 6_788_137.0  # m: 410 km


def _low_earth(name: str, title: str, v: tuple[float, float, float], **other) -> Case:
    return Case(
        name,
        title,
        "earth",
        START,
        DAY,
        (_LOW_RADIUS, 0.0, 0.0),
        v,
        0.2,
        ("sun", "moon"),
        ("egm96", 70),
        **other,
    )


CASES = (
    _lunar(
        "points",
        "Reference case (200 x 16,000 km about the Moon, 10 d): point masses",
        0,
        (-5_140_962.136, 5_378_708.468, 8_126_069.701),
        0.05,
    ),
    _lunar(
        "field-50",
        "Reference case, 50x50 lunar field",
        50,
        (-5_166_017.468, 5_343_131.534, 8_034_680.805),
        0.2,
    ),
    _lunar(
        "field-100",
        "Reference case, 100x100 lunar field",
        100,
        (-5_166_000.808, 5_343_123.227, 8_034_650.086),
        0.2,
    ),
    Case(
        "low-moon",
        "Low lunar orbit, 100 km, 50x50, 1 d",
        "moon",
        START,
        DAY,
        (_CIRCULAR, 0.0, 0.0),
        (0.0, _CIRCULAR_SPEED * float(np.cos(_TILT)), _CIRCULAR_SPEED * float(np.sin(_TILT))),
        0.2,
        ("earth", "sun"),
        ("grgm1200a", 50),
    ),
    _low_earth(
        "low-earth", "Low Earth orbit, 410 km, 70x70, Sun, Moon, 1 d", (0.0, 4_759.0, 6_004.0)
    ),
    # Over the equator the height above the ellipsoid, which some take for the density, and
    # that above the equatorial sphere, which others take, are the same.
    _low_earth(
        "low-earth-air",
        "Low equatorial Earth orbit, 410 km, 70x70, Sun, Moon, drag, radiation, 1 d",
        (0.0, 7_669.0, 0.0),
        drag=True,
        radiation=True,
    ),
    Case(
        "transfer",
        "Earth to Moon in five days: point masses",
        "earth",
        parse_t("2024-05-03T00:00:00 TDB"),
        5 * DAY,
        (-4_459_686.595, -4_239_520.836, -2_325_842.834),
        (1_394.265643, -6_296.447350, 8_803.522346),
        0.05,
        ("moon", "sun"),
    ),
    Case(
        "halo",
        "Southern halo about Earth-Moon L2, 28 d: point masses",
        "moon",
        START,
        28 * DAY,
        (18_413_028.455, 10_593_003.901, -81_200_936.531),
        (-66.526126, -54.155862, -17.323308),
        0.05,
        ("earth", "sun"),
    ),
    _lunar(
        "batch",
        "1,000 dispersed states of the reference case, 1 d: point masses",
        0,
        None,
        0.05,
        days=1,
        samples=1000,
    ),
    _lunar(
        "batch-50",
        "1,000 dispersed states of the reference case, 1 d: 50x50",
        50,
        None,
        0.2,
        days=1,
        samples=1000,
    ),
)
SPAN = (START - 2 * DAY, START + 30 * DAY)  # s, holds every case
