"""The figures of the Sun and a spacecraft: beta angle, eclipses, conjunctions."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from orbits.frames import to_icrf
from orbits.geometry.sun import beta_angle
from orbits.mission.measure import whole_days
from orbits.plots.craft_kinds import FAR, Flight, each
from orbits.plots.drawing import Kind, Plan, Words
from orbits.plots.phrases import count, series, signed, spell
from orbits.plots.sunlight import beta_figure, eclipses_figure, sun_angle_figure
from orbits.plots.survey import Survey
from orbits.time import utc_iso

# -- beta ---------------------------------------------------------------------------------


def _orbits(flight: Flight) -> bool:
    return flight.center in ("earth", "moon") and bool(flight.radii.max() < FAR)


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
    line = f"{survey.days()}; above the osculating orbit plane"
    said = [f"beta from {signed(angle.min())} to {signed(angle.max())} degrees"]
    if asked and not any(w.count for w in asked.values()):
        line += "; no eclipse in the span"
        said.append("no eclipse")
    return Words(f"Sun and orbit of {name}", line, f"{name}: {series(said)}.")


def _beta_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    return beta_figure(o.trajectories[name], o.almanac, o.span, preset, words)


# -- eclipses -----------------------------------------------------------------------------


def _dark(survey: Survey) -> Iterator[Plan]:
    for name in survey.outcome.trajectories:
        if any(w.count for w in _eclipses(survey, name).values()):
            words = partial(_eclipse_words, survey, name)
            yield Plan(name, words, partial(_eclipse_figure, survey, name))


def _eclipse_words(survey: Survey, name: str) -> Words:
    said = [
        f"{word}: {count(w.count, 'time')}, longest {spell(w.longest)}, in all {spell(w.total)}"
        if w.count
        else f"{word}: never"
        for word, w in _eclipses(survey, name).items()
    ]
    line = f"{survey.days()}; the penumbra holds the umbra"
    return Words(f"Eclipses of {name}", line, f"Eclipses of {name}: {series(said)}.")


def _eclipse_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    span = survey.outcome.span
    found = [(word, w) for word, w in _eclipses(survey, name).items() if w.count]
    battery = survey.outcome.studies.light.battery
    return eclipses_figure(found, whole_days(span), span, preset, words, battery)


# -- conjunctions -------------------------------------------------------------------------


def _beyond(flight: Flight) -> bool:
    return flight.center != "earth" or bool(flight.radii.max() > FAR)


def _angle(survey: Survey, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return times, s, and the angle Sun - Earth - spacecraft, rad, without light time."""
    o = survey.outcome
    path = o.trajectories[name]
    t = np.linspace(o.span[0], o.span[1], 2000)
    r = to_icrf(path, t, o.almanac, "earth")
    sun = o.almanac.position("sun", "earth", t)
    across = np.linalg.norm(np.cross(r, sun), axis=1)
    return t, np.arctan2(across, np.einsum("ij,ij->i", r, sun))


def _exclusion(survey: Survey, name: str) -> float | None:
    """Return the greatest angle, rad, that links of ``name`` to the Earth keep from the Sun."""
    o = survey.outcome
    found = [
        leg.limits.sun_exclusion
        for key, leg in o.legs.items()
        for end in survey.ends(key)
        if name in survey.ends(key) and end in o.sites and o.sites[end].body == "earth"
        if leg.limits.sun_exclusion is not None
    ]
    return max(found, default=None)


def _angle_words(survey: Survey, name: str) -> Words:
    t, angle = _angle(survey, name)
    k = int(np.argmin(angle))
    day = str(utc_iso(t[k], 0))[:16].replace("T", " ")
    least, most = float(np.degrees(angle[k])), float(np.degrees(angle.max()))
    alt = f"Sun - Earth - {name}: {least:.1f} to {most:.1f} degrees, least on {day} UTC"
    limit = _exclusion(survey, name)
    alt += "." if limit is None else f"; links keep {np.degrees(limit):.1f} degrees."
    line = f"{survey.days()}; from the Earth's centre, without light time"
    return Words(f"Angle of {name} from the Sun", line, alt)


def _angle_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    t, angle = _angle(survey, name)
    limit = _exclusion(survey, name)
    return sun_angle_figure(t, angle, limit, survey.outcome.span, preset, words)


KINDS: Final = (
    Kind(
        "beta",
        "the angle of the Sun above the orbit plane",
        "Eclipses come where the Sun stands near the plane.",
        "a spacecraft about the Earth or the Moon",
        each(_beta_words, _beta_figure, _orbits),
    ),
    Kind(
        "eclipses",
        "how long each eclipse lasts, and how long each day is dark",
        "Above each eclipse at its middle, below the minutes of each whole UTC day.",
        "an eclipse within the span, asked for by analysis.eclipse",
        _dark,
    ),
    Kind(
        "sun-angle",
        "the angle Sun - Earth - spacecraft: conjunctions",
        "Near 0 degrees the Sun stands behind the spacecraft and blinds stations.",
        "a spacecraft far from the Earth",
        each(_angle_words, _angle_figure, _beyond),
    ),
)
