"""Hermite interpolation: exact for polynomials of its degree, and the windows it takes."""

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from orbits.hermite import evaluate, newton, windows_around


@pytest.mark.parametrize("nodes", [2, 3, 4, 6])
def test_a_polynomial_of_its_degree_comes_back_with_its_rate(nodes):
    generator = np.random.default_rng(nodes)
    curves = [Polynomial(generator.normal(size=2 * nodes)) for _ in range(3)]
    step = generator.uniform(0.5, 1.0, (50, nodes))
    t = np.cumsum(step, axis=1) - 0.5 * np.sum(step, axis=1, keepdims=True)
    r = np.stack([p(t) for p in curves], axis=-1)
    v = np.stack([p.deriv()(t) for p in curves], axis=-1)
    at = generator.uniform(t[:, :1], t[:, -1:], (50, 7))
    value, rate = evaluate(*newton(t, r, v), at)
    scale = np.max(np.abs(r))
    # rounding grows with the order of the divided differences; 12 of them at most
    assert np.max(np.abs(value - np.stack([p(at) for p in curves], -1))) < 1e-11 * scale
    assert np.max(np.abs(rate - np.stack([p.deriv()(at) for p in curves], -1))) < 1e-10 * scale


def test_an_interval_lies_in_the_middle_of_its_nodes_but_at_the_ends():
    assert windows_around(7, 4).tolist() == [0, 0, 1, 2, 3, 3]
    assert windows_around(4, 4).tolist() == [0, 0, 0]
    assert windows_around(3, 2).tolist() == [0, 1]


def test_the_error_falls_with_the_eighth_power_of_the_step():
    def error(step):
        t = step * (np.arange(4.0) - 1.5)[None]
        form = newton(t, np.exp(t)[..., None], np.exp(t)[..., None])
        return abs(evaluate(*form, np.zeros((1, 1)))[0].item() - 1.0)

    assert error(0.4) / error(0.2) == pytest.approx(2**8, rel=0.1)  # next term: step squared
