"""Figures of an outcome: what it offers, and each kind on axes of one's own."""

from orbits.plots.contacts import Band, Row, contacts
from orbits.plots.coverage import coverage_map
from orbits.plots.ground_track import ground_track
from orbits.plots.orbit import orbit_view
from orbits.plots.registry import KINDS, chosen, figures, save, save_figures
from orbits.plots.rotating import rotating_frame
from orbits.plots.series import Ranging, apsis_altitudes, distance
from orbits.plots.sky import Pass, elevation, sky
from orbits.plots.sunlight import beta, eclipse_durations
from orbits.plots.workload import workload

__all__ = [
    "KINDS",
    "Band",
    "Pass",
    "Ranging",
    "Row",
    "apsis_altitudes",
    "beta",
    "chosen",
    "contacts",
    "coverage_map",
    "distance",
    "eclipse_durations",
    "elevation",
    "figures",
    "ground_track",
    "orbit_view",
    "rotating_frame",
    "save",
    "save_figures",
    "sky",
    "workload",
]
