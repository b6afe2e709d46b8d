"""The review file: one HTML page with everything that a run found, and where it came from."""

from orbits.report.clock import Clock
from orbits.report.material import File, Material
from orbits.report.page import report_html

__all__ = ["Clock", "File", "Material", "report_html"]
