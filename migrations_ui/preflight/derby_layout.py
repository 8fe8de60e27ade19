"""The layout of a Derby database on its host: names, sizes and two small files over SFTP.

Read while Traveler runs, and nothing is opened by Derby: only what these files show is judged.
"""

from __future__ import annotations

from migrations_ui.transfer.derby.layout import (
    CONTROL_FILES,
    LOG,
    SEGMENT,
    DerbyLayout,
)
from migrations_ui.transfer.derby.service_properties import ENCODING, PROPERTIES
from pools.gateways.errors import RemoteFileMissing
from pools.gateways.shell import Shell


def remote_layout(shell: Shell, directory: str) -> DerbyLayout:
    """The control file is read before the log is listed: a running Derby goes on to later ones."""
    properties = _read(shell, f"{directory}/{PROPERTIES}")
    control = next(
        (found for name in CONTROL_FILES if (found := _read(shell, f"{directory}/{LOG}/{name}"))),
        b"",
    )
    return DerbyLayout(
        None if properties is None else properties.decode(ENCODING),
        _sizes(shell, f"{directory}/{SEGMENT}"),
        _sizes(shell, f"{directory}/{LOG}"),
        control or b"",
    )


def _read(shell: Shell, path: str) -> bytes | None:
    try:
        return shell.read_bytes(path)
    except RemoteFileMissing:
        return None


def _sizes(shell: Shell, directory: str) -> dict[str, int]:
    try:
        entries = shell.list_directory(directory)
    except RemoteFileMissing:
        return {}
    return {entry.name: entry.size for entry in entries if not entry.is_directory}
