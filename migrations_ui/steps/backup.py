"""Backup: the server's files as they are at rest, in one archive that can be trusted.

The server is down by now. Derby and .nsf files that are open change while they are read, and a
rollback from such a copy could lose what devices synced in the meantime; so one cold, verified
archive is both what a rollback restores and the source of the copy. It is kept when the run ends.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

from django.conf import settings

from migrations_ui.hosts import Host
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files import server_files
from migrations_ui.steps.files.archive import (
    ArchiveDamaged,
    OnProgress,
    verify_archive,
    write_archive,
)
from migrations_ui.steps.files.derby_files import derby_listing
from migrations_ui.steps.outage import outage_limit
from migrations_ui.steps.stop import prove_closed
from pools.gateways.trees import TreeProgress

MEGABYTE = 1024 * 1024


def run(context: StepContext) -> str:
    tree = context.run_directory / "host"
    archive = context.backup_archive
    require_time = outage_limit(context)
    require_time()
    with context.open_host() as host:
        prove_closed(context, host)
        _download(context, host, require_time)
    follow = _following(context, require_time)
    encrypted = settings.LIFEGUARD_ENCRYPT_BACKUPS
    write_archive(tree, archive, on_progress=follow, encrypted=encrypted)
    try:
        facts = verify_archive(archive, on_progress=follow)
    except ArchiveDamaged as error:
        archive.unlink()
        raise StepFailed(str(error), remedy="Check the worker's disk, then retry.") from error
    context.remember(backup_path=str(archive), backup_sha256=facts.sha256, backup_bytes=facts.bytes)
    shutil.rmtree(tree)
    return (
        f"{facts.files} files, {facts.bytes / MEGABYTE:,.1f} MB, read back and equal to their "
        f"SHA-256 sums{', encrypted' if encrypted else ''}."
    )


def undo(context: StepContext) -> str:
    """What was read so far goes. A complete backup stays, but not that of a rehearsal: its server
    has run on since."""
    shutil.rmtree(context.run_directory, ignore_errors=True)
    if not context.migration.is_rehearsal:
        return "The backup is kept."
    context.backup_archive.unlink(missing_ok=True)
    context.remember(backup_path="")
    return "The trial backup is removed from the worker."


def _download(context: StepContext, host: Host, require_time: Callable[[], None]) -> None:
    def follow(progress: TreeProgress) -> None:
        context.check()
        require_time()
        context.journal.progress(progress.bytes_done, progress.bytes_total, "bytes")

    before = derby_listing(host)
    missing = server_files.download(host, context.run_directory / "host", on_progress=follow)
    for name in missing:
        context.log(f"The server has no {name}; the backup is without it.", level=Level.WARNING)
    if derby_listing(host).sha256 != before.sha256:
        raise StepFailed(
            f"The Derby database of {context.migration.server} changed while it was read.",
            remedy="Make sure that nothing starts Traveler on that host, then retry.",
        )
    context.remember(source_listing=before.sha256)
    context.log(f"Derby database: {before.files} files, {before.bytes / MEGABYTE:,.1f} MB.")


def _following(context: StepContext, require_time: Callable[[], None]) -> OnProgress:
    def follow(done: int, total: int) -> None:
        context.check()
        require_time()
        context.journal.progress(done, total, "bytes")

    return follow
