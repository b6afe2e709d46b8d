"""How does Chang'e-6 get from Wenchang to its lunar orbit, and what does each burn cost?

The steps of the bundled flight with their instants, delta-v and masses; the way in the frame
that turns with Earth and Moon, and the arrival about the Moon, burns marked.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from orbits.constants import DAY
from orbits.design.sequence import Coast
from orbits.mission.build import build
from orbits.mission.load import load
from orbits.time import utc_iso

FILE = Path(__file__).parents[1] / "missions" / "change6.toml"


def main() -> None:
    """Print the table of steps and save lunar-transfer.png."""
    model = build(load(FILE))
    flight = model.craft["change-6"].sequenced
    print("step                    begins (UTC)         lasts      delta-v     mass after")
    for done in flight.flown:
        print(
            f"{done.step.name:<22}  {utc_iso(done.start.t)[:19]}  "
            f"{(done.end.t - done.start.t) / 60.0:8.1f} min  {done.delta_v:7.1f} m/s  "
            f"{done.end.mass:7.1f} kg"
        )
    own = [done for done in flight.flown if done.step.name != "tli"]
    used = sum(done.propellant for done in own)
    print(f"the spacecraft itself: {sum(d.delta_v for d in own):.1f} m/s, {used:.1f} kg")
    last = flight.flown[-1].end.mass
    print(f"budget: 8350.0 kg = {last:.1f} kg left + {used:.1f} kg used + 3200.0 kg landed")
    draw(flight, model.almanac)


def draw(flight, almanac) -> None:
    """Draw the way in the turning frame and the arrival in the Moon's inertial one."""
    figure, (far, near) = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
    burns = [d for d in flight.flown if not isinstance(d.step, Coast) and d.delta_v]
    start = flight.flown[0].start.t
    t = np.linspace(start, start + 5.0 * DAY, 6000)
    turn = almanac.rotation("EARTH_MOON_ROTATING", "ICRF", t)
    way = np.einsum("nij,nj->ni", turn, flight.trajectory.position(t)) / 1e6
    far.plot(way[:, 0], way[:, 1], linewidth=1.0)
    span = np.linalg.norm(almanac.position("moon", "earth", t), axis=1) / 1e6
    far.plot([span.min(), span.max()], [0.0, 0.0], color="0.6", linewidth=4, label="Moon")
    far.plot(0.0, 0.0, "o", color="tab:blue", markersize=6, label="Earth")
    far.set(xlabel="towards the Moon, 1000 km", ylabel="1000 km", aspect="equal")
    far.set_title("Frame turning with Earth and Moon")
    arrived = burns[1].start.t
    t = np.linspace(arrived - 6.0 * 3600.0, arrived + 14.0 * DAY, 20000)
    about = flight.trajectory.position(t) - almanac.position("moon", "earth", t)
    pole = np.cross(about[-1], np.roll(about, 1, axis=0)[-1])
    x = about[-1] / np.linalg.norm(about[-1])
    y = np.cross(pole / np.linalg.norm(pole), x)
    near.plot(about @ x / 1e6, about @ y / 1e6, linewidth=0.5)
    near.add_patch(plt.Circle((0.0, 0.0), 1.7374, color="0.7"))
    for burn, mark in zip(burns[1:], "osD^", strict=False):
        r = burn.start.about("moon", almanac).r / 1e6
        near.plot(r @ x, r @ y, mark, color="tab:red", markersize=5, label=burn.step.name)
    near.set(xlabel="1000 km", ylabel="1000 km", aspect="equal", xlim=(-9, 12), ylim=(-9, 9))
    near.set_title("About the Moon, in the plane of the last orbit")
    for axes in (far, near):
        axes.legend(loc="upper left", fontsize=8)
    figure.savefig("lunar-transfer.png", dpi=130)


if __name__ == "__main__":
    main()
