"""How does a mission leave for SPICE, STK, Skyfield and GMAT, and does it come back unchanged?

Writes the files into out/exchange, reads three of them back and asks Skyfield for the place.
"""

# %%
from pathlib import Path

import numpy as np
from skyfield.api import load, load_file

import orbits
from orbits.exports.ephemeris import Part
from orbits.exports.formats import Subject, write_trajectory
from orbits.external import externals
from orbits.interop.skyfield import vector_function
from orbits.mission.flight import fly
from orbits.mission.provenance import provenance
from orbits.mission.run import data_of
from orbits.propagators.spk import read_spk
from orbits.propagators.tabulated import read_oem, read_states

mission = orbits.load(Path(__file__).parents[1] / "missions" / "change6-relay.toml")
flight = fly(mission)
name, path = next(iter(flight.trajectories.items()))
span = flight.model.span

# %% One subject, any suffix.
subject = Subject(
    flight.model.craft[name].spacecraft,
    Part(path, span),
    mission.spacecraft[name],
    flight.model.almanac,
    provenance(None, mission.normalised(), data_of(flight)),
    Path(),
)
folder = Path("out/exchange")
folder.mkdir(parents=True, exist_ok=True)
for suffix in (".oem", ".oem.xml", ".opm", ".bsp", ".e", ".script", ".csv"):
    error = write_trajectory(subject, folder / f"{name}{suffix}")
    size = (folder / f"{name}{suffix}").stat().st_size / 1e3
    within = "" if error is None else f"within {1e3 * error:.3f} mm"
    print(f"{name}{suffix:9} {size:9.1f} kB  {within}")

# %% Back again: the same motion, to the digits of each format.
t = np.random.default_rng(1).uniform(span[0] + 1.0, span[1] - 1.0, 5000)
for suffix, reader in ((".oem", read_oem), (".bsp", read_spk), (".csv", read_states)):
    back = reader(folder / f"{name}{suffix}")
    miss = np.linalg.norm(back.position(t) - path.position(t), axis=1).max()
    print(f"read back from {suffix:5} {1e3 * miss:6.3f} mm at most")

# %% Skyfield takes the trajectory as it is.
planets = load_file(str(externals()["de421"].path()))
craft = planets["moon"] + vector_function(path, -159274, name)
when = load.timescale(builtin=True).tdb_jd(2451545.0 + t[0] / 86400.0)
distance = planets["earth"].at(when).observe(craft).distance().km
print(f"Skyfield sees it {distance:.3f} km from the Earth at {when.utc_iso()}")
