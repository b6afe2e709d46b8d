"""Geometry: questions asked of paths, answered as margins, windows and rows."""
