"""Certificate: what a search for windows has proven, and what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orbits.intervals import longest, merged


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is proven about a set of windows.

    Attributes
    ----------
    resolution : float, s
        Every window and every gap longer than this is listed. It is the resolution asked for,
        or the longest undecided interval where that is longer.
    tolerance : float, s
        Bound on the error of an edge outside the undecided intervals, the margins taken as
        they were computed; an error of a margin moves an edge by that error over the slope.
    evaluations, bounds : int
        How many margins, and how many bounds on their second derivative, were computed.
    undecided : tuple of (float, float), s
        Intervals in order, apart from each other, in which a window or gap may hide.
    certified : bool
        False if a margin without a bound was sampled: then nothing is proven.
    notes : mapping of str to str
        The model: ``trajectory``, ``ephemeris``, ``orientation``, ``light_time``,
        ``refraction``, ``terrain``, ``earth_shape``; ``sampled`` names the constraints
        without a bound. Not all need be there.
    allowance : float, m
        Error that a margin in metres may have, by rounding and interpolation.
    """

    resolution: float
    tolerance: float
    evaluations: int = 0
    bounds: int = 0
    undecided: tuple[tuple[float, float], ...] = ()
    certified: bool = True
    notes: Mapping[str, str] = field(default_factory=dict)
    allowance: float = 1e-4

    def within(self, span: tuple[float, float]) -> Certificate:
        """Return the certificate for a part ``span``, s, of the span."""
        cut = [(max(a, span[0]), min(b, span[1])) for a, b in self.undecided]
        return replace(self, undecided=tuple((a, b) for a, b in cut if a < b))

    def noted(self, notes: Mapping[str, str]) -> Certificate:
        """Return the certificate with more ``notes`` on the model; the new ones come last."""
        return replace(self, notes={**self.notes, **notes})

    def as_text(self, start: str = "the start", stop: str = "the end of the span") -> str:
        """Return the certificate in words, for a span from ``start`` to ``stop``."""
        notes = dict(self.notes)
        path = notes.pop("trajectory", "")
        sampled = notes.pop("sampled", "")
        light = notes.pop("light_time", "")
        model = [notes.pop(key) for key in ("ephemeris", "orientation") if key in notes]
        model += [f"light time {light}"] if light else []
        model += [f"{key.replace('_', ' ')} {value}" for key, value in notes.items()]
        opening = f"On this trajectory as interpolated{f' ({path})' if path else ''}"
        opening += f", with {', '.join(model)}, " if model else ", "
        count = len(self.undecided)
        listed = f"{count}, listed" if count else "0"
        if self.certified:
            claim = (
                f"every window and gap longer than {self.resolution:g} s between {start} and "
                f"{stop} is listed; evaluated in double precision with an allowance of "
                f"{1e3 * self.allowance:g} mm for rounding, not in interval arithmetic"
            )
        else:
            claim = (
                f"windows between {start} and {stop} were looked for at samples "
                f"{self.resolution / 2:g} s apart and none is certified, because no bound is "
                f"known for {sampled or 'a constraint'}; a shorter window or gap may be missing"
            )
        return (
            f"{opening}{claim}; undecided grazings: {listed}; edge tolerance "
            f"{1e3 * self.tolerance:g} ms refers to this model; errors of orbit, forces, Earth "
            "rotation and terrain are not included: see the edge budget."
        )


def joined(one: Certificate | None, other: Certificate | None) -> Certificate | None:
    """Return what holds for windows made from two sets; None stands for windows given as such.

    Undecided intervals of either stay. Where they meet they become one, and where that is
    longer than both resolutions it becomes the resolution: a gap of ``a & b`` may begin in a
    gap of ``a`` and end in a gap of ``b``, each too short to be listed. Notes that differ are
    both kept.
    """
    if one is None or other is None:
        return one or other
    undecided = merged((*one.undecided, *other.undecided))
    return Certificate(
        max(one.resolution, other.resolution, longest(undecided)),
        max(one.tolerance, other.tolerance),
        one.evaluations + other.evaluations,
        one.bounds + other.bounds,
        undecided,
        one.certified and other.certified,
        _joined_notes(one.notes, other.notes),
        max(one.allowance, other.allowance),
    )


def _joined_notes(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    notes = dict(one)
    for key, value in other.items():
        have = notes.get(key, value).split("; ")
        notes[key] = "; ".join(dict.fromkeys([*have, *value.split("; ")]))
    return notes
