"""CCSDS messages: OEM as XML by `oem`, OPM by `beyond`, OMM by `sgp4.omm`, all read back."""

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from sgp4 import omm
from sgp4.api import Satrec

from kepler_path import JumpingPath, KeplerPath
from orbits.almanac import Almanac
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.errors import ConvergenceError, ExportError
from orbits.exports.oem import write_oem
from orbits.exports.omm import write_omm
from orbits.exports.opm import write_opm
from orbits.frames import GCRF
from orbits.propagators.element_sets import read_omm, tle
from orbits.propagators.kepler import Kepler
from orbits.propagators.sgp4 import Sgp4
from orbits.propagators.sgp4_fit import fitted_elements
from orbits.propagators.tabulated import read_oem
from orbits.spacecraft import Spacecraft
from orbits.time import from_t
from orbits.trajectory import State

PATH = KeplerPath()
WORDS = {"name": "queqiao-2", "object_id": "2024-051A"}
CRAFT = Spacecraft("relay", mass=1200.0, radiation_area=15.0, reflectivity=1.3)
# The Chinese space station, 2024 (public catalogue).
STATION = tle(
    "1 48274U 21035A   24134.15711351  .00053583  00000-0  55071-3 0  9999",
    "2 48274  41.4683 297.0973 0003518 330.7772  29.2870 15.64019374173612",
    "CSS (TIANHE)",
)


# -- OEM as XML ---------------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["TDB", "UTC"])
def test_the_oem_package_reads_the_xml_to_a_millimetre(tmp_path, scale):
    oem = pytest.importorskip("oem", reason="needs the extra test")
    path = tmp_path / "queqiao-2.oem.xml"
    write_oem(path, PATH, **WORDS, scale=scale, notation="xml", comments=("orbits & <co>",))
    read = oem.OrbitEphemerisMessage.open(str(path))
    t = np.random.default_rng(3).uniform(*PATH.span, 200)
    r = np.array([read(x).position for x in getattr(from_t(t), scale.lower())]) * 1e3
    assert np.max(np.linalg.norm(r - PATH.position(t), axis=1)) < 1e-3  # m, as KVN
    assert "orbits &amp; &lt;co&gt;" in path.read_text()


@pytest.mark.parametrize("notation", ["kvn", "xml"])
def test_both_notations_of_an_oem_read_back_as_one_trajectory(tmp_path, notation):
    seam = PATH.span[0] + 90_000.0
    path = JumpingPath(joins=(seam,))
    file = tmp_path / "x.oem"
    write_oem(file, path, **WORDS, notation=notation)
    read = read_oem(file)
    assert read.joins == pytest.approx([seam], abs=1e-6)  # s, the seam's own tolerance
    t = np.random.default_rng(5).uniform(*read.span, 2000)
    far = np.linalg.norm(read.position(t) - path.position(t), axis=1)
    assert np.max(far[np.abs(t - seam) > 1e-3]) < 1e-3  # m: 0.2 mm, and the grain of t


# -- OPM ----------------------------------------------------------------------------------


@pytest.mark.parametrize("notation", ["kvn", "xml"])
def test_beyond_reads_the_state_of_an_opm(tmp_path, notation):
    ccsds = pytest.importorskip("beyond.io.ccsds", reason="needs the extra test")
    path = KeplerPath(center="earth", span=(770_342_469.1841234, 770_400_000.0))
    file = tmp_path / "x.opm"
    write_opm(file, path, CRAFT, mu=3.986e14, object_id="2024-051A", notation=notation)
    # beyond has no ICRF axes; it is the reading of the numbers that is judged.
    read = ccsds.loads(file.read_text().replace("ICRF", "EME2000"))
    assert str(read.date) == "2024-05-30T12:01:09.184124 TDB"  # the next whole microsecond
    at = np.array([770_342_469.184124])
    assert np.linalg.norm(read[:3] - path.position(at)[0]) < 2e-6  # m, the digits written
    assert np.linalg.norm(read[3:] - path.velocity(at)[0]) < 2e-9  # m/s, the digits written


def test_the_elements_of_an_opm_are_those_of_its_state(tmp_path):
    file = tmp_path / "x.opm.xml"
    write_opm(file, PATH, CRAFT, mu=4.9028e12, object_id="x", notation="xml")
    tree = ElementTree.parse(file)
    value = {e.tag: e.text for e in tree.iter() if e.text and e.text.strip()}
    units = {e.tag: e.get("units") for e in tree.iter()}
    angles = ("INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "TRUE_ANOMALY")
    r, v = keplerian_to_cartesian(
        Elements(
            float(value["SEMI_MAJOR_AXIS"]) * 1e3,
            float(value["ECCENTRICITY"]),
            *np.radians([float(value[key]) for key in angles]),
        ),
        float(value["GM"]) * 1e9,
    )
    said = np.array([float(value[key]) * 1e3 for key in ("X", "Y", "Z")])
    assert np.linalg.norm(r - said) < 1e-3  # m: twelve digits of angles near apolune
    assert np.linalg.norm(v - [float(value[f"{k}_DOT"]) * 1e3 for k in "XYZ"]) < 1e-6  # m/s
    assert (value["MASS"], value["SOLAR_RAD_COEFF"], "DRAG_COEFF" in value) == (
        "1200",
        "1.3",
        False,
    )
    assert (units["X"], units["X_DOT"], units["GM"]) == ("km", "km/s", "km**3/s**2")


def test_an_open_orbit_has_no_elements(tmp_path):
    write_opm(tmp_path / "x.opm", PATH, CRAFT, mu=1e9, object_id="x")
    assert "ECCENTRICITY" not in (tmp_path / "x.opm").read_text()


def test_messages_refuse_other_axes(tmp_path):
    path = KeplerPath(axes="MOON_ME")
    with pytest.raises(ExportError, match="an OPM of relay needs ICRF axes"):
        write_opm(tmp_path / "x.opm", path, CRAFT, mu=4.9e12, object_id="x")
    assert not list(tmp_path.iterdir())


# -- OMM ----------------------------------------------------------------------------------


def positions(model):
    """Where the library places an object over the next day, km."""
    days = np.linspace(0.0, 1.0, 50)
    epoch = np.full(50, model.jdsatepoch)
    codes, r, _ = model.sgp4_array(epoch, model.jdsatepochF + days)
    assert not codes.any()
    return r


@pytest.mark.parametrize("notation", ["kvn", "xml"])
def test_sgp4_flies_an_omm_as_the_two_lines(tmp_path, notation):
    file = tmp_path / "x.omm"
    write_omm(file, STATION, name="x", notation=notation, comments=("orbits 0.1.0",))
    if notation == "xml":
        (fields,) = omm.parse_xml(io.StringIO(file.read_text()))
        model = Satrec()
        omm.initialize(model, fields)
        assert fields["OBJECT_NAME"] == "CSS (TIANHE)"
    else:
        (read,) = read_omm(file)
        model = read.model
        assert (read.norad_id, read.international_id) == (48274, "2021-035A")
    far = np.linalg.norm(positions(model) - positions(STATION.model), axis=1)
    assert far.max() < 4e-6  # km: the epoch is rounded to 0.5 us, at 7.7 km/s


def test_the_elements_of_an_sgp4_path_are_found_again():
    start = STATION.epoch
    almanac = Almanac.load(start, start + 86_400.0)
    path = Sgp4(almanac).propagate(STATION, (start, start + 40_000.0))
    fit = fitted_elements(path, path.span, almanac, norad_id=48274, drag=True)
    assert fit.worst < 1.0  # m: the path is SGP4's, epochs are rounded to 1e-8 day (7 m/1e-3)
    found, given = fit.elements.model, STATION.model
    assert found.no_kozai == pytest.approx(given.no_kozai, rel=1e-7)  # 1 m in eight hours
    assert found.ecco == pytest.approx(given.ecco, abs=1e-6)  # 7 m of 6,800 km
    assert found.inclo == pytest.approx(given.inclo, abs=1e-6)  # as above


def test_a_motion_that_sgp4_cannot_hold_is_refused_with_the_miss():
    # About the Earth, but as slow as the Moon's pull would have it.
    path = KeplerPath(center="earth", perilune=7e6)
    almanac = Almanac.load(*path.span)
    with pytest.raises(ConvergenceError, match=r"miss it by \d+ km: the theory is not made"):
        fitted_elements(path, path.span, almanac)


def test_only_closed_orbits_of_the_earth_have_elements():
    almanac = Almanac.load(*PATH.span)
    with pytest.raises(ValueError, match="not of the moon"):
        fitted_elements(PATH, PATH.span, almanac)
    start = State(PATH.span[0], np.array([7e6, 0.0, 0.0]), np.array([0.0, 2e4, 0.0]), GCRF)
    path = Kepler(3.986004418e14).propagate(start, (start.t, start.t + 1e4))
    with pytest.raises(ValueError, match="this one has an eccentricity of 6"):
        fitted_elements(path, path.span, almanac)
