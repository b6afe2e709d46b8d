"""When can Chang'e-6 reach a Chinese ground station through Queqiao-2, and who carries it?

Runs missions/change6-relay.toml and prints the windows of the chain lander - relay - stations
with the constraint that opens and closes each, the days, and what is proven about the list.
"""

from pathlib import Path

import orbits
from orbits.time import utc_iso

MISSION = Path(__file__).resolve().parents[1] / "missions" / "change6-relay.toml"


def clock(t: float) -> str:
    """Return UTC as 06-01 13:05:09."""
    return str(utc_iso(t, 0))[5:19].replace("T", " ")


def main() -> None:
    """Print the chain's windows."""
    outcome = orbits.run(orbits.load(MISSION))
    result = outcome.results["far-side-relay"]
    windows = result.windows

    print("opens          closes         hours  opened by / closed by / carried by")
    for row, (start, stop) in enumerate(windows):
        stations = [c.nodes[-1] for c in result.plan if start <= c.start < stop]
        print(
            f"{clock(start)}  {clock(stop)}  {(stop - start) / 3600:5.2f}  "
            f"{windows.start_cause[row]} / {windows.stop_cause[row]} / {' > '.join(stations)}"
        )

    share, short = 100 * windows.availability, result.short
    print(f"\nopen {share:.2f} % of the span in {windows.count} windows, {short} too short")
    longest, gap = windows.longest / 3600, windows.longest_gap / 3600
    print(f"longest window {longest:.2f} h, longest gap {gap:.2f} h")
    print(f"hand-overs within windows: {len(result.handovers)}")
    for word in ("best", "mean", "worst"):
        hours = outcome.quantities[f"chain.far-side-relay.{word}_day"].value
        print(f"{word} UTC day: {hours:.2f} h")
    print(f"\n{windows.statement()}")


if __name__ == "__main__":
    main()
