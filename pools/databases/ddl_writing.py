"""How the DDL of one engine is written without a server (tools/store_ddl.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DdlWriting:
    """`prepare` runs before the Django backend is imported; `attributes` are what the backend would
    ask a server; `removed` is taken out of each statement."""

    prepare: Callable[[], None] | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    removed: str = ""


NOTHING_SPECIAL = DdlWriting()
