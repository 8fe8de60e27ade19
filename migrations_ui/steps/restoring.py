"""Putting a backup back on its server: for the roll-back, and for `manage.py restore_backup`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from migrations_ui.hosts import Host
from migrations_ui.steps import server_files
from migrations_ui.steps.archive import ArchiveDamaged, extract, verify_archive
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.private_files import make_private_directory
from pools.gateways.remote_files import OnProgress


def require_down(host: Host) -> None:
    """Raise StepFailed while Domino runs: it would write to files that are being replaced."""
    if host.console.server_running():
        raise StepFailed(
            f"Domino runs on {host.shell.login.host}, and it has to be down for this.",
            remedy="Somebody started it in the meantime: stop it, then try again.",
        )


def restore_archive(host: Host, archive: Path, scratch: Path, *, on_progress: OnProgress) -> int:
    """Check the archive and put every file of it in its place; returns their number.

    `scratch` is a directory on this machine with room for the unpacked files.
    """
    require_down(host)
    try:
        verify_archive(archive, on_progress=lambda done, total: None)
    except (ArchiveDamaged, FileNotFoundError) as error:
        raise StepFailed(
            f"The backup {archive.name} cannot be used: {error}",
            remedy="Restore the server from a backup of your own.",
        ) from error
    make_private_directory(scratch)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="restore-") as tree:
        files = extract(archive, Path(tree))
        server_files.upload(host, Path(tree), on_progress=on_progress)
    return files
