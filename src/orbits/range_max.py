"""Greatest value over any run of neighbours, answered in constant time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class RangeMax:
    """A sparse table: level k holds the greatest of each run of 2**k values."""

    levels: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> "RangeMax":
        """Return the table of ``values`` (n,), built in O(n log n)."""
        levels = [np.ascontiguousarray(values, dtype=np.float64)]
        width = 1
        while 2 * width <= len(values):
            last = levels[-1]
            grown = last.copy()
            grown[: len(last) - width] = np.maximum(last[: len(last) - width], last[width:])
            levels.append(grown)
            width *= 2
        return cls(np.array(levels))

    def over(self, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the greatest value of each run ``first[i]..last[i]``, both included."""
        level = np.frexp((last - first + 1).astype(np.float64))[1] - 1
        return np.maximum(
            self.levels[level, first], self.levels[level, last - (1 << level) + 1]
        )
