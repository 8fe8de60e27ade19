"""Putting a backup back on its server: for the rollback, and for `manage.py restore_backup`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from migrations_ui.hosts import Host
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files import server_files
from migrations_ui.steps.files.archive import ArchiveDamaged, ArchiveFacts, extract, verify_archive
from migrations_ui.steps.files.private_files import make_private_directory
from pools.gateways.remote_files import OnProgress


def require_down(host: Host) -> None:
    """Raise StepFailed while Domino runs: it would write to files that are being replaced."""
    if host.console.server_running():
        raise StepFailed(
            f"Domino runs on {host.shell.login.host}, and it has to be down for this.",
            remedy="Somebody started it in the meantime: stop it, then try again.",
        )


def restore_archive(
    host: Host,
    archive: Path,
    scratch: Path,
    *,
    sha256: str,
    on_progress: OnProgress,
    before_swap: Callable[[], None] = lambda: None,
) -> int:
    """Check the archive and put every file of it in its place; returns their number.

    `scratch` is a directory on this machine with room for the unpacked files. `sha256`: of the
    archive as it was made; '' where nobody knows it. `before_swap` is called when all files are on
    the host and proved, and none of the host's own is replaced yet.
    """
    require_down(host)
    facts = _proved(archive, sha256)
    make_private_directory(scratch)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="restore-") as unpacked:
        tree = Path(unpacked)
        files = extract(archive, tree)
        replacement = server_files.replacement(host, tree, facts.sums, on_progress=on_progress)
        replacement.stage()
        before_swap()
        replacement.swap()
    return files


def _proved(archive: Path, sha256: str) -> ArchiveFacts:
    """Raise StepFailed for an archive that is damaged, or not the one that was made."""
    try:
        facts = verify_archive(archive, on_progress=lambda done, total: None)
    except (ArchiveDamaged, OSError) as error:
        raise StepFailed(
            f"The backup {archive.name} cannot be used: {error}",
            remedy="Restore the server from a backup of your own.",
        ) from error
    if sha256 not in ("", facts.sha256):
        raise StepFailed(
            f"The backup {archive.name} has the SHA-256 sum {facts.sha256}, but {sha256} was "
            "recorded when it was made: somebody has changed it since.",
            remedy="Put the archive back as it was, or restore the server from a backup of your "
            "own.",
        )
    return facts
