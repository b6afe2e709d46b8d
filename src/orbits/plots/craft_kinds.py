"""The figures of a spacecraft: which there are, their words, what goes into each."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from orbits.bodies import body
from orbits.geometry.apses import apses
from orbits.geometry.ground_track import ground_track
from orbits.plots import figures
from orbits.plots.drawing import Kind, Plan, Words
from orbits.plots.motion import motion, motion_figure
from orbits.plots.phrases import series, signed, spell
from orbits.plots.rotating import rotating_points
from orbits.plots.sampling import instants
from orbits.plots.style import UNIT
from orbits.plots.survey import Survey
from orbits.time import utc_iso

FAR: Final = 1e8  # m from the Earth: beyond it the Earth-Moon frame is worth a picture
# Revolutions beyond which a track or a motion is a solid patch.
_TRACKS: Final = {"earth": 16, "moon": 40}
_TURNS: Final = 30

Say = Callable[[Survey, str], Words]
Draw = Callable[[Survey, str, str, Words], Figure]


class Flight(NamedTuple):
    """The centre of a flight, and its distances from it, m."""

    center: str
    radii: np.ndarray


def each(say: Say, draw: Draw, applies: Callable[[Flight], bool] | None = None) -> Any:
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
        flight.center == "earth" and bool(flight.radii.max() > FAR)
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


def _tracked(flight: Flight) -> bool:
    return flight.center == "moon" or (
        flight.center == "earth" and bool(flight.radii.max() < FAR)
    )


def _track_leg(survey: Survey, name: str) -> str | None:
    """Return the one leg between ``name`` and the sites of its centre, None for several."""
    o = survey.outcome
    center = o.trajectories[name].frame.center
    legs = [k for k in o.legs if name in survey.ends(k)]
    sites = [site.name for site in o.sites.values() if site.body == center]
    found = [k for site in sites for k in legs if site in survey.ends(k)]
    return found[0] if len(found) == 1 else None


def _track_words(survey: Survey, name: str) -> Words:
    o = survey.outcome
    path, leg = o.trajectories[name], _track_leg(survey, name)
    span, line = survey.first(name, _TRACKS[path.frame.center])
    center = path.frame.center
    line += "; far side in the middle, limbs dotted" if center == "moon" else ""
    line += f"; link {survey.title(leg)}" if leg else ""
    below = ground_track(path, o.almanac, instants(path, span), center)
    low, high = np.degrees([below.latitude.min(), below.latitude.max()])
    alt = f"The ground track of {name} runs between {_north(low)} and {_north(high)}"
    sites = [site.name for site in o.sites.values() if site.body == center]
    alt += f"; marked: {', '.join(sites)}." if sites else "."
    return Words(f"Ground track of {name} on the {center.title()}", line, alt)


def _north(latitude_deg: float) -> str:
    return f"{abs(latitude_deg):.1f} degrees {'north' if latitude_deg >= 0 else 'south'}"


def _track_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    leg, path = _track_leg(survey, name), o.trajectories[name]
    sites, seen = list(o.sites.values()), o.windows[leg] if leg else None
    span, _ = survey.first(name, _TRACKS[path.frame.center])
    return figures.ground_track_figure(path, o.almanac, span, sites, seen, preset, words)


# -- motion -------------------------------------------------------------------------------


def _motion_words(survey: Survey, name: str) -> Words:
    span, line = survey.first(name, _TURNS)
    o = survey.outcome
    said = []
    for curve in motion(o.trajectories[name], o.almanac, span):
        if curve.unit != "deg":
            low, high = float(np.nanmin(curve.values)), float(np.nanmax(curve.values))
            by, unit = (1e3, "km") if curve.unit == UNIT else (1.0, curve.unit)
            digits = 0 if unit == "km" else 3
            ends = f"{by * low:,.{digits}f} to {by * high:,.{digits}f}"
            said.append(f"{curve.name.lower()} {ends} {unit}")
    radius = body(o.trajectories[name].frame.center).radius / 1e3
    line += f"; altitude above the sphere of {radius:,.1f} km"
    return Words(f"Motion of {name}", line, f"{name}: {series(said)}.")


def _motion_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    span, _ = survey.first(name, _TURNS)
    return motion_figure(motion(o.trajectories[name], o.almanac, span), span, preset, words)


# -- apsides ------------------------------------------------------------------------------


def _elliptic(flight: Flight) -> bool:
    """Tell whether it has apsides; far from the Earth they are those of the Moon."""
    leaves = flight.center == "earth" and bool(flight.radii.max() > FAR)
    return not leaves and bool(flight.radii.max() > 1.02 * flight.radii.min())


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


KINDS: Final = (
    Kind(
        "orbit",
        "three orthogonal views of the trajectory about its centre",
        "What the body hides from the viewer is dashed; the first revolution is strong; "
        "triangles are periapsis and apoapsis.",
        "a spacecraft",
        each(_orbit_words, _orbit_figure),
    ),
    Kind(
        "rotating-frame",
        "the trajectory in the Earth-Moon rotating frame",
        "Above the whole system, below the surroundings of the Moon.",
        "a spacecraft about the Moon, or far from the Earth",
        each(_rotating_words, _rotating_figure, _rotates),
    ),
    Kind(
        "ground-track",
        "the point of the surface under the spacecraft",
        "Stars are sites; dashed where the link to the site is closed.",
        "a spacecraft about the Moon or near the Earth",
        each(_track_words, _track_figure, _tracked),
    ),
    Kind(
        "motion",
        "altitude, range or speed, and true anomaly against time",
        "The true anomaly is that of the osculating conic.",
        "a spacecraft",
        each(_motion_words, _motion_figure),
    ),
    Kind(
        "apsides",
        "altitudes of periapsis and apoapsis over the span",
        "Each mark is a passage.",
        "a spacecraft on an orbit that is not circular and does not leave the Earth",
        each(_apsis_words, _apsis_figure, _elliptic),
    ),
)
