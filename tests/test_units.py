"""Units: quantities in, SI floats out, and advice where a unit is missing or wrong."""

import math

import numpy as np
import pytest
from astropy import units as u
from hypothesis import given
from hypothesis import strategies as st

from orbits.units import KINDS, UnitsError, parse_quantity, parse_si, si


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("200 km", "length", 200e3),
        ("1 au", "length", 149_597_870_700.0),
        ("3.14 km/s", "speed", 3140.0),
        ("180 deg", "angle", math.pi),
        ("-41.6385 deg", "angle", math.radians(-41.6385)),
        ("30 arcsec", "angle", math.radians(30 / 3600)),
        ("14.8 day", "time", 14.8 * 86400.0),
        ("5 min", "time", 300.0),
        ("1 ms", "time", 1e-3),
        ("8.35 t", "mass", 8350.0),
        ("8 m2", "area", 8.0),
        ("0.49 kN", "force", 490.0),
        ("4902.8001224453 km3/s2", "gravitational parameter", 4902.8001224453e9),
        ("0.9856 deg/day", "angular speed", math.radians(0.9856) / 86400.0),
        ("8.4 GHz", "frequency", 8.4e9),
        ("50 kbit/s", "data rate", 5e4),
        ("60 %", "ratio", 0.6),
        ("0.6", "ratio", 0.6),
        ("1e-12 kg/m3", "density", 1e-12),
    ],
)
def test_words_become_si(text, kind, value):
    assert parse_si(text, kind) == pytest.approx(value, rel=1e-15)
    assert parse_quantity(text, kind).unit is not None


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_reads_as_its_kind(kind):
    assert math.isfinite(parse_si(KINDS[kind].example, kind))


@given(st.floats(-1e12, 1e12))
def test_a_length_survives_its_words(value):
    assert parse_si(f"{value!r} m", "length") == value


@pytest.mark.parametrize(
    ("text", "kind", "message", "advice"),
    [
        ("62.4 km", "angle", "a length, but an angle is needed", 'for example "62.4 deg"'),
        ("200", "length", "needs a unit", 'write a length with a unit, for example "200 km"'),
        ("200 kms", "length", "unknown unit 'kms'", "did you mean 'km'?"),
        ("30 degrees", "angle", "unknown unit 'degrees'", "did you mean 'deg'?"),
        ("3 hours", "time", "unknown unit 'hours'", "did you mean 'h'?"),
        ("3 qqq", "time", "unknown unit 'qqq'", 'for example "5 min"'),
        ("nan km", "length", "is not a number with a unit", "200 km"),
        ("1e999 km", "length", "is not a finite number", "200 km"),
        ("", "length", "is not a number with a unit", "200 km"),
        ("1_000 km", "length", "unknown unit '_000 km'", "200 km"),
        ("3 deg_C", "temperature", "something in deg_C, but a temperature is needed", "120 K"),
        (200, "length", "needs a unit", "200 km"),
        (True, "length", "a length in quotes is needed", "200 km"),
    ],
)
def test_a_wrong_word_says_what_to_write(text, kind, message, advice):
    with pytest.raises(UnitsError) as caught:
        parse_quantity(text, kind)
    assert caught.value.message == message
    assert advice in caught.value.help


def test_a_quantity_becomes_a_float_and_an_array_an_array():
    assert isinstance(si(3 * u.km, "length"), float)
    np.testing.assert_array_equal(si([1, 2] * u.km, "length"), [1000.0, 2000.0])


def test_a_bare_float_is_an_error_that_shows_the_fix():
    with pytest.raises(UnitsError, match=r'200.0 has no unit.*Quantity\("200 km"\)'):
        si(200.0, "length")


def test_a_ratio_may_be_bare():
    assert si(0.6, "ratio") == 0.6


def test_a_quantity_of_another_kind_is_refused():
    with pytest.raises(UnitsError, match="a mass, but a length is needed"):
        si(3 * u.kg, "length")


def test_an_unknown_kind_names_the_known_ones():
    with pytest.raises(ValueError, match="unknown kind of quantity 'colour'"):
        si(3 * u.kg, "colour")
