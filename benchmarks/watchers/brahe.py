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


def chain(scene, light_time):  # noqa: ARG001
    return None  # it knows locations on the Earth alone


def passes(scene):
    provider = bh.FileEOPProvider.from_standard_file(
        scene.kernels.path("orekit/finals2000A.all"), True, "Hold"
    )
    bh.set_global_eop_provider(provider)
    start = from_t(scene.span[0]).utc.ymdhms
    begin = bh.Epoch(
        int(start["year"]), int(start["month"]), int(start["day"]), int(start["hour"]),
        int(start["minute"]), float(start["second"]), 0.0, time_system=bh.TimeSystem.UTC,
    )  # fmt: skip
    craft = bh.KeplerianPropagator.from_eci(
        begin, np.concatenate([scene.state.r, scene.state.v]), 60.0
    )
    places = [
        bh.PointLocation(np.degrees(s.longitude), np.degrees(s.latitude), s.height).with_name(
            s.name
        )
        for s in scene.sites
    ]
    # The longest step that loses no pass: shorter than the shortest that we know of.
    ours = here.passes(scene)()
    least = min(float(np.min(b - a, initial=600.0)) for a, b in ours.values())
    step = max(min(0.9 * least, 60.0), 1.0)
    config = bh.AccessSearchConfig(initial_time_step=step, time_tolerance=1e-3)
    rule = bh.ElevationConstraint(10.0)
    length = scene.span[1] - scene.span[0]

    def run():
        rows = bh.location_accesses(places, craft, begin, begin + length, rule, config=config)
        found = {s.name: ([], []) for s in scene.sites}
        for row in rows:
            one = found[row.location_name]
            one[0].append(scene.span[0] + (row.start - begin))
            one[1].append(scene.span[0] + (row.end - begin))
        return {k: (np.array(sorted(a)), np.array(sorted(b))) for k, (a, b) in found.items()}

    run.words = f"step {step:.0f} s"
    return run
