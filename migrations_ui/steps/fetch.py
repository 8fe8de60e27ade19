"""Fetch: a private copy of the Derby database, out of the verified backup, to read from.

The reader opens this copy and never the original: the source is not written, not even its locks.
"""

from __future__ import annotations

import shutil

from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files import server_files
from migrations_ui.steps.files.archive import ArchiveDamaged, extract
from migrations_ui.steps.files.private_files import make_private_directory
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.snapshot import directory_digest


def run(context: StepContext) -> str:
    files, digest = unpack_private_copy(context)
    _prove_readable(context)
    context.remember(source_sha256=digest)
    return f"{files} files, SHA-256 {digest[:16]}…"


def undo(context: StepContext) -> str:
    """Give the disk room back. The backup stays."""
    shutil.rmtree(context.run_directory, ignore_errors=True)
    return "The private copy has been removed; the backup is kept."


def _prove_readable(context: StepContext) -> None:
    """Open it once: a wrong password or a database that is not whole is found here."""
    with DerbySource(context.private_copy, login=context.migration.derby_login) as source:
        if source.left_out:
            context.log(
                f"Not followed of service.properties, in the private copy: "
                f"{', '.join(source.left_out)}.",
                level=Level.WARNING,
            )
        context.log("Derby opens the private copy.")


def unpack_private_copy(context: StepContext, *, expected: str = "") -> tuple[int, str]:
    """Make it again from the backup; returns the number of its files and their digest.

    Raises StepFailed when there is no backup, or it does not hold the `expected` digest.
    """
    archive = context.backup_archive
    if not archive.is_file():
        raise StepFailed(
            f"The backup {archive.name} is not on this worker.",
            remedy="Put it back where it was, or run the worker that has it.",
        )
    part = context.run_directory / "ntsdb.part"
    for leftover in (part, context.private_copy):
        shutil.rmtree(leftover, ignore_errors=True)
    make_private_directory(context.run_directory)
    below = server_files.derby_in_archive(context.migration.server.profile.host_profile())
    try:
        files = extract(archive, part, below=below)
    except ArchiveDamaged as error:
        raise StepFailed(f"The backup cannot be unpacked: {error}", remedy="Then retry.") from error
    if not (part / "service.properties").exists():
        raise StepFailed(
            "The backup holds no Derby database (no service.properties).",
            remedy="Correct the Derby directory in the server's command profile, then retry.",
        )
    digest = directory_digest(part)
    if expected not in ("", digest):
        raise StepFailed(
            f"The backup {archive.name} is not the one that was copied from.",
            remedy="Put the right one back in its place, then go on.",
        )
    part.rename(context.private_copy)
    return files, digest
