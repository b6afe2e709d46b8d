"""The test that a bound holds: second differences of a margin against it, over intervals."""

import numpy as np

LENGTHS = (60.0, 600.0, 3600.0, 14_400.0)  # s


def greatest_ratio(event, span, rng, count=60):
    """Return the greatest ratio of a second difference to the bound of its interval.

    Intervals of several lengths lie anywhere between the event's cuts. Where the bound is 0
    (no edge, proven) the margin must keep its sign; both are checked at points inside.
    """
    greatest = 0.0
    for length in LENGTHS:
        a = rng.uniform(span[0] + 1e3, span[1] - 2e4, count)
        b = a + length
        whole = np.searchsorted(event.cuts, a) == np.searchsorted(event.cuts, b)
        a, b = a[whole], b[whole]
        if not a.size:
            continue
        bound = event.bound(a, b)
        step = min(length / 40.0, 60.0)
        t = a + np.linspace(step, length - step, 25)[:, None]
        values = [
            event.margin((t + shift).ravel()).reshape(t.shape) for shift in (-step, 0.0, step)
        ]
        second = np.abs(values[0] - 2.0 * values[1] + values[2])
        # Four times the error that a margin may have, by the event's own word.
        second = np.maximum(second - 4.0 * event.allowance, 0.0).max(axis=0) / step**2
        settled = bound == 0.0
        signs = np.sign(np.concatenate(values))[:, settled]
        assert np.all(signs == signs[:1]), f"{event.name} has an edge where none is promised"
        open_ = ~settled & np.isfinite(bound)
        if open_.any():
            greatest = max(greatest, float(np.max(second[open_] / bound[open_])))
    return greatest
