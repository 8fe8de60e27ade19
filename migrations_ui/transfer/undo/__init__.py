"""Takes a run's rows out of the target, and what it retained."""
