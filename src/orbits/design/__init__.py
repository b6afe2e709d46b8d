"""Designers of orbits and transfers."""
