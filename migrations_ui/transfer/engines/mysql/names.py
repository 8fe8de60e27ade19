"""Names in this engine's quotes."""

from __future__ import annotations

from collections.abc import Sequence


def quote(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def listed(names: Sequence[str], alias: str = "") -> str:
    """Names with commas between them, each of the table `alias`."""
    return ", ".join(f"{alias}.{quote(name)}" if alias else quote(name) for name in names)
