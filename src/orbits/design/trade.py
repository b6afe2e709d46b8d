"""From a site to its relay orbits: the Pareto front of the trade between ellipses and halos."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orbits.bodies import body
from orbits.design.relay import Design, Ellipse, Figures, HaloChoice, Scene, dominates
from orbits.errors import ConvergenceError


@dataclass(frozen=True, slots=True)
class Point:
    """A design with its figures."""

    design: Design
    figures: Figures


def random_design(random: np.random.Generator, halos: float = 0.1) -> Design:
    """Return a design anywhere in the trade; a share ``halos`` of them are halos."""
    if random.random() < halos:
        return HaloChoice(
            random.uniform(3e6, 35e6),
            "L2",
            str(random.choice(["southern", "northern"])),
            random.random(),
        )
    perilune = random.uniform(250e3, 1500e3)
    axis = random.uniform(4.0e6, 12e6)
    return Ellipse(
        axis,
        min(perilune, 0.8 * (axis - body("moon").radius)),
        str(random.choice(["south", "north"])),
        bool(random.random() < 0.5),
        random.uniform(0.0, 2.0 * np.pi),
        random.uniform(0.0, 2.0 * np.pi),
    )


def near_design(design: Design, random: np.random.Generator, reach: float) -> Design:
    """Return a design beside another, ``reach`` times the width of the trade away."""
    kick = reach * random.standard_normal(4)
    if isinstance(design, HaloChoice):
        az = float(np.clip(design.az + 30e6 * kick[0], 3e6, 35e6))
        return replace(design, az=az, phase=float((design.phase + kick[1]) % 1.0))
    axis = float(np.clip(design.semi_major_axis + 8e6 * kick[0], 4e6, 12e6))
    low = float(np.clip(design.perilune + 1.2e6 * kick[1], 250e3, 1500e3))
    return replace(
        design,
        semi_major_axis=axis,
        perilune=min(low, 0.8 * (axis - body("moon").radius)),
        raan=float((design.raan + 6.28 * kick[2]) % (2.0 * np.pi)),
        mean_anomaly=float((design.mean_anomaly + 6.28 * kick[3]) % (2.0 * np.pi)),
    )


def front(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other dominates, by availability."""
    kept = [p for p in points if not any(dominates(q.figures, p.figures) for q in points)]
    return sorted(kept, key=lambda p: -p.figures.availability)


def search(
    scene: Scene,
    *,
    tries: int = 1200,
    members: int = 10,
    seed: int = 1,
    require: Callable[[Figures], bool] = lambda _: True,
    progress: Callable[[float], None] | None = None,
) -> list[Point]:
    """Return a Pareto front of frozen ellipses and halos for a scene.

    A quarter of the tries anywhere, a quarter about the front found so far; at most ``members``
    of that front, spread over availability, are then improved, each by itself and with the
    planes of the others. No member of the answer dominates another.

    Raises
    ------
    ConvergenceError
        If no design flies, or none meets what is required.
    """
    random = np.random.default_rng(seed)
    tell = progress or (lambda _: None)
    points: list[Point] = []
    best: list[Point] = []
    for number in range(tries // 2):
        if number % 25 == 0:
            best = front([*best, *points[-25:]])
            tell(number / tries)
        if number < tries // 4 or not best:
            design = random_design(random)
        else:
            pick = best[int(random.integers(len(best)))]
            design = near_design(pick.design, random, 0.1)
        figures = scene.figures(design)
        if figures is not None and require(figures):
            points.append(Point(design, figures))
    if not points:
        raise ConvergenceError(
            f"none of {tries // 2} designs flies and meets what is required: ask for less",
            iterations=tries,
        )
    chosen = _spread(front(points), members)
    share = max(1, tries // (4 * len(chosen)))
    for stage in (0.5, 0.75):
        for k, point in enumerate(chosen):
            chosen[k] = _improved(scene, point, random, share, require)
            tell(stage + 0.25 * (k + 1) / len(chosen))
        chosen = [_crossed(scene, point, chosen, require) for point in chosen]
    return front(list(dict.fromkeys(chosen)))


def _crossed(
    scene: Scene, point: Point, others: Sequence[Point], require: Callable[[Figures], bool]
) -> Point:
    """Return the best of ``point`` and its size on the planes, or at the perilunes, of others.

    Only what dominates ``point`` replaces it.
    """
    for other in others:
        size, plane = point.design, other.design
        if other is point or not (isinstance(size, Ellipse) and isinstance(plane, Ellipse)):
            continue
        turned = replace(
            size,
            retrograde=plane.retrograde,
            raan=plane.raan,
            mean_anomaly=plane.mean_anomaly,
        )
        lowest = min(plane.perilune, 0.8 * (size.semi_major_axis - body("moon").radius))
        for design in (turned, replace(turned, perilune=lowest)):
            figures = scene.figures(design)
            if figures is not None and require(figures) and dominates(figures, point.figures):
                point = Point(design, figures)
    return point


def _spread(points: list[Point], members: int) -> list[Point]:
    """Return at most so many points over the range of availability, halos and ellipses apart.

    Of each part of the range the one with the least sum of its figures, each scaled by its
    spread over the front: balanced designs are worth improving, freaks of one figure are not.
    """
    costs = np.array([p.figures.costs() for p in points])
    scaled = (costs - costs.min(axis=0)) / np.maximum(np.ptp(costs, axis=0), 1e-12)
    worth = scaled.sum(axis=1)
    chosen: list[Point] = []
    for kind, count in ((HaloChoice, 2), (Ellipse, members - 2)):
        rows = [k for k, p in enumerate(points) if isinstance(p.design, kind)]
        for part in np.array_split(np.array(rows, dtype=int), min(count, len(rows)) or 1):
            if len(part):
                chosen.append(points[int(part[np.argmin(worth[part])])])
    return chosen


def _improved(
    scene: Scene,
    point: Point,
    random: np.random.Generator,
    tries: int,
    require: Callable[[Figures], bool],
) -> Point:
    """Return a point that dominates ``point``, or itself, after so many tries around it."""
    reach = 0.15
    for _ in range(tries):
        design = near_design(point.design, random, reach)
        figures = scene.figures(design)
        if figures is not None and require(figures) and dominates(figures, point.figures):
            point = Point(design, figures)
        else:
            reach = max(0.003, 0.92 * reach)
    return point
