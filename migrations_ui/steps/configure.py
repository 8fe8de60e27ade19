"""Configure: set the server to use the pool's database (article; domain.md 2).

`travelerUtil db set` checks the login before it stores it; the password is typed at its prompt
and appears in no log, list of processes or task.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone

from migrations_ui.hosts import Host
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.database_there import require_database_there
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files.derby_aside import is_aside, remove_aside, set_aside
from migrations_ui.steps.files.derby_files import derby_listing
from migrations_ui.steps.files.restore import require_down, restore_archive
from pools.databases.engines import ENGINES
from pools.databases.jdbc import parse_jdbc_url
from pools.databases.jdbc_form import NotJdbc
from pools.gateways.errors import CommandFailed, RemoteFileError
from pools.gateways.parsing.db_show import DatabaseSetting
from pools.gateways.trees import TreeProgress

LONGEST_QUOTE = 400


def run(context: StepContext) -> str:
    database = context.migration.pool.database
    with context.open_host() as host:
        require_down(host)
        _require_source_unchanged(context, host)
        jar = jdbc_jar(host, database.engine)
        context.log(f"travelerUtil db set {database.jdbc_url}, user {database.username}, {jar}")
        context.remember(configured_at=timezone.now())
        try:
            _set_and_check(context, host, jar)
        except (CommandFailed, StepFailed) as error:
            require_database_there(context, error)
            _set_and_check(context, host, jar)
        if not context.migration.is_vendor_transfer:
            set_aside(context, host)
    return f"{context.migration.server} is set to {database.jdbc_url}, and its check passed."


def _set_and_check(context: StepContext, host: Host, jar: str) -> None:
    database = context.migration.pool.database
    host.traveler_util.db_set(
        url=database.jdbc_url,
        user=database.username,
        password=database.password,
        jar_path=jar,
    )
    shown = host.traveler_util.db_show(secrets=[database.password])
    require_shown(shown, database.jdbc_url)
    checked = host.traveler_util.db_check()
    if checked.passed is None:
        raise StepFailed(
            f"What travelerUtil db check printed is not understood: “{quoted(checked.messages)}”.",
            remedy="Put its word for right or wrong into “valid” or “failed” of the answer "
            f"words, in the command profile {context.migration.server.profile}; then retry.",
        )
    if not checked.passed:
        raise StepFailed(
            f"travelerUtil db check: {' / '.join(checked.complaints or checked.messages)}",
            remedy="Make sure that the host itself reaches the database, then retry.",
        )


def undo(context: StepContext) -> str:
    """Back to Derby: `db remove`, and every file of the backup in its place.

    All of them are on the host before the first one is replaced. Before `db set` there is nothing
    to take back, and what the server wrote since would be lost.
    """
    if context.migration.configured_at is None:
        return f"{context.migration.server} had not been changed; its files stay as they are."
    with context.open_host() as host:
        require_down(host)
        _restore(context, host)
    return f"The backup of {context.migration.server} is restored; it uses its own database again."


def _require_source_unchanged(context: StepContext, host: Host) -> None:
    """Raise StepFailed when the server has written to its Derby database since it was copied.

    Once the server is set to the pool's database it may do so: that is then the way of things
    when this step was cut off or failed at its check.
    """
    migration = context.migration
    if is_aside(migration, host):
        # Nobody opens it there, and it was compared before.
        return
    if migration.configured_at is not None and _is_set_to(host, migration.pool.database.jdbc_url):
        return
    if migration.source_listing and derby_listing(host).sha256 != migration.source_listing:
        raise StepFailed(
            f"The Derby database of {migration.server} has changed since it was copied: somebody "
            "started the server in between.",
            remedy="Roll back, which leaves the server's files as they are now, and migrate it "
            "again.",
        )


def _is_set_to(host: Host, ours: str) -> bool:
    try:
        return parse_jdbc_url(host.traveler_util.db_show().url).is_same(parse_jdbc_url(ours))
    except NotJdbc:
        return False


def require_shown(shown: DatabaseSetting, ours: str) -> None:
    """Raise StepFailed unless `db show` printed our address: what was set has to be read back."""
    if shown.url:
        require_address(shown.url, ours)
        return
    said = quoted([*(f"{name}: {value}" for name, value in shown.other), *shown.unread])
    raise StepFailed(
        f"After db set the server does not show {ours}. What db show printed has no address: "
        f"“{said}”.",
        remedy="Run `travelerUtil db show` on the host to see why, then retry.",
    )


def quoted(lines: Sequence[str]) -> str:
    """What a host printed, as far as a message has room for it."""
    text = " / ".join(line.strip() for line in lines if line.strip())
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def require_address(shown: str, ours: str) -> None:
    """Raise StepFailed when what `db show` printed is another address than ours."""
    remedy = "Run `travelerUtil db show` on the host to see why, then retry."
    try:
        address = parse_jdbc_url(shown)
    except NotJdbc as error:
        raise StepFailed(
            f"After db set the server does not show {ours}. {error}", remedy=remedy
        ) from None
    if not address.is_same(parse_jdbc_url(ours)):
        raise StepFailed(
            f"After db set the server is set to {address.without_secrets()}, not to {ours}.",
            remedy=remedy,
        )


def jdbc_jar(host: Host, engine: str) -> str:
    """The path of the driver on the host. Raises StepFailed when it is not there."""
    wanted = ENGINES[engine].jdbc_jar
    directory = host.jar_directory
    try:
        names = [entry.name for entry in host.shell.list_directory(directory)]
    except RemoteFileError as error:
        raise StepFailed(str(error), remedy=f"Copy {wanted} to {directory}, then retry.") from error
    name = wanted.choose(names)
    if name is None:
        raise StepFailed(
            f"There is no {wanted} in {directory}.", remedy="Copy the driver there, then retry."
        )
    return f"{directory}/{name}"


def _restore(context: StepContext, host: Host) -> None:
    def follow(progress: TreeProgress) -> None:
        context.check()
        context.journal.progress(progress.bytes_done, progress.bytes_total, "bytes")

    def remove_setting() -> None:
        try:
            host.traveler_util.db_remove()
        except CommandFailed as error:
            # The backup's LotusTraveler.nsf, where the setting is kept, has none anyway.
            context.log(f"db remove was refused: {error}", level=Level.WARNING)

    files = restore_archive(
        host,
        Path(context.migration.backup_path),
        context.run_directory,
        sha256=context.migration.backup_sha256,
        on_progress=follow,
        before_swap=remove_setting,
    )
    context.log(f"{files} files were put back.")
    remove_aside(context, host)
    _require_own_database(context, host)


def _require_own_database(context: StepContext, host: Host) -> None:
    """The setting is in a file of the backup; that it is read so is asked all the same."""
    shown = host.traveler_util.db_show(secrets=[context.migration.pool.database.password])
    if shown.uses_derby is False:
        raise StepFailed(
            f"The backup is restored, but db show on {context.migration.server} still names "
            "another database than its own.",
            remedy="Run `travelerUtil db remove` on the host, then roll back again.",
        )
    if shown.uses_derby is None:
        context.log(
            f"What db show printed is not understood: “{quoted(shown.unread)}”.",
            level=Level.WARNING,
        )
