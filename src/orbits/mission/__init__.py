"""The mission file: what it may say, how it is read, and what comes out of it."""
