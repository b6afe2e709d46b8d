"""Where is Queqiao-2, and how close does it come to the Moon?

Draws the orbit twice: the figure that the package offers for a review, and one view on axes
of our own, beside the altitude. Prints the lowest and the highest passages of the month.
"""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import orbits
from orbits.bodies import MOON
from orbits.geometry.apses import apses
from orbits.plots import figures, orbit_view, save
from orbits.time import utc_datetime64, utc_iso

MISSION = Path(__file__).resolve().parents[1] / "missions" / "change6-relay.toml"


def main() -> None:
    """Print the passages and write two pictures into the present folder."""
    outcome = orbits.run(orbits.load(MISSION))
    path, span = outcome.trajectories["queqiao-2"], outcome.span

    found = apses(path, span)
    for name, t, radius in (
        ("perilune", found.periapsis, found.periapsis_radius),
        ("apolune", found.apoapsis, found.apoapsis_radius),
    ):
        altitude_km = (radius - MOON.radius) / 1e3
        print(f"{len(t)} passages through {name}")
        for word, k in (("lowest", altitude_km.argmin()), ("highest", altitude_km.argmax())):
            print(f"  {word:7}  {altitude_km[k]:9.2f} km  {utc_iso(t[k], 0)}")

    draw = figures(outcome)["orbit-queqiao-2"]
    print("wrote", save(draw("slide"), Path("orbit-queqiao-2.png")))

    figure = Figure(figsize=(10, 5), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    orbit_view(path, outcome.almanac, span, view="side", ax=left)
    day = np.linspace(span[0], span[0] + 86400.0, 500)
    height_km = (np.linalg.norm(path.position(day), axis=1) - MOON.radius) / 1e3
    right.plot(utc_datetime64(day), height_km)
    right.set(xlabel="UTC", ylabel="Altitude [km]", title="the first day")
    right.tick_params(axis="x", rotation=30)
    figure.savefig("first-day.svg", metadata={"Date": None})
    print("wrote first-day.svg")


if __name__ == "__main__":
    main()
