"""What the reader found in a private copy, kept beside it: counting thousands of tables takes long,
and every step of a run asks.

A private copy is read and never written, so what is kept holds for as long as it is the copy of the
same files (`identity`, their digest). The copy counts the rows that it reads, so a count that is
wrong stops it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

SUFFIX = ".catalog.json"


def load_catalog(directory: Path, identity: str) -> dict[str, Any] | None:
    """The reader's answer of an earlier time; None when there is none for these very files."""
    with suppress(FileNotFoundError, ValueError):
        kept: dict[str, Any] = json.loads(_path(directory).read_text())
        if identity and kept["of"] == identity:
            answer: dict[str, Any] = kept["catalog"]
            return answer
    return None


def store_catalog(directory: Path, identity: str, catalog: dict[str, Any]) -> None:
    """Nothing is kept of a copy without identity."""
    if not identity:
        return
    path = _path(directory)
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps({"of": identity, "catalog": catalog}))
    partial.rename(path)


def _path(directory: Path) -> Path:
    return directory.with_name(directory.name + SUFFIX)
