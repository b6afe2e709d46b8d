"""Figures: what is hidden, where lines end, and that every figure of the relay can be read."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

import orbits
from conftest import ROOT
from figure_check import faults, texts
from kepler_path import KeplerPath
from orbits.constants import MOON_RADIUS
from orbits.mission.checks import FIGURES
from orbits.mission.load import read
from orbits.plots import (
    KINDS,
    Band,
    Row,
    contacts,
    elevation,
    figures,
    ground_track,
    orbit_view,
    rotating_frame,
    save,
    save_figures,
    sky,
)  # fmt: skip
from orbits.plots.moon import features, opened, outline, within
from orbits.plots.orbit import VIEWS, Scene, hidden_pieces
from orbits.plots.registry import check_kind, chosen
from orbits.plots.rotating import libration_distances
from orbits.plots.sampling import instants, split_behind, stretches
from orbits.plots.style import blank, dates, utc_axis
from orbits.plots.survey import Survey
from orbits.windows import Windows

MISSION = ROOT / "missions" / "change6-relay.toml"
NAMES = [
    "contacts-far-side-relay", "elevation-far-side-relay", "sky-change-6",
    "range-far-side-relay", "workload-far-side-relay", "durations-far-side-relay",
    "orbit-queqiao-2", "rotating-frame-queqiao-2", "ground-track-queqiao-2",
    "motion-queqiao-2", "apsides-queqiao-2", "beta-queqiao-2", "sun-angle-queqiao-2",
]  # fmt: skip


@pytest.fixture(scope="module")
def outcome():
    said = read(MISSION)
    return orbits.run(said.mission, text=said.text)


@pytest.fixture(scope="module")
def path(outcome):
    return outcome.trajectories["queqiao-2"]


class Circle:
    """A circular orbit of radius ``a`` about the z axis, tilted about the x axis."""

    def __init__(self, a, tilt=0.0):
        self.a, self.tilt = a, tilt

    def position(self, t):
        angle = np.asarray(t) / 1e4
        up = np.sin(self.tilt) * np.sin(angle)
        return self.a * np.column_stack([np.cos(angle), np.cos(self.tilt) * np.sin(angle), up])


# -- what is hidden ---------------------------------------------------------------------------


def test_an_orbit_seen_edge_on_is_hidden_from_limb_to_limb_behind_the_body():
    radius, a = 1.7e6, 4e6
    t = np.linspace(0.0, 2e4 * np.pi, 200)
    seen, hidden = hidden_pieces(Circle(a), t, VIEWS["side"], radius)
    (line,) = hidden
    # the orbit runs along y; 400 m is 1 s of the motion, to which the limb is found
    assert np.sort(line[[0, -1], 0]) == pytest.approx([-radius, radius], abs=400.0)
    assert np.all(np.abs(line[:, 0]) <= radius + 400.0)
    assert sum(len(part) for part in seen) > 150


def test_nothing_is_hidden_when_the_orbit_is_seen_from_its_pole():
    t = np.linspace(0.0, 2e4 * np.pi, 200)
    _, hidden = hidden_pieces(Circle(4e6), t, VIEWS["north"], 1.7e6)
    assert hidden == []


def test_a_tilted_orbit_that_passes_above_the_limb_is_seen_whole():
    t = np.linspace(0.0, 2e4 * np.pi, 400)
    # from +x the far point of this orbit is in the plane of the limb: seen from -y instead
    clear = Circle(4e6, tilt=np.arcsin(1.8 / 4.0))  # 1,800 km up where it is farthest
    low = Circle(4e6, tilt=np.arcsin(1.6 / 4.0))  # 1,600 km up, below the limb
    assert hidden_pieces(clear, t, VIEWS["front"], 1.7e6)[1] == []
    assert len(hidden_pieces(low, t, VIEWS["front"], 1.7e6)[1]) == 1


def test_hidden_and_seen_lines_join_at_the_limb(outcome, path):
    scene = Scene.of(path, outcome.almanac, outcome.span)
    seen, hidden = hidden_pieces(scene.path, scene.t, VIEWS["side"], MOON_RADIUS)
    assert len(hidden) > 5
    ends = np.array([point for line in seen for point in line[[0, -1]]])
    for line in hidden:
        for point in line[[0, -1]]:
            assert np.min(np.linalg.norm(ends - point, axis=1)) == 0.0
            # 3 km is what it moves in 1 s; a line may also end in the plane of the limb
            assert np.hypot(*point) < MOON_RADIUS + 3e3


def test_a_line_behind_a_sphere_is_cut_at_the_limb():
    x = np.linspace(-3.0, 3.0, 7)
    seen, hidden = split_behind(np.column_stack([x, 0 * x, -np.ones(7)]), 1.5)
    assert [part[[0, -1], 0].tolist() for part in seen] == [
        pytest.approx([-3.0, -1.5], abs=1e-4),  # the tolerance of a step that is one long
        pytest.approx([1.5, 3.0], abs=1e-4),
    ]
    assert hidden[0][[0, -1], 0] == pytest.approx([-1.5, 1.5], abs=1e-4)
    assert split_behind(np.column_stack([x, 0 * x, np.ones(7)]), 1.5)[1] == []


def test_hidden_apsides_are_hollow(outcome, path):
    ax = orbit_view(path, outcome.almanac, outcome.span, view="side")
    scene = Scene.of(path, outcome.almanac, outcome.span)
    marks = {line.get_label(): line for line in ax.lines}
    for name, line in marks.items():
        if name.endswith(", hidden"):
            assert line.get_markerfacecolor() == "none"
            assert np.all(np.hypot(*line.get_xydata().T) < scene.center.radius / 1e6)
    assert "apoapsis" in marks


# -- sampling ---------------------------------------------------------------------------------


def test_chords_between_samples_stay_within_a_thousandth_of_the_orbit():
    path = KeplerPath()
    span = (path.span[0], path.span[0] + 8e5)
    t = instants(path, span, 1000)
    middle = path.position(0.5 * (t[1:] + t[:-1]))
    chord = 0.5 * (path.position(t[1:]) + path.position(t[:-1]))
    largest = np.linalg.norm(path.position(t), axis=1).max()
    # about 100 samples a revolution turn by 4 degrees: a sag of 1 - cos(2 deg) = 6e-4
    assert np.max(np.linalg.norm(middle - chord, axis=1)) < 1e-3 * largest


def test_a_curve_is_cut_where_the_windows_are():
    windows = Windows(np.array([2.5, 7.0]), np.array([4.5, 10.0]), (0.0, 10.0))
    t, y = stretches(np.arange(11.0), 10.0 * np.arange(11.0), windows)
    drawn = t[np.isfinite(y)]
    assert drawn.tolist() == [2.5, 3.0, 4.0, 4.5, 7.0, 8.0, 9.0, 10.0]
    assert y[np.isfinite(y)].tolist() == (10.0 * drawn).tolist()
    assert np.isnan(y).sum() == 2


def test_the_libration_points_stand_where_the_catalogue_has_them():
    first, second = libration_distances(0.01215058560962404)
    # JPL three-body periodic orbits, Earth-Moon: x = 0.83691513 and 1.15568217, Moon at 1 - mu
    assert 1 - 0.01215058560962404 - first == pytest.approx(0.83691513, abs=5e-9)  # as printed
    assert 1 - 0.01215058560962404 + second == pytest.approx(1.15568217, abs=5e-9)  # as printed


# -- the Moon's map ---------------------------------------------------------------------------


def test_the_rim_of_south_pole_aitken_lies_at_its_half_axes():
    (basin,) = [feature for feature in features() if feature.kind == "basin"]
    north = np.degrees(1025.0 / 1737.4)
    assert within(basin, np.array(-53.0), np.array(191.0)) == 0.0
    # due north, 19 degrees off the long axis, the radius is 1,171 km: ellipse in polar form
    angle = np.radians(19.0)
    reach = 1.0 / np.hypot(np.cos(angle) / 1200.0, np.sin(angle) / 1025.0)
    rim = -53.0 + np.degrees(reach / 1737.4)
    assert within(basin, np.array(rim), np.array(191.0)) == pytest.approx(1.0, abs=1e-12)
    assert within(basin, np.array(-53.0 + north), np.array(191.0)) < 1.0


def test_the_outline_of_a_feature_is_its_rim():
    for feature in features():
        if feature.kind != "basin":
            # rounding, most at the smallest crater
            assert within(feature, *outline(feature)) == pytest.approx(1.0, abs=1e-9)


def test_the_lander_stands_in_the_apollo_crater(outcome):
    (apollo,) = [feature for feature in features() if feature.name == "Apollo"]
    site = outcome.sites["change-6"]
    assert within(apollo, np.degrees(site.latitude), np.degrees(site.longitude)) < 1.0


def test_a_track_that_leaves_the_map_ends_on_its_edge_and_comes_back_on_the_other():
    longitude, latitude = opened(np.array([350.0, 356.0, 2.0]), np.array([0.0, 6.0, 12.0]))
    assert longitude[:3].tolist() == [350.0, 356.0, 360.0]
    assert np.isnan(longitude[3])
    assert longitude[4:].tolist() == [0.0, 2.0]
    assert latitude[[2, 4]].tolist() == [10.0, 10.0]  # 4 of the 6 degrees to the edge


# -- axes -------------------------------------------------------------------------------------


def test_a_drawing_goes_on_the_axes_that_it_is_given(outcome, path):
    mine = Figure().add_subplot()
    assert orbit_view(path, outcome.almanac, outcome.span, ax=mine) is mine
    assert mine.get_xlabel() == "x [10³ km]"
    assert mine.get_aspect() == 1.0


def test_a_drawing_makes_a_figure_of_its_own_when_it_is_given_none(outcome, path):
    drawn = rotating_frame(path, outcome.almanac, outcome.span, plane="xz")
    assert drawn.figure.axes == [drawn]
    assert drawn.get_ylabel() == "z [10³ km]"


def test_pyplot_is_not_imported():
    code = "import sys, orbits.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_time_axis_is_utc_with_elapsed_days_on_top(outcome):
    ax = blank("slide").add_subplot()
    utc_axis(ax, outcome.span)
    # 19,874 days from 1970-01-01 to 2024-05-31; t is kept to 0.1 us, dates to 1 ms
    assert ax.get_xlim() == pytest.approx((19_874.0, 19_904.0), abs=2e-8)
    (top,) = ax.child_axes
    ax.figure.canvas.draw()
    assert top.get_xlim() == pytest.approx((0.0, 30.0), abs=2e-8)
    assert (ax.get_xlabel(), top.get_xlabel()) == ("UTC", "Elapsed [day]")


def test_a_short_span_counts_hours_and_has_one_scale_on_top(outcome):
    ax = blank("slide").add_subplot()
    for _ in range(3):
        utc_axis(ax, (outcome.span[0], outcome.span[0] + 86400.0))
    (top,) = ax.child_axes
    ax.figure.canvas.draw()
    assert top.get_xlabel() == "Elapsed [h]"
    # t is kept to 0.1 us, dates to 1 ms
    assert top.get_xlim() == pytest.approx((0.0, 24.0), abs=1e-6)


def test_ends_that_the_span_cut_stay_open():
    span = (0.0, 86400.0)
    windows = Windows(np.array([0.0, 40e3]), np.array([20e3, 50e3]), span)
    dark = Windows(np.array([41e3]), np.array([42e3]), span)
    rows = [Row("leg", windows, "#0072B2"), Row("chain", Windows.none(span), "#000000")]
    ax = contacts(rows, span, bands=[Band("umbra", dark, umbra=True)])
    bands, bars, lines = ax.collections
    upright = [
        float(a[0]) for a, b in (line.vertices for line in lines.get_paths()) if a[0] == b[0]
    ]
    assert sorted(upright) == dates(np.array([20e3, 40e3, 50e3])).tolist()  # none at the start
    assert (len(bands.get_paths()), len(bars.get_paths())) == (1, 2)
    assert "never open" in [text.get_text() for text in ax.texts]
    assert ax.get_legend_handles_labels()[1] == ["umbra", "cut by the span"]


def test_the_sky_has_north_up_east_right_and_the_zenith_in_the_middle(outcome):
    track = Survey(outcome).track("link.surface", "change-6")
    ax = sky(track)
    assert (ax.get_theta_offset(), ax.get_theta_direction()) == (np.pi / 2, -1)
    drawn = np.vstack([path.vertices for path in ax.collections[-1].get_paths()])
    # 5 degrees is the site's minimum; edges are found to 1 ms, in which nothing moves 1e-3 deg
    assert 90.0 - 5.0 - drawn[:, 1].max() == pytest.approx(0.0, abs=1e-3)
    assert drawn[:, 1].min() > 0.0


def test_the_sky_shows_the_mask_of_the_site(outcome):
    track = Survey(outcome).track("link.surface", "change-6")
    ax = sky(track, mask=(np.radians([0.0, 90.0, 180.0, 270.0]), np.radians([10.0, 0, 20, 0])))
    azimuth, radius = ax.lines[0].get_data()
    at = dict(zip(np.degrees(azimuth).round(6).tolist(), radius.tolist(), strict=True))
    # rounding of degrees through radians
    assert [at[k] for k in (0.0, 45.0, 180.0)] == pytest.approx([80.0, 85.0, 70.0], abs=1e-9)


def test_an_open_link_is_drawn_above_the_mask_alone(outcome):
    track = Survey(outcome).track("link.trunk.queqiao-2.kashi", "kashi")
    _, strong, mask = elevation(track, outcome.span).lines
    height = strong.get_ydata()
    assert np.nanmin(height) == pytest.approx(5.0, abs=1e-3)  # edges to 1 ms
    assert set(mask.get_ydata()) == {np.degrees(outcome.sites["kashi"].min_elevation)}


def test_the_ground_track_keeps_to_the_inclination(outcome, path):
    ax = ground_track(path, outcome.almanac, outcome.span, sites=[outcome.sites["change-6"]])
    (track,) = [line for line in ax.lines if line.get_label() == "ground track"]
    latitude = track.get_ydata()
    # 180 - 119.249 degrees at the start; the Earth moves the plane by 2 degrees in the month
    assert np.nanmax(np.abs(latitude)) == pytest.approx(60.75, abs=2.0)
    (site,) = [line for line in ax.lines if line.get_label() == "site"]
    assert site.get_xydata()[0] == pytest.approx(
        [206.0148, -41.6385], abs=1e-9
    )  # as in the file


# -- whole figures ----------------------------------------------------------------------------


def test_the_relay_mission_offers_these_figures(outcome):
    assert list(figures(outcome)) == NAMES


def test_every_figure_is_told_in_words_with_numbers_from_the_run(outcome):
    offered = figures(outcome)
    for drawing in offered.values():
        assert re.search(r"\d", drawing.alt()), drawing.name
        assert drawing.alt().endswith(".")
        assert drawing.caption().startswith(f"{drawing.title()}. ")
        assert drawing.caption().endswith(drawing.kind.reading)
    share = outcome.quantities["chain.far-side-relay.availability"].value
    assert f"the chain far-side-relay {share:.1f} %" in offered[NAMES[0]].alt()


@pytest.mark.parametrize("preset", ["slide", "paper"])
@pytest.mark.parametrize("name", NAMES)
def test_no_text_meets_another_leaves_the_figure_or_is_faint(outcome, name, preset):
    figure = figures(outcome)[name](preset)
    assert len(texts(figure)) > 10
    assert faults(figure) == []


def test_a_fault_is_seen():
    figure = blank("slide")
    for x, text, colour in ((0.5, "one", "#222222"), (0.51, "two", "#BBBBBB"), (1, "x", "k")):
        figure.text(x, 0.5, text, color=colour)
    found = faults(figure)
    assert "'one' covers 'two'" in found
    assert "'x' leaves the figure" in found
    # #BB is 0.497 in linear light: 1.05 / (0.497 + 0.05)
    assert "'two' is too faint: 1.9 to 1" in found


def test_the_mission_file_knows_the_kinds_of_figures():
    assert set(FIGURES) == set(KINDS)


def test_the_presets_have_the_size_of_a_slide_and_of_a_column(outcome):
    draw = figures(outcome)["apsides-queqiao-2"]
    assert draw("slide").get_size_inches().tolist() == [13.33, 7.5]
    assert draw("paper").get_figwidth() == 6.3  # A4 less its margins
    with pytest.raises(ValueError, match="slide, paper"):
        draw("poster")


def test_the_footer_tells_where_a_figure_comes_from(outcome):
    draw = figures(outcome)["apsides-queqiao-2"]
    foot = draw().texts[-1]
    digest = outcome.provenance["mission_sha256"][:12]
    assert foot.get_fontsize() == 6
    for part in (
        "Chang'e-6 / Queqiao-2 relay",
        f"orbits {orbits.__version__}",
        digest,
        "assumed",
    ):
        assert part in foot.get_text()
    assert digest not in [text.get_text() for text in draw(footer=False).texts]


def test_a_mission_that_is_no_file_is_known_by_its_values(outcome):
    bare = {**outcome.provenance, "mission_sha256": None}
    foot = Survey(SimpleNamespace(**{**vars(outcome), "provenance": bare})).provenance()
    assert "mission values " in foot


def test_the_apsides_written_out_are_those_of_the_summary(outcome):
    figure = figures(outcome)["apsides-queqiao-2"]()
    said = [text.get_text() for ax in figure.axes for text in ax.texts]
    for apsis, words in (("periapsis", said[:2]), ("apoapsis", said[2:])):
        for which, text in zip(("min", "max"), words, strict=True):
            stated = outcome.quantities[f"spacecraft.queqiao-2.{which}_{apsis}_altitude"]
            assert stated.unit == "km"
            assert text.split(" ")[1] == f"{stated.value:,.1f}"


def test_the_contact_chart_states_the_share_of_the_summary(outcome):
    figure = figures(outcome)["contacts-far-side-relay"]()
    said = [text.get_text() for text in figure.axes[0].texts]
    stated = outcome.quantities["chain.far-side-relay.availability"]
    assert said[4].startswith(f"{stated.value:.1f} %")
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names[0] == "change-6 → queqiao-2"
    assert names[-1] == "far-side-relay"


def test_the_strip_of_the_chain_row_covers_it(outcome):
    plan = outcome.results["far-side-relay"].plan
    total = sum(part.stop - part.start for part in plan)
    # rounding of t, 0.1 us, at each of some 200 edges
    assert total == pytest.approx(outcome.windows["chain.far-side-relay"].total, abs=1e-3)
    assert all(a.stop <= b.start for a, b in pairwise(plan))


def test_another_process_draws_the_same_bytes_in_every_format(outcome, tmp_path):
    kinds, formats = ["contacts", "orbit", "sky"], ("png", "svg", "pdf")
    code = (
        "import sys, orbits\n"
        "from orbits.mission.load import read\n"
        "from orbits.plots import figures, save_figures\n"
        "said = read(sys.argv[1])\n"
        "offered = figures(orbits.run(said.mission, text=said.text))\n"
        f"save_figures(offered, sys.argv[2], names={kinds}, formats={formats})\n"
    )
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    save_figures(figures(outcome), here, names=kinds, formats=formats)
    words = [sys.executable, "-c", code, str(MISSION), str(there)]
    subprocess.run(words, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert len(list(here.iterdir())) == 9
    for path in here.iterdir():
        data = path.read_bytes()
        assert data == (there / path.name).read_bytes(), path.name
        for mark in (b"tIME", b"dc:date", b"CreationDate", b"ModDate"):
            assert mark not in data, path.name


def test_letters_are_outlines_in_svg_and_embedded_in_pdf(outcome, tmp_path):
    draw = figures(outcome)["apsides-queqiao-2"]
    svg = save(draw("paper"), tmp_path / "a.svg", "paper").read_text(encoding="utf-8")
    assert "<text" not in svg
    assert "http" not in re.sub(r"(xmlns|DOCTYPE|xml:|rdf|dc|cc)[^>]*>", "", svg)
    pdf = save(draw("paper"), tmp_path / "a.pdf", "paper").read_bytes()
    assert b"/FontFile2" in pdf  # TrueType, whole outlines
    assert b"/Type3" not in pdf


def test_figures_are_asked_for_by_name_or_by_family(outcome, tmp_path):
    written = save_figures(
        figures(outcome), tmp_path, names=["apsides"], formats=("png", "svg")
    )
    assert [path.name for path in written] == ["apsides-queqiao-2.png", "apsides-queqiao-2.svg"]
    offered = figures(outcome)
    assert chosen(offered, "none") == {}
    assert list(chosen(offered, "sky-change-6")) == ["sky-change-6"]
    with pytest.raises(ValueError, match=r"no figure 'porkchop'.*contacts-far-side-relay"):
        chosen(offered, ["porkchop"])


def test_what_a_mission_has_not_is_said(outcome):
    offered = figures(outcome)
    for want, words in (
        ("margin", "it needs a link with a budget table, which this mission has not"),
        ("contacts-far-side-rely", "did you mean 'contacts-far-side-relay'"),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            chosen(offered, [want])
    check_kind("contacts-anything")
    with pytest.raises(ValueError, match="no kind of figure 'skye'; did you mean 'sky'"):
        check_kind("skye")


def test_all_of_a_constellation_are_the_first_twelve_of_each_kind(outcome):
    path = outcome.trajectories["queqiao-2"]
    many = {f"sat-{k}": path for k in range(40)}
    offered = figures(SimpleNamespace(**{**vars(outcome), "trajectories": many}))
    assert len([name for name in offered if name.startswith("motion-")]) == 40
    assert len([name for name in chosen(offered, "all") if name.startswith("motion-")]) == 12
    assert list(chosen(offered, ["motion-sat-39"])) == ["motion-sat-39"]


def test_the_style_serves_figures_of_ones_own():
    import matplotlib
    import matplotlib.style

    with matplotlib.style.context(["orbits.plots.orbits", "orbits.plots.paper"]):
        assert matplotlib.rcParams["figure.figsize"] == [6.3, 4.7]
        assert matplotlib.rcParams["axes.prop_cycle"].by_key()["color"][0] == "#0072B2"


def test_the_budget_of_a_sequence_ends_at_its_total(outcome):
    costs = {"injection": 3139.2, "correction": 4.1, "insertion": 871.0, "coast": 0.0}
    stated = {
        f"spacecraft.queqiao-2.step.{name}.delta_v": SimpleNamespace(
            value=value, unit="m/s", assumed=False
        )
        for name, value in costs.items()
    }
    drawing = figures(SimpleNamespace(**{**vars(outcome), "quantities": stated}))[
        "delta-v-queqiao-2"
    ]
    assert "4,014.3 m/s in all" in drawing.alt()
    for preset in ("slide", "paper"):
        figure = drawing(preset)
        assert faults(figure) == []
        ends = [bar.get_x() + bar.get_width() for bar in figure.axes[0].patches]
        # sums of tenths in binary
        assert ends == pytest.approx([3139.2, 3143.3, 4014.3, 4014.3], abs=1e-9)


def test_links_without_a_chain_have_a_chart_of_their_own(outcome):
    bare = SimpleNamespace(**{**vars(outcome), "chains": {}})
    names = list(figures(bare))
    assert [name for name in names if name.endswith("-links")] == [
        "contacts-links", "elevation-links", "range-links",
    ]  # fmt: skip
    assert len(figures(bare)["contacts-links"]().axes[0].get_yticklabels()) == 4


def test_the_gallery_lists_every_kind():
    text = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, flags=re.MULTILINE)) == set(KINDS)
