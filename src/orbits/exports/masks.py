"""Horizon masks as the CSV files that missions read."""

from pathlib import Path

import numpy as np

from orbits.exports.atomic import write_text
from orbits.sites import HEADER, Mask


def mask_csv(mask: Mask) -> str:
    """Return a mask as text: azimuth_deg,elevation_deg, to 1e-4 degrees.

    Elevations are rounded up, so that the file never lies under the mask.
    """
    azimuth_deg = np.degrees(mask.azimuth)
    elevation_deg = np.ceil(np.degrees(mask.elevation) * 1e4 - 1e-6) / 1e4
    rows = [f"{a:.10g},{e:.4f}" for a, e in zip(azimuth_deg, elevation_deg + 0.0, strict=True)]
    return "\n".join([",".join(HEADER), *rows]) + "\n"


def write_mask(path: str | Path, mask: Mask) -> Path:
    """Return ``path`` after the mask stands in it.

    Raises
    ------
    ExportError
        If the folder does not exist or cannot be written.
    """
    return write_text(path, mask_csv(mask))
