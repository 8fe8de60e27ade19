"""Tables that are put away under another name for a moment, so that nobody else reaches them."""

from __future__ import annotations

from collections.abc import Mapping

PREFIX, AWAY = "lg_", "lg_apart_"


def away(name: str) -> str:
    """The other name of a table of the console's; both are as SQL has them."""
    return name.replace(PREFIX, AWAY, 1)


def bare(name: str) -> str:
    return name.strip("`").casefold()


def rename(names: Mapping[str, str]) -> str:
    """All of them at once, or none."""
    return "RENAME TABLE " + ", ".join(f"{old} TO {new}" for old, new in names.items())
