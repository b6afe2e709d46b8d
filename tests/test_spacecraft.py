"""What a spacecraft is."""

import pytest

from orbits.spacecraft import Spacecraft


def test_ratios_and_naif_number_follow_from_what_is_given():
    relay = Spacecraft(
        "queqiao-2", mass=1200.0, radiation_area=15.0, reflectivity=1.3, norad_id=59274
    )
    assert relay.radiation_ratio == pytest.approx(0.01625, rel=1e-15)
    assert relay.drag_ratio == 0.0
    assert relay.naif_id == -159_274
    assert Spacecraft("x", norad_id=5, naif_id=-7).naif_id == -7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mass": 0.0}, "mass of x must be more than 0 kg"),
        ({"mass": 10.0, "propellant": 20.0}, "propellant of x, 20 kg, exceeds its mass"),
        ({"radiation_area": -1.0}, "radiation_area of x must be 0 or more"),
        ({"drag_area": float("nan")}, "drag_area of x must be 0 or more"),
    ],
)
def test_impossible_spacecraft_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Spacecraft("x", **arguments)
