"""``python -m orbits`` is the command ``orbits``."""

from orbits.cli import main

main()
