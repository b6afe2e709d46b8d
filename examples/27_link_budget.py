"""How much can a far-side lander send home, through Queqiao-1 and through Queqiao-2?

Adds up the link of a lander to the halo of Queqiao-1 with its published ladder of rates, then
flies Queqiao-2 for a week: margins, rates, and volumes by day of the link and of the chain,
whose slowest link rules. Writes the margins along the windows to out/.
"""

from pathlib import Path

import orbits
from orbits.geometry.link import Budget, decibels
from orbits.mission.radio import daily, ladders
from orbits.plots import figures, save_figures

MISSION = Path(__file__).resolve().parents[1] / "missions" / "queqiao2-links.toml"
RATES = (1.4e3, 50e3, 280e3, 555e3)  # bit/s, published: Zhang 2021, table 1
NEAR, FAR = 47_000e3, 79_000e3  # m, the halo from the Moon, published


def queqiao_1() -> Budget:
    """Return the X band from a lander of 20 W and 13 dBi to the 44 dBi of the relay."""
    return Budget(
        frequency=8.45e9,
        eirp=float(decibels(20.0)) + 13.0 - 1.0,  # power and gain of the lander are assumed
        figure_of_merit=44.0 - float(decibels(400.0)),  # 44 dBi published, 400 K assumed
        losses=2.0,
        required=9.6 - 6.5,  # BPSK at 1e-5 errors, less the gain of the code
        reserve=3.0,
        rates=RATES,
    )


def main() -> None:
    """Print the budget, the ladder, and the volumes of a week."""
    radio = queqiao_1()
    print("Queqiao-1 at 79,000 km, 50 kbit/s")
    for name, value, unit in radio.lines(FAR, 50e3):
        print(f"  {name:22}{value:9.2f} {unit}")
    for rate in radio.rates:
        print(
            f"  {rate / 1e3:6.1f} kbit/s: margin {radio.margin(FAR, rate):6.2f} to "
            f"{radio.margin(NEAR, rate):6.2f} dB, out to {radio.reach(rate) / 1e6:9,.0f} Mm"
        )
    outcome = orbits.run(orbits.load(MISSION))
    print("Queqiao-2, least margin at the lowest rate, volume of a week")
    for key, flow in outcome.flows.items():
        if flow.windows.count:
            print(
                f"  {key:30}{flow.least_margin.min():7.2f} dB  "
                f"{flow.lowest.min() / 1e6:6.1f} to {flow.highest.max() / 1e6:6.1f} Mbit/s"
                f"{flow.volume.sum() / 1e9:12,.1f} Gbit"
            )
    through = outcome.throughputs["far-side-relay"]
    held = ladders(outcome.flows) | {"chain": (through.rates, through.at_least)}
    for row in daily(held):
        if row["name"] in ("chain", "link.surface"):
            print(f"  {row['name']:14}{row['date_utc']}{row['volume_gbit']:10.2f} Gbit")
    folder = Path("out")
    folder.mkdir(exist_ok=True)
    for path in save_figures(figures(outcome), folder, names=["margin"]):
        print(path)


if __name__ == "__main__":
    main()
