"""Every example runs alone, offline, in an empty folder, and prints numbers."""

import re
import subprocess
import sys

import pytest

from conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def run(name, folder):
    """What an example of the number ``name`` prints."""
    (path,) = (ROOT / "examples").glob(f"{name}_*.py")
    ended = subprocess.run(
        [sys.executable, path], check=False, cwd=folder, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_examples_are_these():
    assert [path.stem for path in EXAMPLES] == [
        "01_relay_windows",
        "02_plot_relay_orbit",
        "03_why_no_link",
        "04_sensitivity_to_node",
        "05_halo_family",
        "06_halo_to_ephemeris",
        "07_relay_tradeoff",
        "08_frozen_orbit_year",
        "09_sun_synchronous",
        "10_salinity_coverage",
        "14_launch_window",
        "15_lunar_transfer",
        "16_landing_site_phasing",
        "24_far_side_coverage",
        "25_contact_plan",
        "26_terrain_mask",
        "27_link_budget",
        "28_exchange",
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_begins_with_what_it_shows(path):
    lines = path.read_text().splitlines()
    assert len(lines) < 80
    assert re.fullmatch(r'"""[A-Z].*\?', lines[0])


def test_the_windows_of_the_chain_add_up_to_its_share(tmp_path):
    printed = run("01", tmp_path)
    hours = [float(x) for x in re.findall(r"^\d\d-\d\d .*?  +(\d+\.\d\d)  ", printed, re.M)]
    share, count = re.search(r"open ([\d.]+) % of the span in (\d+) windows", printed).groups()
    assert len(hours) == int(count) > 25
    # each of the rows is rounded to 0.005 h, the share to 0.005 %
    rounding = 0.005 * len(hours) + 0.005 * 7.2
    assert sum(hours) == pytest.approx(7.2 * float(share), abs=rounding)
    assert "every window and gap longer than 10 s" in printed


def test_the_orbit_is_drawn_and_its_passages_named(tmp_path):
    printed = run("02", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "first-day.svg",
        "orbit-queqiao-2.png",
    ]
    (low, high), (far, farthest) = (
        (float(x) for x in re.findall(r"\s([\d.]+) km", part))
        for part in printed.split("passages through apolune")
    )
    # the Earth moves the perilune by 150 to 400 km each half month; apolune moves against it
    assert 100.0 < low < 300.0
    assert 150.0 < high - low < 600.0
    assert 16_000.0 < far < farthest < 17_500.0


def test_every_way_through_the_chain_has_a_blocking_constraint_in_a_gap(tmp_path):
    gap, window = run("03", tmp_path).split("middle of the longest window")
    assert gap.count(": closed") == 3
    assert len(re.findall(r"BLOCKS \S+ +-\d", gap)) >= 3
    assert "blocks every way: surface/elevation:change-6" in gap
    assert ": open" in window
    assert not re.search(r"holds  \S+ +-\d", gap + window)


def test_a_node_that_meets_the_moon_is_named_and_not_counted_as_zero(tmp_path):
    printed = run("04", tmp_path)
    rows = re.findall(r"^ *(\d+)  +(.*)$", printed, re.M)[:12]
    assert [int(node) for node, _ in rows] == list(range(0, 360, 30))
    met = [int(node) for node, said in rows if said.startswith("meets the moon on 2024-06-")]
    clear = [float(said.split(" %")[0]) for node, said in rows if int(node) not in met]
    assert f"{len(clear)} nodes stay clear of the Moon, {len(met)} meet it: {met}" in printed
    assert {150, 180, 300, 330}.isdisjoint(met)  # the nodes that the mission file names
    assert min(clear) > 70.0
    for verdict, holds, of in re.findall(
        r"holds for (\w+) of them \((\d+) of (\d+)\)", printed
    ):
        assert int(of) == len(clear)
        assert verdict == {len(clear): "all", 0: "none"}.get(int(holds), "some")


def test_sentinel_2_is_designed_from_its_cycle(tmp_path):
    printed = run("09", tmp_path)
    axis, inclination = map(
        float, re.search(r"in the full model +([\d.]+) km +([\d.]+) deg", printed).groups()
    )
    assert axis == pytest.approx(7164.273, abs=0.05)  # km: flown in 2023
    assert inclination == pytest.approx(98.568, abs=0.01)  # deg
    assert re.search(r"143/10 [+-]0 km", printed)
    for pattern in (r"([\d.]+) km off the grid", r"latitude within ([\d.]+) km"):
        assert float(re.search(pattern, printed)[1]) < 1.0  # km: acceptance


def test_the_ocean_is_seen_in_four_days(tmp_path):
    printed = run("10", tmp_path)
    shares = [float(x) for x in re.findall(r"at least +([\d.]+) %", printed)]
    assert shares == sorted(shares)
    assert shares[2] > 99.0  # %: the requirement of the mission
    assert shares[3] == 100.0
    # A dawn-dusk orbit meets the shadow in one season, about a solstice.
    assert re.search(r"eclipses from 2025-05-\d\d to 2025-08-\d\d", printed)


def test_the_south_is_covered_better_than_the_north(tmp_path):
    printed = run("24", tmp_path)
    shares = [float(x) for x in re.findall(r"deg +([\d.]+) %", printed)]
    assert len(shares) == 6
    assert shares == sorted(shares, reverse=True)
    means = [float(x) for x in re.findall(r"mean ([\d.]+) h", printed)]
    assert means[0] <= means[1]  # the gaps that the span cuts are short ones
    assert "every window and gap longer than 10 s" in printed


def test_the_stations_of_the_plan_share_the_hours_of_a_day(tmp_path):
    printed = run("25", tmp_path)
    rows = [list(map(float, x.split())) for x in re.findall(r"^2024-\S+ +(.*)$", printed, re.M)]
    assert len(rows) == 7
    assert all(0.0 < sum(row) < 24.0 for row in rows)
    total, bound = map(float, re.search(r"([\d.]+) h of at most ([\d.]+) h", printed).groups())
    assert 0.95 * bound < total <= bound
    share = float(re.search(r"([\d.]+) % of all messages", printed).group(1))
    assert share == pytest.approx(74.7, abs=1.0)  # %: the chain's own availability


def test_the_mask_is_written_where_the_example_runs(tmp_path):
    printed = run("26", tmp_path)
    angles = [float(x) for x in re.findall(r"([\d.]+) deg$", printed, re.M)]
    assert angles[6] == max(angles)  # the rim is highest in the west
    assert (tmp_path / "change-6.csv").read_text().startswith("azimuth_deg,elevation_deg\n0,")


def test_the_radio_of_queqiao_1_adds_up_by_hand_and_its_ladder_ends_on_the_way(tmp_path):
    printed = run("27", tmp_path)
    # 13.01 dBW + 13 - 1; 92.45 + 20 log10(8.45) + 20 log10(79,000); 44 - 26.02
    for name, value in (
        ("EIRP", 25.01), ("free-space loss", -208.94), ("G/T", 17.98), ("margin", 10.56),
    ):  # fmt: skip
        (found,) = re.findall(rf"^  {re.escape(name)} +(-?[\d.]+) ", printed, re.M)
        assert float(found) == pytest.approx(value, abs=0.011)
    reach = [float(x) for x in re.findall(r"out to +([\d,.]+) Mm", printed.replace(",", ""))]
    assert reach[3] < 79.0 < reach[2] < reach[1] < reach[0]  # 555 kbit/s only near the Moon
    days = re.findall(r"^  (chain|link.surface) +(\S+) +([\d.]+) Gbit", printed, re.M)
    volume = {(name, day): float(x) for name, day, x in days}
    assert len(volume) == 14
    assert all(x <= volume["link.surface", day] for (_, day), x in volume.items())
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"margin-surface.png", "margin-trunk.png"}


def test_the_launch_window_is_the_published_one(tmp_path):
    """09:00 to 10:00 UTC lies within 22.5 to 25 degrees; the flown minute needs 23.5 +- 0.7."""
    printed = run("14", tmp_path)
    rows = re.findall(r"^([\d.]+) deg: lift-off (\d\d:\d\d) UTC.* ([\d.]+) m/s$", printed, re.M)
    second = {float(i): (when, float(cost)) for i, when, cost in rows}
    assert second[22.5][0] < "09:00"
    assert second[25.0][0] > "10:00"
    costs = [cost for _, cost in second.values()]
    assert max(costs) - min(costs) < 3.0
    (flown,) = re.findall(r"flown minute needs ([\d.]+) deg", printed)
    assert float(flown) == pytest.approx(23.5, abs=0.7)
    assert (tmp_path / "launch-window.png").stat().st_size > 10_000


def test_the_way_to_the_moon_adds_up(tmp_path):
    printed = run("15", tmp_path)
    burns = [float(x) for x in re.findall(r"^(?:loi-\d|trim) .* ([\d.]+) m/s", printed, re.M)]
    (total,) = re.findall(r"the spacecraft itself: ([\d.]+) m/s", printed)
    assert len(burns) == 4
    assert sum(burns) == pytest.approx(float(total), abs=0.2 + 1e-9)  # each to 0.05 m/s
    left, used = re.search(r"= ([\d.]+) kg left \+ ([\d.]+) kg used", printed).groups()
    assert float(left) + float(used) + 3200.0 == pytest.approx(8350.0, abs=0.1)
    assert (tmp_path / "lunar-transfer.png").stat().st_size > 10_000


def test_the_south_side_is_the_right_one(tmp_path):
    printed = run("16", tmp_path)
    rows = re.findall(
        r"^(south|north), .* ([\d.]+) m/s at the landing, ([\d.]+) m/s", printed, re.M
    )
    worst = {"south": 0.0, "north": 0.0}
    for side, landing, ascent in rows:
        worst[side] = max(worst[side], float(landing), float(ascent))
    assert worst["south"] < 20.0 < worst["north"]


def test_files_for_other_tools_read_back_within_a_millimetre(tmp_path):
    printed = run("28", tmp_path)
    misses = re.findall(r"read back from \.(\w+) +([\d.]+) mm", printed)
    assert [suffix for suffix, _ in misses] == ["oem", "bsp", "csv"]
    assert all(float(miss) < 1.0 for _, miss in misses)  # mm, the promise of the OEM
    written = {path.name for path in (tmp_path / "out" / "exchange").iterdir()}
    assert {"queqiao-2.oem.xml", "queqiao-2.e", "queqiao-2.script", "moon-50x50.cof"} <= written
    # km: a lunar orbit is 356,500 to 406,700 km away, and up to 18,700 km beside the Moon
    assert 3.3e5 < float(re.search(r"sees it ([\d.]+) km", printed)[1]) < 4.3e5
