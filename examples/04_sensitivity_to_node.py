"""Does the answer depend on the node of the orbit, which nobody has published?

Runs the mission for twelve nodes. A node from which the orbit meets the Moon has no
availability: it is named with time and place, not counted as zero. The verdict on each
requirement says whether it holds for all nodes that stay clear, for some or for none.
"""

import tomllib
from pathlib import Path

import numpy as np

import orbits
from orbits.errors import PropagationError
from orbits.mission.load import from_dict
from orbits.time import utc_iso

MISSION = Path(__file__).resolve().parents[1] / "missions" / "change6-relay.toml"
NODES = range(0, 360, 30)  # deg


def place(error: PropagationError) -> str:
    """Return where on the Moon an orbit ended."""
    almanac = orbits.Almanac.load(error.t, error.t + 60.0)
    x, y, z = almanac.rotation("MOON_ME", "ICRF", error.t) @ error.r
    latitude, longitude = np.degrees([np.arctan2(z, np.hypot(x, y)), np.arctan2(y, x)])
    return f"latitude {latitude:.1f} deg, longitude {longitude % 360:.1f} deg"


def main() -> None:
    """Print one line a node and the verdicts over all of them."""
    said = tomllib.loads(MISSION.read_text(encoding="utf-8"))
    orbit = said["spacecraft"]["queqiao-2"]["orbit"]
    print(f"assumed node in the file: {orbit['raan']}")
    flown: dict[int, orbits.Outcome] = {}
    met = []
    print("node   open     best day  worst day  lowest altitude")
    for node in NODES:
        orbit["raan"] = f"{node} deg"
        try:
            outcome = orbits.run(from_dict(said, MISSION.parent))
        except PropagationError as error:
            if error.kind != "impact" or error.t is None:
                raise
            met.append(node)
            print(f"{node:4}   meets the {error.body} on {utc_iso(error.t, 0)}, {place(error)}")
            continue
        flown[node] = outcome
        value = {path: row.value for path, row in outcome.quantities.items()}
        chain = "chain.far-side-relay"
        print(
            f"{node:4}  {value[f'{chain}.availability']:6.2f} %  "
            f"{value[f'{chain}.best_day']:6.2f} h   {value[f'{chain}.worst_day']:6.2f} h  "
            f"{value['spacecraft.queqiao-2.min_altitude']:8.1f} km"
        )

    print(f"\n{len(flown)} nodes stay clear of the Moon, {len(met)} meet it: {met or 'none'}")
    for number, requirement in enumerate(orbits.load(MISSION).requirement):
        holds = [node for node, out in flown.items() if out.verdicts[number].holds]
        word = "all" if len(holds) == len(flown) else "some" if holds else "none"
        print(f"{requirement.name}: holds for {word} of them ({len(holds)} of {len(flown)})")


if __name__ == "__main__":
    main()
