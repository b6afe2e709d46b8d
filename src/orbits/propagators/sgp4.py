"""SGP4: the positions that element sets of the catalogue stand for, and their trajectories.

The model is that of the ``sgp4`` library, with the constants WGS 72 that catalogues are made
with; its positions in true equator, mean equinox (TEME) are turned to ICRF axes.

Sources: Hoots and Roehrich (1980), Spacetrack report no. 3; Vallado et al. (2006), AIAA
2006-6753. [hoots1980] [vallado2006]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4.api import SGP4_ERRORS, SatrecArray

from orbits.almanac import Almanac
from orbits.constants import DAY
from orbits.errors import ConvergenceError, PropagationError
from orbits.frames import GCRF, rotated
from orbits.propagators.element_sets import ElementSet
from orbits.propagators.fitted import TOLERANCE, fitted_trajectory
from orbits.time import duration, utc_iso
from orbits.trajectory import Trajectory

Array = NDArray[np.float64]

_RESONANCE = 720.0 * 60.0  # s, the step of SGP4's own integration of resonant orbits


def teme(elements: ElementSet | Sequence[ElementSet], t: ArrayLike) -> tuple[Array, Array]:
    """Return SGP4's positions (m) and velocities (m/s) in TEME at ``t`` (n,).

    (n, 3) for one element set, (m, n, 3) for a sequence of m. Time since the epoch is counted
    in SI seconds, for a sequence from the first epoch, with no leap second between the others.

    Raises
    ------
    PropagationError
        Where the model fails (``kind`` "decayed" or "model") with the first object and time.
    """
    times = np.asarray(t, dtype=np.float64).reshape(-1)
    one = isinstance(elements, ElementSet)
    sets = [elements] if one else list(elements)
    days = duration(sets[0].epoch, times) / DAY
    whole = np.floor(days)
    model = sets[0].model
    jd, fraction = model.jdsatepoch + whole, model.jdsatepochF + (days - whole)
    codes, r, v = SatrecArray([x.model for x in sets]).sgp4(jd, fraction)
    if codes.any():
        row, column = (int(k[0]) for k in np.nonzero(codes))
        raise _failure(sets[row], times[column], int(codes[row, column]))
    return (r[0] * 1e3, v[0] * 1e3) if one else (r * 1e3, v * 1e3)


def _failure(elements: ElementSet, t: float, code: int) -> PropagationError:
    days = float(elements.age(t)) / DAY
    return PropagationError(
        f"SGP4 fails for {elements.norad_id} {elements.name} at {utc_iso(float(t))}, "
        f"{days:.2f} days from its epoch: {SGP4_ERRORS[code]}; take an element set nearer in "
        "time",
        kind="decayed" if code == 6 else "model",
        t=float(t),
        body="earth",
    )


@dataclass(frozen=True, eq=False, slots=True)
class Sgp4:
    """A propagator of element sets.

    Attributes
    ----------
    almanac : Almanac
        Turns TEME to ICRF axes.
    tolerance : float, m
        Of the pieces that the trajectory is made of; SGP4 itself is good to a kilometre.
    """

    almanac: Almanac
    tolerance: float = TOLERANCE

    def propagate(self, elements: ElementSet, span: tuple[float, float]) -> Trajectory:
        """Return the trajectory of ``elements`` over ``span`` (s), geocentric in ICRF axes.

        Its velocity is the derivative of its position. SGP4's own velocity leaves out the
        derivatives of some periodic terms and differs from it by centimetres a second in low
        orbits and metres a second in Molniya orbits.

        Raises
        ------
        ValueError
            If the span does not run forward.
        DataError
            If the almanac does not cover the span.
        PropagationError
            If the model fails in the span, as after the decay.
        ConvergenceError
            Where SGP4 itself jumps, in deep space at an inclination of 0.2 rad.
        """

        def motion(t: Array) -> tuple[Array, Array]:
            turn = self.almanac.rotation("ICRF", "TEME", t)
            r, v = teme(elements, t)
            return rotated(turn, r), rotated(turn, v)

        deep = elements.model.method == "d"
        cuts = np.empty(0)
        if deep:
            first, last = (np.floor((x - elements.epoch) / _RESONANCE) for x in span)
            cuts = elements.epoch + _RESONANCE * np.arange(first, last + 1.0)
        period = 2.0 * np.pi / elements.model.no_kozai * 60.0
        try:
            return fitted_trajectory(
                motion,
                span,
                GCRF,
                longest=period / 4.0,
                tolerance=self.tolerance,
                consistent=False,
                cuts=cuts,
                provenance=self._provenance(elements, span),
            )
        except ConvergenceError as error:
            if not deep or error.last is None:
                raise
            at = error.last[0]  # type: ignore[index]
            raise ConvergenceError(
                f"SGP4 jumps by about {error.residual:.3g} m at {utc_iso(at)} for "
                f"{elements.norad_id} {elements.name}, where its inclination passes 0.2 rad: "
                "end the span before, or begin it after",
                residual=error.residual,
                last=error.last,
            ) from error

    def _provenance(self, elements: ElementSet, span: tuple[float, float]) -> dict[str, Any]:
        return {
            "propagator": "SGP4",
            "constants": "WGS 72",
            "elements": elements.source,
            "object": elements.norad_id,
            "epoch": utc_iso(elements.epoch),
            "age": [float(elements.age(x)) for x in span],
        }
