"""The files of a Derby database on its host, by name, size and time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from migrations_ui.hosts import Host
from pools.gateways.shell import Shell

# Made by a running Derby and gone when it ends: no part of the data.
LOCK_FILES = frozenset({"db.lck", "dbex.lck"})


@dataclass(frozen=True, slots=True)
class DerbyListing:
    """`sha256` changes when any file is added, removed, resized or written to."""

    sha256: str
    files: int
    bytes: int


def derby_listing(host: Host) -> DerbyListing:
    """Raises RemoteFileMissing when the server has no Derby database."""
    lines = sorted(_walk(host.shell, host.derby_directory, ""))
    digest = hashlib.sha256(
        "\n".join(f"{name} {size} {time}" for name, size, time in lines).encode()
    )
    return DerbyListing(digest.hexdigest(), len(lines), sum(size for _, size, _ in lines))


def _walk(shell: Shell, directory: str, below: str) -> list[tuple[str, int, int]]:
    found = []
    for entry in shell.list_directory(f"{directory}{below}"):
        name = f"{below}/{entry.name}"
        if entry.is_directory:
            found += _walk(shell, directory, name)
        elif entry.name not in LOCK_FILES:
            found.append((name, entry.size, entry.modified))
    return found
