"""What the reader found in a private copy, kept beside it: counting thousands of tables takes long,
and every step of a run asks.

A private copy is read and never written, so what is kept holds for as long as its containers are
the same files. The copy counts the rows that it reads, so a count that is wrong stops it.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from migrations_ui.transfer.derby.layout import SEGMENT

SUFFIX = ".catalog.json"


def load_catalog(directory: Path) -> dict[str, Any] | None:
    """The reader's answer of an earlier time; None when there is none for these very files."""
    with suppress(FileNotFoundError, ValueError):
        kept: dict[str, Any] = json.loads(_path(directory).read_text())
        if kept["of"] == _fingerprint(directory):
            answer: dict[str, Any] = kept["catalog"]
            return answer
    return None


def keep_catalog(directory: Path, catalog: dict[str, Any]) -> None:
    path = _path(directory)
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps({"of": _fingerprint(directory), "catalog": catalog}))
    partial.rename(path)


def _path(directory: Path) -> Path:
    return directory.with_name(directory.name + SUFFIX)


def _fingerprint(directory: Path) -> str:
    """Of the containers, by name, size and time."""
    found = hashlib.sha256()
    for path in sorted((directory / SEGMENT).iterdir()):
        facts = path.stat()
        found.update(f"{path.name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return found.hexdigest()
