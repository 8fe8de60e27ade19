"""How rows are written between the reader and a target. The reader knows them by these names.

Whatever the syntax, a row's digest is that of its PGCOPY binary.
"""

from __future__ import annotations

import enum


class RowSyntax(enum.StrEnum):
    """What the reader sends (derby/java/RowSyntax.java)."""

    PGCOPY = "pgcopy"
    LOAD = "load"
    VALUES = "values"


class BackSyntax(enum.StrEnum):
    """What a target gives back (derby/java/BackSyntax.java)."""

    PGCOPY = "pgcopy"
    PACKED = "packed"
