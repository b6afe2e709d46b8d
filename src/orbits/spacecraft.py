"""What a spacecraft is, apart from where it is."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spacecraft:
    """Mass and surfaces of a spacecraft, as forces and exports need them.

    Attributes
    ----------
    name : str
    mass : float, kg
        With all propellant.
    propellant : float, kg
        Part of ``mass``.
    drag_area : float, m2
    drag_coefficient : float
    radiation_area : float, m2
    reflectivity : float
        Coefficient cr of the cannonball model: 1 absorbs, 2 mirrors back.
    norad_id : int or None
    naif_id : int or None
        -100000 - ``norad_id`` where None is given and the former is known.

    Raises
    ------
    ValueError
        If a number is negative or not finite, or the propellant exceeds the mass.
    """

    name: str
    mass: float = 1000.0
    propellant: float = 0.0
    drag_area: float = 0.0
    drag_coefficient: float = 2.2
    radiation_area: float = 0.0
    reflectivity: float = 1.0
    norad_id: int | None = None
    naif_id: int | None = None

    def __post_init__(self) -> None:
        for name in (
            "mass", "propellant", "drag_area", "drag_coefficient", "radiation_area",
            "reflectivity",
        ):  # fmt: skip
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise ValueError(f"{name} of {self.name} must be 0 or more, got {value}")
        if self.mass == 0.0:
            raise ValueError(f"mass of {self.name} must be more than 0 kg")
        if self.propellant > self.mass:
            raise ValueError(
                f"propellant of {self.name}, {self.propellant:g} kg, exceeds its mass, "
                f"{self.mass:g} kg, which includes it"
            )
        if self.naif_id is None and self.norad_id is not None:
            object.__setattr__(self, "naif_id", -100_000 - self.norad_id)

    @property
    def radiation_ratio(self) -> float:
        """``reflectivity * radiation_area / mass``, m2/kg."""
        return self.reflectivity * self.radiation_area / self.mass

    @property
    def drag_ratio(self) -> float:
        """``drag_coefficient * drag_area / mass``, m2/kg."""
        return self.drag_coefficient * self.drag_area / self.mass
