"""When can Chang'e-6 leave Wenchang on 3 May 2024, and what does the parking plane cost?

For several parking inclinations both daily lift-offs of the descending pass, each targeted in
the full model to a perilune of 200 km at 137 degrees; then the plane of the flown minute.
"""

from dataclasses import replace

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import orbits
from orbits.bodies import body
from orbits.design.arrival import periapsis_speed
from orbits.design.launch import Ascent
from orbits.design.lunar_transfer import DAY, OUTBOUND, Arrival, Launch, guesses, transfer
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.propagators.numerical import Numerical
from orbits.sites import built_in_site
from orbits.time import parse_t, utc_iso

TODAY, FLIGHT = parse_t("2024-05-03T00:00:00 UTC"), 4.65 * DAY
ASCENT = Ascent(750.0, np.radians(25.0))  # assumed: a model of the way up
SOUTH = Arrival(200e3, np.radians(137.0), 1)


def launch(inclination: float) -> Launch:
    """Return the descending pass over the pad at an inclination, rad."""
    return Launch(built_in_site("wenchang-lc-101"), ASCENT, 200e3, inclination, "descending")


def total(way) -> float:
    """Return injection and capture into 200 x 8,600 km, impulses, m/s."""
    speed = np.linalg.norm(way.targeted.step(OUTBOUND).end.v)
    return way.delta_v + speed - periapsis_speed(1.9374e6, 1.03374e7, body("moon").mu)


def main() -> None:
    """Print the lift-offs and save launch-window.png."""
    almanac = orbits.Almanac.load(TODAY, TODAY + 10 * DAY)
    forces = Forces(fields={"earth": field("egm96", 8)}, fall="ephemeris")
    model = Numerical(almanac, forces, tolerance=1e-11)
    rows = []
    for degrees in (20.0, 21.0, 22.0, 22.5, 23.0, 23.5, 24.0, 25.0, 26.5, 28.5):
        plan = launch(np.radians(degrees))
        for guess in guesses(plan, almanac, TODAY, FLIGHT):
            way = transfer(plan, SOUTH, model, guess, flight=FLIGHT)
            rows.append((degrees, way.lift_off, total(way)))
            coast = (way.injection - way.lift_off) / 60.0
            print(
                f"{degrees:4.1f} deg: lift-off {utc_iso(way.lift_off)[11:16]} UTC, injection "
                f"{coast:.1f} min later, C3 {way.c3 / 1e6:.3f} km2/s2, {total(way):.1f} m/s"
            )
    plan = launch(np.radians(23.0))
    second = guesses(plan, almanac, TODAY, FLIGHT)[-1]
    flown = replace(second, lift_off=parse_t("2024-05-03T09:27:29 UTC"))
    perilune = parse_t("2024-05-08T02:19:00 UTC")
    way = transfer(plan, SOUTH, model, flown, perilune=perilune, vary="inclination")
    print(f"the flown minute needs {np.degrees(way.inclination):.2f} deg")
    inclination, lift_off, cost = np.array(rows).T
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    left.plot(inclination, (lift_off - TODAY) / 3600.0, "o")
    left.axhspan(9.0, 10.0, color="tab:orange", alpha=0.3, label="published window")
    left.set(xlabel="parking inclination, deg", ylabel="lift-off, hours of 3 May 2024 UTC")
    left.legend()
    right.plot(inclination, cost, "o")
    right.set(xlabel="parking inclination, deg", ylabel="injection and capture, m/s")
    figure.savefig("launch-window.png", dpi=130)


if __name__ == "__main__":
    main()
