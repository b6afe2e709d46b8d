"""Forces on a spacecraft, parts of one compiled right-hand side."""
