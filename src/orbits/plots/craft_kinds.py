"""The figures of a spacecraft: which there are, their words, what goes into each."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from orbits.bodies import body
from orbits.geometry.apses import apses
from orbits.geometry.ground_track import ground_track
from orbits.geometry.sun import beta_angle
from orbits.plots import figures
from orbits.plots.drawing import Kind, Plan, Words
from orbits.plots.phrases import count, series, signed, spell
from orbits.plots.rotating import rotating_points
from orbits.plots.sampling import instants
from orbits.plots.sunlight import beta_figure
from orbits.plots.survey import Survey
from orbits.time import utc_iso

_FAR: Final = 1e8  # m from the Earth: beyond it the Earth-Moon frame is worth a picture

Say = Callable[[Survey, str], Words]
Draw = Callable[[Survey, str, str, Words], Figure]


class Flight(NamedTuple):
    """The centre of a flight, and its distances from it, m."""

    center: str
    radii: np.ndarray


def _each(say: Say, draw: Draw, applies: Callable[[Flight], bool] | None = None) -> Any:
    """Return the plans of the spacecraft whose flight ``applies`` takes, or of all."""

    def plans(survey: Survey) -> Iterator[Plan]:
        for name, path in survey.outcome.trajectories.items():
            flight = Flight(path.frame.center, survey.radii(name))
            if applies is None or applies(flight):
                yield Plan(name, partial(say, survey, name), partial(draw, survey, name))

    return plans


# -- orbit --------------------------------------------------------------------------------


def _orbit_words(survey: Survey, name: str) -> Words:
    o = survey.outcome
    center, day = o.trajectories[name].frame.center, str(utc_iso(o.span[0], 0))[:10]
    axes = "axes of ICRF"
    if center == "moon":
        axes = f"inertial axes, x to the Earth on {day}, z to the Moon's north pole"
    said = [_heights(survey, name)]
    if period := survey.value(f"spacecraft.{name}.orbit.period"):
        said.append(f"period {spell(period)}")
    tilt = survey.value(f"spacecraft.{name}.orbit.inclination")
    if tilt is not None:
        said.append(f"mean inclination {tilt:.1f} degrees")
    alt = f"Three views of the orbit of {name} about the {center.title()}: {series(said)}."
    title = f"Orbit of {name} about the {center.title()}"
    return Words(title, f"{survey.days()}; {axes}", alt)


def _heights(survey: Survey, name: str) -> str:
    radius = body(survey.outcome.trajectories[name].frame.center).radius
    ends = [survey.value(f"spacecraft.{name}.{word}_altitude") for word in ("min", "max")]
    low, high = (x for x in ends if x is not None)
    return f"{low:,.0f} to {high:,.0f} km above the sphere of {radius / 1e3:,.1f} km"


def _orbit_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    return figures.orbit_figure(o.trajectories[name], o.almanac, o.span, preset, words)


# -- rotating frame -----------------------------------------------------------------------


def _rotates(flight: Flight) -> bool:
    return flight.center == "moon" or (
        flight.center == "earth" and bool(flight.radii.max() > _FAR)
    )


def _rotating_words(survey: Survey, name: str) -> Words:
    o = survey.outcome
    r = rotating_points(o.trajectories[name], o.almanac, o.span) / 1e6
    reach = [
        f"{axis} from {signed(low)} to {signed(high)}"
        for axis, low, high in zip("xyz", r.min(axis=0), r.max(axis=0), strict=True)
    ]
    line = f"{survey.days()}; Moon at the origin; to scale; bars: what Earth, L1 and L2 sweep"
    alt = f"From the Moon, in thousands of kilometres, {name} reaches {', '.join(reach)}."
    return Words(f"{name} in the Earth-Moon rotating frame", line, alt)


def _rotating_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    return figures.rotating_figure(o.trajectories[name], o.almanac, o.span, preset, words)


# -- ground track -------------------------------------------------------------------------


def _track_leg(survey: Survey, name: str) -> str | None:
    """Return the one leg between ``name`` and the sites on the Moon, None for several."""
    o = survey.outcome
    legs = [k for k in o.legs if name in survey.ends(k)]
    sites = [site.name for site in o.sites.values() if site.body == "moon"]
    found = [k for site in sites for k in legs if site in survey.ends(k)]
    return found[0] if len(found) == 1 else None


def _track_words(survey: Survey, name: str) -> Words:
    o = survey.outcome
    path, leg = o.trajectories[name], _track_leg(survey, name)
    line = f"{survey.days()}; far side in the middle, limbs dotted"
    line += f"; link {survey.title(leg)}" if leg else ""
    below = ground_track(path, o.almanac, instants(path, o.span), "moon")
    low, high = np.degrees([below.latitude.min(), below.latitude.max()])
    alt = f"The ground track of {name} runs between {_north(low)} and {_north(high)}."
    return Words(f"Ground track of {name} on the Moon", line, alt)


def _north(latitude_deg: float) -> str:
    return f"{abs(latitude_deg):.1f} degrees {'north' if latitude_deg >= 0 else 'south'}"


def _track_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    sites = [site for site in o.sites.values() if site.body == "moon"]
    leg = _track_leg(survey, name)
    seen = o.windows[leg] if leg else None
    path = o.trajectories[name]
    return figures.ground_track_figure(path, o.almanac, o.span, sites, seen, preset, words)


# -- apsides ------------------------------------------------------------------------------


def _elliptic(flight: Flight) -> bool:
    return bool(flight.radii.max() > 1.02 * flight.radii.min())


def _apsis_words(survey: Survey, name: str) -> Words:
    center = survey.outcome.trajectories[name].frame.center
    nouns = {"moon": ("perilune", "apolune"), "earth": ("perigee", "apogee")}
    low, high = nouns.get(center, ("periapsis", "apoapsis"))
    said = []
    for word, noun in ((low, "periapsis"), (high, "apoapsis")):
        ends = [
            survey.value(f"spacecraft.{name}.{end}_{noun}_altitude") for end in ("min", "max")
        ]
        least, most = ends
        if least is not None and most is not None:
            said.append(f"{word} between {least:,.1f} and {most:,.1f} km")
    alt = f"Altitudes of {name}: {series(said)}." if said else f"{name} passes no apsis."
    radius = body(center).radius / 1e3
    line = f"{survey.days()}; above the sphere of {radius:,.1f} km"
    return Words(f"{low.title()} and {high} of {name}", line, alt)


def _apsis_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    path = o.trajectories[name]
    passages = apses(path, o.span)
    return figures.apses_figure(passages, path.frame.center, o.span, preset, words)


# -- Sun ----------------------------------------------------------------------------------


def _orbits(flight: Flight) -> bool:
    return flight.center in ("earth", "moon") and bool(flight.radii.max() < _FAR)


def _eclipses(survey: Survey, name: str) -> dict[str, Any]:
    """Return the eclipses of a spacecraft that the mission asks for, by name."""
    found = {}
    for key, windows in survey.outcome.windows.items():
        if key.startswith(f"eclipse.{name}."):
            _, _, at, kind = key.split(".")
            found[f"{kind} of the {at.title()}"] = windows
    return found


def _beta_words(survey: Survey, name: str) -> Words:
    o = survey.outcome
    t = np.linspace(o.span[0], o.span[1], 1000)
    angle = np.degrees(beta_angle(o.trajectories[name], o.almanac, t))
    asked = _eclipses(survey, name)
    dark = [
        f"{word}: {count(w.count, 'eclipse')}, longest {spell(w.longest)}"
        for word, w in asked.items()
        if w.count
    ]
    line = f"{survey.days()}; above the osculating orbit plane"
    line += "; no eclipse in the span" if asked and not dark else ""
    said = [f"beta from {signed(angle.min())} to {signed(angle.max())} degrees", *dark]
    said += ["no eclipse"] if asked and not dark else []
    return Words(f"Sun and orbit of {name}", line, f"{name}: {series(said)}.")


def _beta_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    eclipses = [(word, w) for word, w in _eclipses(survey, name).items() if w.count]
    return beta_figure(o.trajectories[name], o.almanac, o.span, eclipses, preset, words)


KINDS: Final = (
    Kind(
        "orbit",
        "three orthogonal views of the trajectory about its centre",
        "What the body hides from the viewer is dashed; the first revolution is strong; "
        "triangles are periapsis and apoapsis.",
        "a spacecraft",
        _each(_orbit_words, _orbit_figure),
    ),
    Kind(
        "rotating-frame",
        "the trajectory in the Earth-Moon rotating frame",
        "Above the whole system, below the surroundings of the Moon.",
        "a spacecraft about the Moon, or far from the Earth",
        _each(_rotating_words, _rotating_figure, _rotates),
    ),
    Kind(
        "ground-track",
        "the point of the surface under the spacecraft",
        "Stars are sites; dashed where the link to the site is closed.",
        "a spacecraft about the Moon",
        _each(_track_words, _track_figure, lambda flight: flight.center == "moon"),
    ),
    Kind(
        "apsides",
        "altitudes of periapsis and apoapsis over the span",
        "Each mark is a passage.",
        "a spacecraft on an orbit that is not circular",
        _each(_apsis_words, _apsis_figure, _elliptic),
    ),
    Kind(
        "beta",
        "the angle of the Sun above the orbit plane, and the eclipses that follow",
        "Eclipses stand at their middle, as high as they are long.",
        "a spacecraft about the Earth or the Moon",
        _each(_beta_words, _beta_figure, _orbits),
    ),
)
