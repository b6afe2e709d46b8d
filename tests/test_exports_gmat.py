"""GMAT scripts: what they say, line by line. That GMAT flies them: docs/exchange.md."""

import re

import numpy as np
import pytest

from kepler_path import MU_MOON, JumpingPath, KeplerPath
from orbits.errors import ExportError
from orbits.exports.gmat import potential, write_gmat
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.spacecraft import Spacecraft
from orbits.time import from_t

PATH = KeplerPath()
CRAFT = Spacecraft("queqiao-2", mass=1200.0, radiation_area=15.0, reflectivity=1.3)
FORCES = Forces(("earth", "sun"), {"moon": field("grgm1200a", 8)}, CRAFT.radiation_ratio)


def said(path):
    """What a script assigns, by name; and its commands."""
    lines = [line for line in path.read_text().splitlines() if line and line[0] != "%"]
    values = {}
    for line in lines:
        match = re.fullmatch(r"(\S+) = (.*);", line)
        if match:
            values[match[1]] = match[2]
    return values, lines[lines.index("BeginMissionSequence;") :]


def test_the_script_has_state_epoch_and_constants(tmp_path):
    files = write_gmat(tmp_path / "x.script", PATH, FORCES, CRAFT, comments=("orbits 0.1.0",))
    assert [path.name for path in files] == ["x.script", "moon-8x8.cof"]
    values, _ = said(files[0])
    state = [float(values[f"queqiao_2.{axis}"]) for axis in ("X", "Y", "Z", "VX", "VY", "VZ")]
    at = np.array([PATH.span[0]])
    exact = np.concatenate([PATH.position(at)[0], PATH.velocity(at)[0]]) / 1e3
    assert np.array_equal(state, exact)  # 17 digits are a double
    # astropy's TAI as GMAT counts it: days after JD 2430000.
    tai = from_t(PATH.span[0]).tai
    epoch = float(values["queqiao_2.Epoch"].strip("'"))
    assert epoch == pytest.approx((tai.jd1 - 2_430_000.0) + tai.jd2, abs=4e-12)  # 0.3 us
    assert values["queqiao_2.DateFormat"] == "TAIModJulian"
    assert float(values["Luna.Mu"]) == pytest.approx(FORCES.mu_of("moon") / 1e9, rel=1e-15)
    assert values["Forces.PrimaryBodies"] == "{Luna}"
    assert values["Forces.PointMasses"] == "{Earth, Sun}"
    assert values["Forces.GravityField.Luna.PotentialFile"] == "'moon-8x8.cof'"
    assert values["Forces.SRP.Flux"] == "1361"
    assert values["Forces.SRP.ExtraShadowBodies"] == "{Earth}"


def test_the_misses_are_counted_from_our_trajectory(tmp_path):
    write_gmat(tmp_path / "x.script", PATH, FORCES, CRAFT)
    _, sequence = said(tmp_path / "x.script")
    steps = [float(x) for line in sequence for x in re.findall(r"ElapsedSecs = ([\d.]+)", line)]
    # TAI seconds: those of TDB run apart by up to 3.3e-10 of themselves.
    assert steps == pytest.approx([86_400.0, 9 * 86_400.0], abs=3e-4)
    end = next(line for line in sequence if line.startswith("MissAtEnd"))
    place = [float(x) for x in re.findall(r"\((-?[\d.]+)\)", end)]
    assert np.linalg.norm(place - PATH.position(np.array([PATH.span[1]]))[0] / 1e3) < 1e-9


def test_a_field_is_written_in_the_form_that_gmat_reads():
    moon = field("grgm1200a", 8)
    lines = potential(moon, "moon").splitlines()
    head = lines[2].split()
    assert head[:4] == ["POTFIELD", "8", "8", "1"]
    assert [float(x) for x in head[4:6]] == pytest.approx([moon.gm, moon.radius], rel=1e-14)
    rows = [line for line in lines if line.startswith("RECOEF")]
    assert len(rows) == 42  # degrees 2 to 8
    c32, s32 = next(
        (float(r[17:38]), float(r[38:])) for r in rows if r[6:14].split() == ["3", "2"]
    )
    assert (c32, s32) == pytest.approx((moon.c[3, 2], moon.s[3, 2]), rel=1e-14)
    assert lines[-1] == "END"


def test_a_jump_of_the_velocity_is_a_burn(tmp_path):
    class Burning(KeplerPath):
        def velocity(self, t):
            return super().velocity(t) + 3.0 * (np.asarray(t) >= self.joins[0])[..., None]

    path = Burning(joins=(PATH.span[0] + 90_000.0,))
    write_gmat(tmp_path / "x.script", path, Forces(("earth",)), CRAFT)
    values, sequence = said(tmp_path / "x.script")
    assert "Maneuver Burn1(queqiao_2);" in sequence
    assert [float(values[f"Burn1.Element{k}"]) for k in (1, 2, 3)] == pytest.approx(
        [3e-3] * 3, abs=1e-9
    )  # km/s
    assert values["Forces.PointMasses"] == "{Luna, Earth}"
    before = sequence.index("Maneuver Burn1(queqiao_2);")
    assert float(sequence[before - 4].split(" = ")[1].rstrip("};")) == pytest.approx(
        3_600.0, abs=1e-3
    )


def test_a_join_without_a_jump_is_no_burn(tmp_path):
    path = JumpingPath(joins=(PATH.span[0] + 90_000.0,))  # its place jumps, not its velocity
    write_gmat(tmp_path / "x.script", path, Forces(("earth",)), CRAFT)
    assert "Burn" not in (tmp_path / "x.script").read_text()


def test_a_barycentre_is_refused(tmp_path):
    with pytest.raises(ExportError, match="about a body"):
        write_gmat(tmp_path / "x.script", KeplerPath(center="emb"), FORCES, CRAFT)
    assert not list(tmp_path.iterdir())


def test_what_gmat_does_not_share_is_said(tmp_path):
    forces = Forces(("moon", "sun"), drag=0.01, tides=True)
    write_gmat(tmp_path / "x.script", KeplerPath(center="earth"), forces, Spacecraft("3rd one"))
    text = (tmp_path / "x.script").read_text()
    assert "% Solid tides" in text
    assert "% The air is MSISE90" in text
    assert "Create Spacecraft Sc_3rd_one;" in text
    assert f"Earth.Mu = {MU_MOON}" not in text
