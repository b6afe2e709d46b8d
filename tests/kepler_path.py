"""An analytic two-body path with the interface of a trajectory, to judge the exports by."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

MU_MOON = 4.902800118457549e12  # m3/s2, DE440


@dataclass(frozen=True)
class KeplerPath:
    """An ellipse with apolune over the south, from perilune at the middle of its first day."""

    perilune: float = 1_937_400.0  # m
    apolune: float = 17_737_400.0  # m
    span: tuple[float, float] = (770_342_469.184, 770_342_469.184 + 10 * 86400.0)
    center: str = "moon"
    axes: str = "ICRF"
    joins: tuple[float, ...] = ()

    @property
    def frame(self):
        return SimpleNamespace(center=self.center, axes=self.axes)

    def state(self, t):
        a = 0.5 * (self.perilune + self.apolune)
        e = (self.apolune - self.perilune) / (self.apolune + self.perilune)
        n = np.sqrt(MU_MOON / a**3)
        m = n * (np.asarray(t, float) - (self.span[0] + 43_200.0))
        anomaly = m + 0.85 * e * np.sign(np.sin(m))
        for _ in range(12):
            anomaly = anomaly - (anomaly - e * np.sin(anomaly) - m) / (1 - e * np.cos(anomaly))
        b = a * np.sqrt(1 - e * e)
        x, y = a * (np.cos(anomaly) - e), b * np.sin(anomaly)
        rate = n / (1 - e * np.cos(anomaly))
        vx, vy = -a * np.sin(anomaly) * rate, b * np.cos(anomaly) * rate
        p, q = np.array([0.1, -0.5, 0.86]), np.array([0.95, 0.3, 0.0])
        p = p / np.linalg.norm(p)
        q = q - p * (p @ q)
        q = q / np.linalg.norm(q)
        return x[..., None] * p + y[..., None] * q, vx[..., None] * p + vy[..., None] * q

    def position(self, t):
        return self.state(t)[0]

    def velocity(self, t):
        return self.state(t)[1]


@dataclass(frozen=True)
class JumpingPath(KeplerPath):
    """The same with 1 km added 25 h after the start."""

    def position(self, t):
        return super().position(t) + 1e3 * (np.asarray(t) >= self.span[0] + 90_000.0)[..., None]
