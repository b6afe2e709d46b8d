"""brahe: location_accesses over its own Keplerian propagator, on every core."""

import os

os.environ["BRAHE_NETWORK_MODE"] = "offline"

from importlib.metadata import version as installed

import brahe as bh
import numpy as np

from orbits.time import from_t
from watchers import here

NAME = "brahe location_accesses"


def version() -> str:
    return installed("brahe")


def passes(scene):
    begin, places = _sky(scene)
    ours = here.passes(scene)()
    step = _step(ours)
    craft = _craft(begin, scene.state)

    def run():
        return _windows(scene, places, craft, begin, step)

    run.words = f"step {step:.0f} s"
    return run


def constellation(scene):
    """Three of the satellites, one after the other."""
    begin, places = _sky(scene)
    ours = here.constellation(scene)
    known = ours.named(ours())
    names = list(scene.states)[:: len(scene.states) // 3][:3]
    step = _step({key: rows for key, rows in known.items() if key.split("/")[0] in names})
    crafts = {name: _craft(begin, scene.states[name]) for name in names}

    def run():
        return {
            f"{name}/{site}": rows
            for name, craft in crafts.items()
            for site, rows in _windows(scene, places, craft, begin, step).items()
        }

    run.words = f"step {step:.0f} s"
    return run


def _sky(scene):
    """Return the beginning as its epoch, and the sites as its locations."""
    provider = bh.FileEOPProvider.from_standard_file(
        scene.kernels.path("orekit/finals2000A.all"), True, "Hold"
    )
    bh.set_global_eop_provider(provider)
    start = from_t(scene.span[0]).utc.ymdhms
    begin = bh.Epoch(
        int(start["year"]), int(start["month"]), int(start["day"]), int(start["hour"]),
        int(start["minute"]), float(start["second"]), 0.0, time_system=bh.TimeSystem.UTC,
    )  # fmt: skip
    places = [
        bh.PointLocation(np.degrees(s.longitude), np.degrees(s.latitude), s.height).with_name(
            s.name
        )
        for s in scene.sites
    ]
    return begin, places


def _craft(begin, state):
    return bh.KeplerianPropagator.from_eci(begin, np.concatenate([state.r, state.v]), 60.0)


def _step(known):
    """Return the longest step, s, that loses no pass: shorter than the shortest we know of."""
    least = min(float(np.min(b - a, initial=600.0)) for a, b in known.values())
    return max(min(0.9 * least, 60.0), 1.0)


def _windows(scene, places, craft, begin, step):
    config = bh.AccessSearchConfig(initial_time_step=step, time_tolerance=1e-3)
    rule, length = bh.ElevationConstraint(10.0), scene.span[1] - scene.span[0]
    rows = bh.location_accesses(places, craft, begin, begin + length, rule, config=config)
    found = {s.name: ([], []) for s in scene.sites}
    for row in rows:
        one = found[row.location_name]
        one[0].append(scene.span[0] + (row.start - begin))
        one[1].append(scene.span[0] + (row.end - begin))
    return {k: (np.array(sorted(a)), np.array(sorted(b))) for k, (a, b) in found.items()}
