"""Who serves the relay, and for how long is a message of the lander on its way?

Plans the stations of the far-side chain with five minutes to turn an antenna, prints the hours
of each station by day, and the latency with storage on board.
"""

from pathlib import Path

import numpy as np

import orbits
from orbits.geometry.contact_plan import Turnover, contact_plan, days
from orbits.geometry.latency import latency
from orbits.geometry.pointing import separation, slew_rate
from orbits.geometry.signal import Centre
from orbits.mission.measure import whole_days
from orbits.time import utc_iso

MISSION = Path(__file__).resolve().parents[1] / "missions" / "change6-relay.toml"


def main() -> None:
    """Print the plan, the workload, the latency and what the antennas have to do."""
    outcome = orbits.run(orbits.load(MISSION))
    chain, result = outcome.chains["far-side-relay"], outcome.results["far-side-relay"]
    visible = {(way[-1], way[1]): windows for way, windows in result.carriers.items()}
    plan = contact_plan(visible, Turnover(min_contact=1800.0, spacecraft_gap=300.0))
    print(f"{plan.rule}: {len(plan.contacts)} contacts, {plan.total / 3600:.1f} h of at most "
          f"{plan.bound / 3600:.1f} h")  # fmt: skip
    stations = sorted({contact.station for contact in plan.contacts})
    edges = whole_days(outcome.span)[:8]
    hours = days({name: plan.windows(station=name) for name in stations}, edges)
    print(f"{'hours':12}" + "".join(f"{name:>10}" for name in stations))
    for k, t in enumerate(edges[:-1]):
        row = "".join(f"{hours[name][k] / 3600:10.2f}" for name in stations)
        print(f"{str(utc_iso(float(t)))[:10]:12}{row}")
    delay = latency(chain, result, (outcome.span[0], outcome.span[1] - 86_400.0))
    print(f"latency: {delay.shortest:.2f} s at best, {delay.mean / 60:.1f} min on average, "
          f"{delay.longest / 3600:.1f} h at worst; within 10 s for "
          f"{100 * delay.share(10.0):.1f} % of all messages")  # fmt: skip
    relay, lander = outcome.trajectories["queqiao-2"], outcome.sites["change-6"]
    t = np.linspace(*outcome.span, 2000)[1:-1]
    apart = separation(lander, Centre("earth"), relay, outcome.almanac, t)
    turn = slew_rate(lander, relay, outcome.almanac, t)
    print(f"lander and Earth stand {np.degrees(apart.min()):.1f} to "
          f"{np.degrees(apart.max()):.1f} deg apart at the relay; the dish to the lander turns "
          f"by up to {3600 * np.degrees(turn.max()):.1f} deg/h")  # fmt: skip


if __name__ == "__main__":
    main()
