"""Horizon from terrain: the skyline over a grid of heights, and the mask that missions read."""

import numpy as np
import pytest
from astropy.units import Quantity

from orbits.constants import MOON_RADIUS
from orbits.errors import DataError
from orbits.exports.masks import write_mask
from orbits.geometry.relief import Relief, skyline, terrain_mask
from orbits.geometry.relief_files import read_relief
from orbits.sites import Mask, Site

AROUND = np.radians(np.arange(0.0, 360.0, 7.0))


def site(body, latitude, longitude, height):
    place = (Quantity(x, "deg") for x in (latitude, longitude))
    return Site("lander", body, *place, Quantity(height, "m"))


def patch(height, body="moon", latitude=-41.0, longitude=206.0, half=6.0, step=0.05):
    """Return relief around a place; ``height(lat, lon)`` in radians."""
    y = np.radians(np.arange(latitude - half, latitude + half + 0.5 * step, step))
    x = np.radians(np.arange(longitude - half, longitude + half + 0.5 * step, step))
    return Relief(body, x, y, height(*np.meshgrid(y, x, indexing="ij")))


def arc(place, latitude, longitude):
    """Return the angle at the centre from ``place`` to points; haversine, rad."""
    half = np.sin(0.5 * (latitude - place.latitude)) ** 2
    half = half + np.cos(latitude) * np.cos(place.latitude) * np.sin(
        0.5 * (longitude - place.longitude)
    ) ** 2  # fmt: skip
    return 2.0 * np.arcsin(np.sqrt(half))


def test_the_horizon_of_a_smooth_sphere_dips_by_its_curvature():
    lander = site("moon", -41.0, 206.0, 500.0)
    found = skyline(lander, patch(lambda lat, lon: 0.0 * lat), AROUND)
    dip = np.arccos(MOON_RADIUS / (MOON_RADIUS + 500.0))
    # rad: the ray is sampled each 570 m, off the tangent point by at most half of that
    assert np.allclose(found.elevation, -dip, atol=285.0**2 / 2 / MOON_RADIUS / 41_000)
    assert np.allclose(found.distance, MOON_RADIUS * np.tan(dip), atol=2_000.0)
    assert np.all(found.reach > MOON_RADIUS * np.tan(dip))


@pytest.mark.parametrize("height", [0.0, 1_200.0])
def test_a_ring_wall_stands_as_high_as_plane_trigonometry_says(height):
    """A wall of 3 km, 1.5 degrees away (45 km), on a body that curves away under it."""
    lander = site("moon", -41.0, 206.0, height)
    ring = np.radians(1.5)

    def wall(lat, lon):
        return np.where(np.abs(arc(lander, lat, lon) - ring) < np.radians(0.15), 3_000.0, 0.0)

    found = skyline(lander, patch(wall, step=0.02), AROUND)
    near = ring - np.radians(0.15)
    up = (MOON_RADIUS + 3_000.0) * np.cos(near) - MOON_RADIUS - height
    expected = np.arctan2(up, (MOON_RADIUS + 3_000.0) * np.sin(near))
    # the front of the wall is drawn by cells of 0.02 degrees, 1.5 % of its distance, and met
    # by rays sampled at half of that; both put it farther away
    assert np.all(found.elevation <= expected + 1e-6)
    assert np.all(found.elevation >= 0.97 * expected)


def test_the_skyline_of_the_earth_is_that_of_the_points_of_its_grid():
    """Every point of the grid in ITRF by erfa, its azimuth and elevation at the site."""
    import erfa

    station = site("earth", 43.0, 88.0, 2_500.0)
    rng = np.random.default_rng(8)
    waves = rng.normal(size=(6, 2)) * 60.0

    def hills(lat, lon):
        return 1_200.0 + 180.0 * sum(np.sin(a * lat + b * lon) for a, b in waves)

    relief = patch(hills, "earth", 43.0, 88.0, half=3.0, step=0.02)
    found = skyline(station, relief, AROUND)
    lat, lon = np.meshgrid(relief.y, relief.x, indexing="ij")
    points = erfa.gd2gc(1, lon.ravel(), lat.ravel(), relief.height.ravel())
    east, north, up = ((points - station.vector) @ station.axes.T).T
    azimuth, level = np.arctan2(east, north) % (2 * np.pi), np.hypot(east, north)
    elevation = np.arctan2(up, level)
    for k, sight in enumerate(found.azimuth):
        across = np.abs((azimuth - sight + np.pi) % (2 * np.pi) - np.pi) * level
        near = (across < 0.8e3) & (level > 4e3)
        # rad: points up to half a cell off the ray, hills with slopes of up to 0.05
        assert found.elevation[k] == pytest.approx(elevation[near].max(), abs=4e-3)


def test_a_peak_shows_in_its_own_direction():
    lander = site("moon", -41.0, 206.0, 10.0)
    lat0, lon0 = np.radians([-40.0, 207.0])

    def peak(lat, lon):
        place = site("moon", np.degrees(lat0), np.degrees(lon0), 0.0)
        return 2_000.0 * np.exp(-((arc(place, lat, lon) / np.radians(0.2)) ** 2))

    azimuth = np.radians(np.arange(0.0, 360.0, 0.5))
    found = skyline(lander, patch(peak), azimuth)
    top = int(np.argmax(found.elevation))
    x = np.cos(lat0) * np.sin(lon0 - np.radians(206.0))
    y = np.cos(lander.latitude) * np.sin(lat0) - np.sin(lander.latitude) * np.cos(
        lat0
    ) * np.cos(lon0 - np.radians(206.0))
    assert azimuth[top] == pytest.approx(np.arctan2(x, y), abs=np.radians(0.5))
    assert found.distance[top] == pytest.approx(
        MOON_RADIUS * float(arc(lander, lat0, lon0)), rel=0.05
    )


@pytest.mark.parametrize("pole", [-1.0, 1.0])
def test_a_polar_plane_and_a_grid_of_latitudes_show_the_same(pole):
    """A ridge along one meridian near the pole, drawn in both."""
    lander = site("moon", pole * 89.0, 30.0, 100.0)

    def ridge(lat, lon):
        return 4_000.0 * np.exp(
            -((np.cos(lat) * np.sin(lon - 0.5) / 0.01) ** 2)
            - ((np.cos(lat) * np.cos(lon - 0.5) - 0.05) / 0.01) ** 2
        )

    x = np.linspace(-250e3, 250e3, 1001)
    px, py = np.meshgrid(x, x)
    away = np.hypot(px, py)
    lat = pole * (np.pi / 2 - 2 * np.arctan(away / 2 / MOON_RADIUS))
    lon = np.arctan2(px, -pole * py)
    name = "north-stereographic" if pole > 0 else "south-stereographic"
    plane = Relief("moon", x, x, ridge(lat, lon), name)
    edge = np.radians(82.0)
    rows = np.linspace(
        min(pole * edge, pole * np.pi / 2), max(pole * edge, pole * np.pi / 2), 801
    )
    east = np.radians(np.arange(0.0, 360.0, 0.25))
    grid = Relief("moon", east, rows, ridge(*np.meshgrid(rows, east, indexing="ij")))
    one, two = (skyline(lander, relief, AROUND).elevation for relief in (plane, grid))
    assert one.max() > np.radians(1.0)
    assert np.allclose(one, two, atol=1e-3)  # rad: cells of 500 m and of up to 1 km


def test_ground_is_seen_as_far_as_the_grid_reaches_and_that_is_said():
    lander = site("moon", -41.0, 206.0, 100.0)
    small = patch(lambda lat, lon: 50.0 * np.cos(3_000.0 * lat), half=0.5)
    found = skyline(lander, small, AROUND)
    edge = MOON_RADIUS * np.radians(0.5)
    assert found.reach.max() < 1.5 * edge
    assert np.all(found.reach < found.needed) or found.needed < edge
    whole = skyline(lander, patch(lambda lat, lon: 50.0 * np.cos(3_000.0 * lat)), AROUND)
    assert np.all(whole.reach >= whole.needed - 3_000.0)


def test_a_whole_body_has_no_seam():
    x, y = np.radians(np.arange(0.0, 360.0, 1.0)), np.radians(np.arange(-90.0, 91.0))
    lat, lon = np.meshgrid(y, x, indexing="ij")
    relief = Relief("moon", x, y, 1_000.0 * np.cos(lon) * np.cos(lat))
    found = relief.at(np.zeros(5), np.radians([359.5, -0.5, 0.0, 360.0, 719.5]))
    assert np.allclose(found, 1_000.0 * np.cos(np.radians([0.5, 0.5, 0, 0, 0.5])), atol=0.2)


def test_no_ray_rises_above_the_mask_and_the_file_says_the_same(tmp_path):
    lander = site("moon", -41.0, 206.0, 10.0)
    rng = np.random.default_rng(3)
    waves = rng.normal(size=(8, 2)) * 100.0
    relief = patch(
        lambda lat, lon: 150.0 * (np.sum([np.sin(a * lat + b * lon) for a, b in waves], 0) - 8)
    )
    mask = terrain_mask(lander, relief, step=np.radians(5.0), rays=8)
    assert mask.azimuth.size == 72
    fine = skyline(lander, relief, np.radians(np.arange(0.0, 360.0, 0.625)))
    assert np.all(mask.at(fine.azimuth) >= fine.elevation - 1e-12)
    # at a corner the mask is the highest within 5 degrees of it
    near = np.abs((fine.azimuth[:, None] - mask.azimuth + np.pi) % (2 * np.pi) - np.pi)
    highest = np.where(near < np.radians(5.001), fine.elevation[:, None], -np.inf).max(axis=0)
    assert np.allclose(mask.elevation, highest, atol=1e-12)
    read = Mask.read(write_mask(tmp_path / "lander.csv", mask))
    assert np.allclose(read.azimuth, mask.azimuth, atol=1e-9)  # rad: ten digits
    assert np.all(read.elevation >= mask.elevation - 1e-12)
    assert np.allclose(read.elevation, mask.elevation, atol=np.radians(1.1e-4))


def test_a_site_off_the_grid_under_it_or_on_another_body_is_refused():
    relief = patch(lambda lat, lon: 0.0 * lat)
    with pytest.raises(ValueError, match="outside the grid"):
        skyline(site("moon", 10.0, 206.0, 0.0), relief, AROUND)
    with pytest.raises(ValueError, match=r"lies 30\.0 m under the ground"):
        skyline(site("moon", -41.0, 206.0, -30.0), relief, AROUND)
    with pytest.raises(ValueError, match="stands on earth"):
        skyline(site("earth", -41.0, 206.0, 0.0), relief, AROUND)
    with pytest.raises(ValueError, match="step <= 180 degrees"):
        terrain_mask(site("moon", -41.0, 206.0, 1.0), relief, step=0.0)
    raised = skyline(site("moon", -41.0, 206.0, -30.0), relief, AROUND, above=2.0)
    assert np.allclose(raised.elevation, -np.arccos(MOON_RADIUS / (MOON_RADIUS + 2)), atol=2e-4)


# -- files ------------------------------------------------------------------------------------

LINES = [
    "# body: moon",
    "# frame: MOON_ME",
    "# source: made for a test",
    "latitude_deg,longitude_deg,height_m",
    "-42,205,-5230",
    "-42,206,-5231",
    "-41,205,-5232",
    "-41,206,-5233.5",
]


def changed(**lines):
    return [lines.get(f"line{k}", line) for k, line in enumerate(LINES, 1)]


def test_a_table_of_heights_is_read_in_any_order(tmp_path):
    path = tmp_path / "relief.csv"
    path.write_text("\n".join([*LINES[:4], *LINES[:3:-1]]))
    relief = read_relief(path)
    assert (relief.body, relief.source) == ("moon", "made for a test")
    assert relief.at(np.radians([-42, -41, -41.5]), np.radians([205, 206, 205.5])).tolist() == (
        pytest.approx([-5230.0, -5233.5, -5231.625])
    )


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (changed(line1="# body: mars"), r"relief\.csv:1: write '# body: moon'"),
        (changed(line2="# frame: MOON_PA"), r"relief\.csv:1: the frame of moon is MOON_ME"),
        (changed(line4="lat,lon,h"), r"relief\.csv:4: this line must be latitude_deg,"),
        (changed(line6="-42,206"), r"relief\.csv:6: '-42,206' is not three numbers"),
        (changed(line7="-91,205,1"), r"relief\.csv:7: latitude -91 lies outside"),
        (changed(line8="-41,400,1"), r"relief\.csv:8: longitude 400 lies outside"),
        (changed(line8="-41,206,nan"), r"relief\.csv:8: height nan is not"),
        (changed(line8="-41,205,3"), r"relief\.csv:8: a point stands here twice"),
        (LINES[:-1], r"relief\.csv:7: points of the grid are missing; 2 latitudes"),
        (LINES[:4], r"relief\.csv:4: points of the grid are missing"),
        (changed(line7="-41,205,1", line8="-41,206,1")[:-2], "at least two finite places"),
        ([""], r"relief\.csv:1: this line must be"),
    ],
)
def test_a_table_with_a_fault_is_refused_with_its_line(tmp_path, lines, says):
    path = tmp_path / "relief.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(ValueError, match=says):
        read_relief(path)


def arrays(**changes):
    held = {
        "body": "moon",
        "frame": "MOON_ME",
        "latitude_deg": np.array([-42.0, -41.0]),
        "longitude_deg": np.array([205.0, 206.0, 207.0]),
        "height_m": np.arange(6.0).reshape(2, 3),
    }
    held |= changes
    return {key: value for key, value in held.items() if value is not None}


def test_arrays_of_heights_are_read_geographic_or_polar(tmp_path):
    path = tmp_path / "relief.npz"
    np.savez(path, **arrays())
    assert read_relief(path).at(np.radians(-41.0), np.radians(207.0)) == pytest.approx([5.0])
    x = np.array([-1000.0, 0.0, 1000.0])
    np.savez(
        path, body="moon", frame="MOON_ME", projection="south-stereographic", x_m=x, y_m=x,
        height_m=np.arange(9.0).reshape(3, 3),
    )  # fmt: skip
    polar = read_relief(path)
    away = 999.9 / MOON_RADIUS  # rad; 90 degrees east lies on x, 0 degrees on y
    found = polar.at([-np.pi / 2, away - np.pi / 2, away - np.pi / 2], [0.3, np.pi / 2, 0.0])
    assert found.tolist() == pytest.approx([4.0, 5.0, 7.0], abs=1e-3)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"body": "mars"}, r"relief\.npz: write '# body: moon'"),
        ({"height_m": None}, r"relief\.npz: the arrays height_m are missing"),
        ({"height_m": np.zeros((3, 3))}, r"shape \(3, 3\) do not fit 2 rows and 3 columns"),
        ({"longitude_deg": np.array([205.0, 206.0, 209.0])}, "do not increase evenly"),
        ({"height_m": np.full((2, 3), np.nan)}, "no height of the grid is known"),
        ({"projection": "mercator"}, "projection is one of geographic"),
    ],
)
def test_arrays_with_a_fault_are_refused_with_their_file(tmp_path, changes, says):
    path = tmp_path / "relief.npz"
    held = arrays(**changes)
    if changes.get("projection"):
        held |= {"x_m": np.arange(3.0), "y_m": np.arange(2.0)}
    np.savez(path, **held)
    with pytest.raises(ValueError, match=says):
        read_relief(path)


def test_what_is_no_relief_is_refused(tmp_path):
    with pytest.raises(DataError, match="there is no relief"):
        read_relief(tmp_path / "none.csv")
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(ValueError, match="no npz file of plain arrays"):
        read_relief(tmp_path / "text.npz")
    (tmp_path / "heights.xls").write_text("")
    with pytest.raises(ValueError, match=r"a relief is a \.csv, \.npz or one of"):
        read_relief(tmp_path / "heights.xls")


def raster(path, crs, transform, heights, **options):
    rasterio = pytest.importorskip("rasterio", reason="needs the extra terrain")
    from rasterio.crs import CRS
    from rasterio.transform import Affine

    with rasterio.open(
        path, "w", driver="GTiff", width=heights.shape[1], height=heights.shape[0], count=1,
        dtype="float32", crs=CRS.from_proj4(crs), transform=Affine(*transform), **options,
    ) as file:  # fmt: skip
        file.write(heights.astype(np.float32), 1)
    return path


SPHERE = "+R=1737400 +no_defs"


def test_a_raster_of_latitudes_is_read_from_the_middle_of_its_cells(tmp_path):
    heights = np.arange(12.0).reshape(3, 4)  # north first
    heights[0, 0] = -9999.0
    path = raster(
        tmp_path / "a.tif", f"+proj=longlat {SPHERE}", (0.5, 0, 205.0, 0, -0.5, -40.0), heights,
        nodata=-9999.0,
    )  # fmt: skip
    relief = read_relief(path)
    assert relief.body == "moon"
    found = relief.at(np.radians([-41.25, -40.25, -40.75]), np.radians([205.25, 206.75, 206]))
    assert found.tolist() == pytest.approx([8.0, 3.0, 5.5])
    assert np.isnan(relief.at(np.radians(-40.25), np.radians(205.25)))[0]
    part = read_relief(path, around=(*np.radians([-41.0, 206.5]), 20e3))
    assert part.height.shape == (2, 3)  # 0.7 degrees, and 0.9 along the parallel


def test_equirectangular_and_polar_rasters_are_read_as_lola_has_them(tmp_path):
    cell = np.radians(1.0) * MOON_RADIUS
    wide = raster(
        tmp_path / "b.tif", f"+proj=eqc +lon_0=180 +units=m {SPHERE}",
        (cell, 0, -2 * cell, 0, -cell, cell), np.arange(8.0).reshape(2, 4),
    )  # fmt: skip
    found = read_relief(wide).at(np.radians([-0.5, 0.5]), np.radians([178.5, -178.5]))
    assert found.tolist() == pytest.approx([4.0, 3.0])
    polar = raster(
        tmp_path / "c.tif", f"+proj=stere +lat_0=-90 +lon_0=0 +k=1 +units=m {SPHERE}",
        (1000.0, 0, -1500.0, 0, -1000.0, 1500.0), np.arange(9.0).reshape(3, 3),
    )  # fmt: skip
    relief = read_relief(polar)
    assert relief.projection == "south-stereographic"
    away = 999.9 / MOON_RADIUS
    found = relief.at([-np.pi / 2, away - np.pi / 2], [0.0, 0.0])
    assert found.tolist() == pytest.approx([4.0, 1.0], abs=1e-3)  # y up is 0 degrees


@pytest.mark.parametrize(
    ("crs", "says"),
    [
        ("+proj=utm +zone=33 +datum=WGS84", "are not read; warp the raster"),
        ("+proj=longlat +R=3396190 +no_defs", "are not read; warp the raster"),
        (f"+proj=eqc +lat_ts=30 {SPHERE}", "are not read; warp the raster"),
    ],
)
def test_a_raster_in_other_coordinates_is_refused(tmp_path, crs, says):
    path = raster(tmp_path / "d.tif", crs, (2.0, 0, 9.0, 0, -2.0, 7.0), np.zeros((2, 2)))
    with pytest.raises(ValueError, match=says):
        read_relief(path)


# -- in a mission ---------------------------------------------------------------------------

SITE = 'min_elevation = "5 deg"'


@pytest.fixture
def mission(root, tmp_path):
    """A mission whose lander stands in a crater 60 km wide with a rim of 2 km."""
    lat = np.radians(-41.6385) + np.radians(np.arange(-2.0, 2.0, 0.05))
    lon = np.radians(206.0148) + np.radians(np.arange(-5.0, 5.0, 0.05))
    north = MOON_RADIUS * (lat + np.radians(41.6385))[:, None]
    east = MOON_RADIUS * np.cos(np.radians(41.6385)) * (lon - np.radians(206.0148))[None, :]
    height = -5260.0 + 2000.0 * np.exp(-(((np.hypot(north, east) - 30e3) / 4e3) ** 2))
    np.savez(
        tmp_path / "crater.npz", body="moon", frame="MOON_ME", latitude_deg=np.degrees(lat),
        longitude_deg=np.degrees(lon), height_m=height,
    )  # fmt: skip
    text = (root / "tests" / "malformed" / "base.toml").read_text(encoding="utf-8")
    file = tmp_path / "mission.toml"

    def write(key):
        file.write_text(text.replace(SITE, key), encoding="utf-8")
        return file

    return write


def test_the_terrain_of_a_site_becomes_its_mask(mission, tmp_path, capsys):
    from orbits.cli import main
    from orbits.mission.load import from_dict, read

    file = mission('terrain = { file = "crater.npz", step = "5 deg" }')
    reading = read(file)
    corners = reading.mission.site["lander"].mask
    assert len(corners) == 72
    rim = [elevation.to_value("deg") for _, elevation in corners]
    # 2 km at 30 km less the curvature over 30 km: atan(2.0 / 30) - 0.5 deg = 3.3 deg
    assert max(rim) == pytest.approx(3.32, abs=0.05)
    assert min(rim) > 3.0
    (warning,) = reading.warnings
    assert "the grid ends" in warning.message
    # Written out, the mission holds the mask and needs the grid no more.
    again = from_dict(reading.mission.normalised(), tmp_path / "elsewhere")
    assert again.site["lander"].mask == corners
    mission(SITE)
    words = ["mask", str(file), "--site", "lander", "--grid", str(tmp_path / "crater.npz")]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--step", "5 deg", "-o", str(tmp_path / "rim.csv")])
    assert ended.value.code == 0
    assert "72 corners" in capsys.readouterr().out
    written = Mask.read(tmp_path / "rim.csv")
    # the file is rounded up to 1e-4 degrees
    assert np.degrees(written.elevation) == pytest.approx(rim, abs=1.01e-4)


@pytest.mark.parametrize(
    ("key", "says", "remedy"),
    [
        (
            'terrain = { file = @@"none.npz" }',
            "there is no file none.npz",
            "beside the mission",
        ),
        ('terrain = { file = @@"../x.npz" }', "lies outside", "put the file there"),
        (
            'terrain = { file = @@"bad.csv" }',
            "bad.csv:4: this line must be",
            "correct the grid",
        ),
        ('terrain = { file = "crater.npz", step = @@"0 deg" }', "out of range", "0.05 deg"),
        ('mask = [["0 deg", "1 deg"]]\nterrain = @@{ file = "crater.npz" }', "beside", "away"),
        (
            'height = "-6000 m"\nterrain = { file = @@"crater.npz" }',
            "under the ground",
            "height",
        ),
    ],
)
def test_a_fault_of_terrain_is_shown_in_its_place(mission, tmp_path, key, says, remedy):
    from orbits.errors import MissionError
    from orbits.mission.load import read

    (tmp_path / "bad.csv").write_text("\n".join(changed(line4="lat,lon,h")))
    before, _, after = key.partition("@@")
    file = mission(before + after)
    text = file.read_text(encoding="utf-8")
    if key.startswith("height"):
        text = text.replace('height = "-5256 m"\n', "")
        file.write_text(text, encoding="utf-8")
    with pytest.raises(MissionError) as caught:
        read(file)
    (problem,) = [p for p in caught.value.problems if p.severity == "error"]
    at = text.index(before + after) + len(before)
    assert problem.line == text[:at].count("\n") + 1
    assert problem.column == at - text.rfind("\n", 0, at)
    assert says in problem.message
    assert remedy in problem.help


def test_a_mask_of_a_site_or_grid_that_is_not_there_is_a_slip(mission, tmp_path, capsys):
    from orbits.cli import main

    file = str(mission(SITE))
    for words, code, says in (
        (["--site", "landr", "--grid", "crater.npz"], 2, 'did you mean "lander"?'),
        (["--site", "lander", "--grid", str(tmp_path / "none.npz")], 4, "there is no relief"),
        (["--site", "kashi", "--grid", str(tmp_path / "crater.npz")], 2, "stands on earth"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["mask", file, *words, "-o", str(tmp_path / "x.csv")])
        assert ended.value.code == code
        assert says in capsys.readouterr().err
    assert not (tmp_path / "x.csv").exists()
