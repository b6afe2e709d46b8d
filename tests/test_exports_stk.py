"""STK files: the grammar of ``.e`` and ``.int``, 90 points a revolution, the path between."""

import datetime
import re

import numpy as np
import pytest

from kepler_path import MU_MOON, JumpingPath, KeplerPath
from orbits import hermite
from orbits.errors import ExportError
from orbits.exports.stk import intervals_text, write_stk_ephemeris
from orbits.time import duration, parse_t
from orbits.windows import Windows

PATH = KeplerPath()
DATE = "%d %b %Y %H:%M:%S.%f"


def read(path):
    """An ``.e`` file by the grammar of STK's help: keywords, then rows until END Ephemeris."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "stk.v.12.0"
    assert lines[1] == "BEGIN Ephemeris"
    assert lines[-1] == "END Ephemeris"
    at = lines.index("EphemerisTimePosVel")
    words, seams, inside = {}, [], False
    for line in lines[2:at]:
        if "SegmentBoundaryTimes" in line:
            inside = line.startswith("BEGIN")
        elif inside:
            seams.append(float(line))
        else:
            key, value = line.split(maxsplit=1)
            words[key] = value
    rows = np.array([[float(x) for x in line.split()] for line in lines[at + 1 : -1]])
    return words, seams, rows


def test_the_keywords_name_all_that_stk_must_know(tmp_path):
    error = write_stk_ephemeris(tmp_path / "x.e", PATH, name="x", comments=("orbits 0.1.0",))
    words, seams, rows = read(tmp_path / "x.e")
    assert words == {
        "NumberOfEphemerisPoints": str(len(rows)),
        "ScenarioEpoch": "30 May 2024 11:59:59.999",
        "InterpolationMethod": "Hermite",
        "InterpolationSamplesM1": "3",
        "CentralBody": "Moon",
        "CoordinateSystem": "ICRF",
        "DistanceUnit": "Meters",
    }
    assert seams == []
    assert 0.0 < error < 2e-4  # m, the bound of the writer


def test_hermite_through_four_rows_follows_the_path(tmp_path):
    write_stk_ephemeris(tmp_path / "x.e", PATH, name="x")
    words, _, rows = read(tmp_path / "x.e")
    epoch = parse_t(
        datetime.datetime.strptime(words["ScenarioEpoch"], DATE).isoformat() + " UTC"
    )
    t = np.random.default_rng(4).uniform(*PATH.span, 500)
    s = duration(epoch, t)
    at = np.clip(np.searchsorted(rows[:, 0], s) - 2, 0, len(rows) - 4)[:, None] + np.arange(4)
    near = rows[at]
    z, newton = hermite.newton(near[:, :, 0] - near[:, :1, 0], near[:, :, 1:4], near[:, :, 4:])
    r, _ = hermite.evaluate(z, newton, (s - near[:, 0, 0])[:, None])
    far = np.linalg.norm(r[:, 0] - PATH.position(t), axis=1)
    assert np.max(far) < 1e-3  # m: 0.2 mm of the writer, 0.1 us of the rows at 2 km/s


@pytest.mark.parametrize("apolune", [1_937_400.0, 3e6, 17_737_400.0, 6e7])
def test_ninety_points_stand_in_every_revolution(tmp_path, apolune):
    path = KeplerPath(apolune=apolune)
    write_stk_ephemeris(tmp_path / "x.e", path, name="x")
    _, _, rows = read(tmp_path / "x.e")
    a = 0.5 * (path.perilune + apolune)
    period = 2.0 * np.pi * np.sqrt(a**3 / MU_MOON)
    for start in np.arange(0.0, rows[-1, 0] - period, period / 3.0):
        inside = (rows[:, 0] >= start) & (rows[:, 0] <= start + period)
        assert np.count_nonzero(inside) >= 90  # what STK's help asks for
    turn = np.einsum("ij,ij->i", rows[1:, 1:4], rows[:-1, 1:4])
    size = np.linalg.norm(rows[:, 1:4], axis=1)
    assert np.all(turn / size[1:] / size[:-1] > np.cos(np.radians(4.5)))  # denser at perilune


def test_a_jump_stands_between_two_segments(tmp_path):
    seam = PATH.span[0] + 90_000.0
    path = JumpingPath(joins=(seam,))
    write_stk_ephemeris(tmp_path / "x.e", path, name="x")
    _, seams, rows = read(tmp_path / "x.e")
    assert seams == pytest.approx([90_000.0], abs=1e-4)  # s: TDB is not TAI
    (at,) = np.flatnonzero(np.diff(rows[:, 0]) < 1e-6)
    assert rows[at, 0] == pytest.approx(seams[0], abs=2e-7)  # the grain of t
    assert np.linalg.norm(rows[at + 1, 1:4] - rows[at, 1:4]) == pytest.approx(1732.0, abs=0.1)


def test_other_axes_and_barycentres_are_refused(tmp_path):
    for path in (KeplerPath(axes="MOON_ME"), KeplerPath(center="emb")):
        with pytest.raises(ExportError, match="needs ICRF axes about a body"):
            write_stk_ephemeris(tmp_path / "x.e", path, name="x")
    assert not list(tmp_path.iterdir())


def test_an_interval_list_has_the_windows_to_a_millisecond():
    span = (parse_t("2016-12-31T00:00:00 UTC"), parse_t("2017-01-02T00:00:00 UTC"))
    start = [parse_t("2016-12-31T01:02:03.456 UTC"), parse_t("2016-12-31T23:59:60.5 UTC")]
    stop = [parse_t("2016-12-31T02:00:00 UTC"), parse_t("2017-01-01T00:00:10 UTC")]
    text = intervals_text(Windows(np.array(start), np.array(stop), span), comments=("x",))
    assert text.splitlines()[:5] == [
        "stk.v.12.0",
        "# x",
        "BEGIN IntervalList",
        "DateUnitAbrv UTCG",
        "BEGIN Intervals",
    ]
    assert text.splitlines()[-2:] == ["END Intervals", "END IntervalList"]
    assert re.findall('^"(.*?)" "(.*?)"$', text, re.M) == [
        ("31 Dec 2016 01:02:03.456", "31 Dec 2016 02:00:00.000"),
        ("31 Dec 2016 23:59:60.500", "1 Jan 2017 00:00:10.000"),
    ]
