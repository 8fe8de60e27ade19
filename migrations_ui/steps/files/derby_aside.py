"""The server's own Derby database is out of its way when it first starts on the pool.

Its rows are in the pool by then. What a server does that finds a Derby database at its first start
on a pool is the vendor's own transfer (domain.md 6): the same rows would go there twice. Renamed in
its folder, the files stay as they were, until a rollback puts back the whole folder or a person
deletes them.
"""

from __future__ import annotations

from migrations_ui.hosts import Host
from migrations_ui.models import Migration
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from pools.gateways.errors import RemoteFileError


def aside_path(migration: Migration, derby_directory: str) -> str:
    """Of this run: one from an earlier migration of the server may still be there."""
    return f"{derby_directory}.lifeguard-{migration.run_id[:8]}"


def is_aside(migration: Migration, host: Host) -> bool:
    return host.shell.exists(aside_path(migration, host.derby_directory))


def set_aside(context: StepContext, host: Host) -> None:
    """Rename it, once; the server has to be down. Raises StepFailed."""
    derby, aside = host.derby_directory, aside_path(context.migration, host.derby_directory)
    if not host.profile.derby_aside or is_aside(context.migration, host):
        return
    try:
        host.shell.rename(derby, aside)
    except RemoteFileError as error:
        raise StepFailed(
            f"{derby} on {context.migration.server} could not be set aside: {error}",
            remedy="Let the login rename that folder, then retry. Or turn “Set Derby aside” off in "
            f"the command profile {context.migration.server.profile}, if this server does not "
            "transfer its Derby database by itself.",
        ) from error
    context.log(
        f"{derby} is {aside.rpartition('/')[2]} now, so that {context.migration.server} does not "
        "transfer the same rows again. A rollback puts it back."
    )


def remove_aside(context: StepContext, host: Host) -> None:
    """After a rollback, where it was not in the folder that the backup replaced."""
    if is_aside(context.migration, host):
        host.shell.remove_tree(aside_path(context.migration, host.derby_directory))
