"""Radio links: what a leg carries at its true range. Levels are decibels, all else is SI.

Margin and rate follow from the carrier over the noise density at the receiver,

    C/N0 = EIRP - free-space loss - other losses + G/T - k,    Eb/N0 = C/N0 - 10 log10 R,

with the range of the light's way. The Doppler shift of rate and frequency (below 1e-4) is
neglected, and so is the pattern of the antennas: they point at each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.constants import BOLTZMANN, SPEED_OF_LIGHT
from orbits.events import Event, windows
from orbits.geometry.cuts import leg_cuts
from orbits.geometry.distance import range_event
from orbits.geometry.rows import extremes, sample_times
from orbits.geometry.visibility import Leg
from orbits.windows import Windows

Array = NDArray[np.float64]
Loss = Callable[[Array], Array]

MEDIUM = 275.0  # K, mean radiating temperature of the air
_BEAM = np.radians(70.0)  # rad: half-power width of a dish, times diameter over wavelength


def decibels(ratio: ArrayLike) -> Any:
    """Return ``10 log10`` of a ratio of powers."""
    return 10.0 * np.log10(ratio)


def free_space_loss(distance: ArrayLike, frequency: float) -> Any:
    """Return the loss between isotropic antennas ``distance`` (m) apart, dB.

    ``20 log10(4 pi d f / c)``, ITU-R P.525-4. [itu525]
    """
    return 2.0 * decibels(4.0 * np.pi * np.asarray(distance) * frequency / SPEED_OF_LIGHT)


def dish_gain(diameter: float, frequency: float, efficiency: float) -> float:
    """Return the gain of a dish, dBi: ``efficiency (pi D f / c)^2``. [maral2009]."""
    return float(decibels(efficiency * (np.pi * diameter * frequency / SPEED_OF_LIGHT) ** 2))


def beamwidth(diameter: float, frequency: float) -> float:
    """Return the half-power width of a dish's beam, rad: 70 deg of wavelength over diameter."""
    return float(_BEAM * SPEED_OF_LIGHT / (frequency * diameter))


def pointing_loss(error: float, width: float) -> float:
    """Return the loss of a beam of half-power ``width`` off by ``error``, both rad; dB.

    ``12 (error / width)^2``, within the half-power width. [maral2009]
    """
    return 12.0 * (error / width) ** 2


@dataclass(frozen=True, slots=True)
class Budget:
    """One radio link without its distance.

    Attributes
    ----------
    frequency : float, Hz
    eirp : float, dBW
        Radiated power times gain, less the losses of the transmitting side.
    figure_of_merit : float, dB/K
        Gain over system noise temperature (G/T), less the losses of the receiving side.
    losses : float, dB
        Between the antennas beside free space, and of the modem.
    required : float, dB
        Eb/N0 that the receiver needs, less the gain of the code.
    reserve : float, dB
        Margin that a rate must leave to be used.
    rates : (k,) tuple, bit/s
        The ladder, ascending.
    noise_temperature : float or None, K
        Of the receiving system; where given, air that absorbs also adds its noise.
    adaptive : bool
        Whether the rate follows the range, or each window keeps the rate that suits all of it.
    """

    frequency: float
    eirp: float
    figure_of_merit: float
    losses: float
    required: float
    reserve: float
    rates: tuple[float, ...]
    noise_temperature: float | None = None
    adaptive: bool = True

    def __post_init__(self) -> None:
        rates = np.asarray(self.rates)
        if not rates.size or not np.all(rates > 0.0) or np.any(np.diff(rates) <= 0.0):
            raise ValueError(f"rates must be positive and ascend, got {self.rates} bit/s")
        if not self.frequency > 0.0:
            raise ValueError(f"frequency must be positive, got {self.frequency} Hz")
        if self.noise_temperature is not None and not self.noise_temperature > 0.0:
            raise ValueError(f"noise must be above 0 K, got {self.noise_temperature} K")

    def carrier(self, distance: ArrayLike, attenuation: ArrayLike = 0.0) -> Any:
        """Return C/N0, dB Hz, at ``distance``, m, through air that takes ``attenuation``, dB.

        The noise of the air is ``MEDIUM (1 - 10^(-A/10))`` on top of ``noise_temperature``,
        ITU-R P.618-13, sec. 3. [itu618]
        """
        loss = free_space_loss(distance, self.frequency) + self.losses
        level = self.eirp - loss + self.figure_of_merit - decibels(BOLTZMANN)
        if self.noise_temperature is None:
            return level - attenuation
        added = MEDIUM * (1.0 - 10.0 ** (-0.1 * np.asarray(attenuation)))
        return level - attenuation - decibels(1.0 + added / self.noise_temperature)

    def margin(self, distance: ArrayLike, rate: float, attenuation: ArrayLike = 0.0) -> Any:
        """Return the margin over the required Eb/N0 at ``rate``, bit/s; dB."""
        return self.carrier(distance, attenuation) - decibels(rate) - self.required

    def rate(self, distance: ArrayLike, attenuation: ArrayLike = 0.0) -> Array:
        """Return the greatest rate of the ladder that leaves the reserve, bit/s, or 0."""
        most = self.carrier(distance, attenuation) - self.required - self.reserve
        steps = np.concatenate(([0.0], self.rates))
        return steps[np.searchsorted(decibels(self.rates), most, side="right")]

    def reach(self, rate: float) -> float:
        """Return the distance, m, at which ``rate`` leaves just the reserve, without air."""
        spare = float(self.margin(1.0, rate)) - self.reserve
        return 10.0 ** (0.05 * spare)

    def lines(
        self, distance: float, rate: float, attenuation: float = 0.0
    ) -> tuple[tuple[str, float, str], ...]:
        """Return the budget as rows (name, value, unit), top to bottom as it is added up."""
        carrier = float(self.carrier(distance, attenuation))
        clear = float(self.carrier(distance))
        energy = carrier - float(decibels(rate))
        return (
            ("EIRP", self.eirp, "dBW"),
            ("free-space loss", -float(free_space_loss(distance, self.frequency)), "dB"),
            ("air, with its noise", carrier - clear, "dB"),
            ("other losses", -self.losses, "dB"),
            ("G/T", self.figure_of_merit, "dB/K"),
            ("Boltzmann", -float(decibels(BOLTZMANN)), "dB(Hz K/W)"),
            ("C/N0", carrier, "dBHz"),
            ("rate", -float(decibels(rate)), "dBHz"),
            ("Eb/N0", energy, "dB"),
            ("required", -self.required, "dB"),
            ("margin", energy - self.required, "dB"),
        )


class Flow(NamedTuple):
    """What a leg carries in its windows.

    Attributes
    ----------
    windows : Windows
        Of the leg.
    rates : (k,) array, bit/s
    at_least : tuple of k Windows
        When each rate, or a greater one, is used.
    volume : (n,) array, bit
        In each window.
    lowest, highest : (n,) arrays, bit/s
        Least and greatest rate used in each window; 0 where at times none is.
    least_margin, greatest_margin : (n,) arrays, dB
        Over each window, at the lowest rate of the ladder.
    weakest : tuple of (name, value, unit)
        The budget where the margin is least, at the rate used there; empty without windows.
    """

    windows: Windows
    rates: Array
    at_least: tuple[Windows, ...]
    volume: Array
    lowest: Array
    highest: Array
    least_margin: Array
    greatest_margin: Array
    weakest: tuple[tuple[str, float, str], ...]

    def volumes(self, edges: Array) -> Array:
        """Return what is carried between each two ``edges``, s; (k,) bit for (k + 1,) edges."""
        steps = np.diff(self.rates, prepend=0.0)
        parts = [
            step * held.totals(edges) for step, held in zip(steps, self.at_least, strict=True)
        ]
        return np.sum(parts, axis=0)


def flow(
    leg: Leg,
    open_: Windows,
    budget: Budget,
    *,
    loss: Loss | None = None,
    resolution: float = 10.0,
    tolerance: float = 1e-3,
) -> Flow:
    """Return what ``leg`` carries while it is ``open_``.

    Parameters
    ----------
    loss : (n,) elevations, rad -> (n,) dB, optional
        What the air takes on the way to the leg's station. Without it a rate holds within a
        range, which the search certifies; with it the margin is sampled, and says so.
    resolution, tolerance : float, s
        Of the changes of rate, as in ``events.windows``.

    Raises
    ------
    ValueError
        If ``loss`` is given and no end of the leg is a site.
    """
    keywords = {"resolution": resolution, "tolerance": tolerance, "within": open_}
    held = [
        windows(_enough(leg, budget, rate, loss, open_.span), open_.span, **keywords)
        for rate in budget.rates
    ]
    if not budget.adaptive:
        held = [_throughout(open_, one) for one in held]
    edges = np.stack((open_.start, open_.stop), axis=1).ravel()
    rates = np.asarray(budget.rates, dtype=np.float64)
    totals = [one.totals(edges)[::2] if open_.count else np.empty(0) for one in held]
    share = np.array(totals)  # (k, n) s
    steps = np.diff(rates, prepend=0.0)[:, None]
    full = share >= open_.durations - 2.0 * tolerance
    return Flow(
        open_,
        rates,
        tuple(held),
        np.sum(steps * share, axis=0),
        np.sum(steps * full, axis=0),
        np.sum(steps * (share > 0.0), axis=0),
        *_margins(leg, open_, budget, loss),
    )


def attenuation(leg: Leg, t: Array, loss: Loss | None) -> Array:
    """Return what the air takes at reception times ``t``; (n,) dB."""
    return np.zeros_like(t) if loss is None else loss(leg.horizon().elevation(t))


def _enough(
    leg: Leg, budget: Budget, rate: float, loss: Loss | None, span: tuple[float, float]
) -> Event:
    """Return "``rate`` leaves the reserve"."""
    cuts = leg_cuts(leg.transmitter.path, leg.receiver.path, leg.almanac, span, leg.light_time)
    name = f"rate:{rate:g}"
    if loss is None:
        within = range_event(leg, "max_range", budget.reach(rate), span, cuts)
        return Event(name, within.margin, within.bound, cuts, notes=within.notes)

    def margin(t: Array) -> Array:
        air = attenuation(leg, t, loss)
        return budget.margin(leg.range(t), rate, air) - budget.reserve

    return Event(name, margin, None, cuts, 1e-9, {"light_time": leg.light_time})


def _throughout(open_: Windows, held: Windows) -> Windows:
    """Return the windows of ``open_`` that ``held`` fills from end to end."""
    i = np.searchsorted(held.start, open_.start)
    inside = i < held.count
    fills = np.zeros(open_.count, dtype=bool)
    j = i[inside]
    fills[inside] = (held.start[j] == open_.start[inside]) & (
        held.stop[j] == open_.stop[inside]
    )
    return open_.select(fills)


def _margins(
    leg: Leg, open_: Windows, budget: Budget, loss: Loss | None
) -> tuple[Array, Array, tuple[tuple[str, float, str], ...]]:
    """Return the least and greatest margin over each window, and the budget at the least."""

    def margin(t: Array) -> Array:
        return budget.margin(leg.range(t), budget.rates[0], attenuation(leg, t, loss))

    t = sample_times(open_)
    samples, ends = (t, margin(t)), (open_.start, open_.stop)
    least, when = extremes(margin, *ends, samples, -1.0)
    most = extremes(margin, *ends, samples, 1.0)[0]
    if not least.size:
        return least, most, ()
    at = when[[int(np.argmin(least))]]
    distance, air = float(leg.range(at)[0]), float(attenuation(leg, at, loss)[0])
    rate = float(budget.rate(distance, air)) or budget.rates[0]
    return least, most, budget.lines(distance, rate, air)
