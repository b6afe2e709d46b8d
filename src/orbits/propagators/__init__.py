"""Propagators: from a state and a span to a trajectory."""
