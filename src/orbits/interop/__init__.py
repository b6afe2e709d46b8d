"""Trajectories and states as poliastro, Skyfield and astropy hold them, and back."""
