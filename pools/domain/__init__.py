"""Rules of the Traveler world: pure functions and values, no I/O, no Django."""
