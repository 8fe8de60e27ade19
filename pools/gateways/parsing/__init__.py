"""Pure readers of what a Traveler host prints.

The vendor documents the names of the fields but not the layout (domain.md 9), so every reader goes
by those names, takes a table as well as `field: value` lines, and lists what it could not read.
"""
