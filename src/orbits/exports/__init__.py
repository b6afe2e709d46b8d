"""What leaves the package: window tables, trajectories for other tools, JSON documents."""
