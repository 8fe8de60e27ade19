"""Prints records in the layouts a Traveler console might use, for round trips in the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

PREFIXES = (
    "",
    "[012345:000002-00007F] 11/22/2026 10:15:02 AM  Traveler: ",
    "11/22/2026 10:15:02 PM  ",
    "22.11.2026 10:15:02   HCL Traveler: ",
    "[0ABC:0002-7FFE] ",
    "2026-11-22 10:15:02  Traveler: ",
)
NOISE = "11/22/2026 10:15:03 AM  Router: Message 00412AF1 delivered to Ada Byron/Acme"

# What a cell can hold without looking like the gap between two cells or like a field.
WORD = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,12}", fullmatch=True)
DOMINO_NAMES = st.builds("CN={}/O={}".format, WORD, WORD) | st.builds(
    "CN={} {}/OU=Köln/O={}".format, WORD, WORD, WORD
)


def table(rows: Sequence[Mapping[str, str]], names: Sequence[str], *, separator: str) -> list[str]:
    """Fixed-width columns two spaces apart, or cells between separators."""
    grid = [list(names), *([row[name] for name in names] for row in rows)]
    if separator:
        return [separator.join(cells) for cells in grid]
    widths = [max(len(cells[column]) for cells in grid) for column in range(len(names))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        for cells in grid
    ]


def blocks(rows: Sequence[Mapping[str, str]], names: Sequence[str], *, sign: str) -> list[str]:
    """One `field: value` line each, an empty line between two records."""
    return [line for row in rows for line in (*(f"{name}{sign}{row[name]}" for name in names), "")]


def printed(lines: Sequence[str], prefix: str, *, noise: bool) -> str:
    """The lines as a console shows them."""
    shown = [prefix + line for line in lines]
    if noise and prefix:
        shown = [line for pair in zip(shown, [NOISE] * len(shown), strict=True) for line in pair]
    return "\n".join(shown)
