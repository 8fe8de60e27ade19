"""Stop: take the server out of service and prove that nobody has its Derby database open.

The whole of Domino stops, not only Traveler: the backup that follows wants closed .nsf files.
"""

from __future__ import annotations

from migrations_ui.hosts import Host
from migrations_ui.states import Level, StepName
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files.derby_files import derby_listing
from migrations_ui.steps.outage import outage_limit
from pools.gateways.errors import CommandFailed, TimedOut
from pools.states import OverallStatus

# Derby removes its lock a moment after its process has ended.
UNLOCK_SECONDS = 30
TRAVELER_UP_SECONDS = 180


def run(context: StepContext) -> str:
    server = context.migration.server
    with context.open_host() as host:
        running = host.console.server_running()
        if context.migration.server_was_running is None:
            context.remember(server_was_running=running)
        outage_limit(context)()
        if running:
            _drain(context, host)
            context.check()
            context.log(f"Stopping Domino on {server}.")
            host.console.stop_server()
        prove_closed(context, host)
    return f"{server} is down and its Derby database is closed."


def undo(context: StepContext) -> str:
    """Start the server again, if it ran before, and let it take syncs."""
    server = context.migration.server
    if context.has_done(StepName.RESTART):
        return f"{server} was started again before the copy; it is left alone."
    with context.open_host() as host:
        running = host.console.server_running()
        if running:
            context.log(
                "The server runs already: its files are not compared with what was fetched."
            )
        else:
            _compare_with_fetched(context, host)
        if not context.migration.server_was_running:
            return f"{server} was down before the migration and stays so."
        if not running:
            host.console.start_server()
        if not context.wait(TRAVELER_UP_SECONDS, until=lambda: traveler_answers(host)):
            raise StepFailed(
                f"{server} was started, but Traveler has not answered for {TRAVELER_UP_SECONDS} s.",
                remedy="Look at the console of the server; then cancel or roll back again.",
            )
        try:
            host.console.resume_service()
        except (CommandFailed, TimedOut) as error:
            # A server that was just started takes syncs by itself.
            context.log(f"It did not say that it takes syncs: {error}", level=Level.WARNING)
    return f"{server} runs again and takes syncs."


def prove_closed(context: StepContext, host: Host) -> None:
    """Raise StepFailed while db.lck is there."""
    if not context.wait(UNLOCK_SECONDS, until=lambda: not host.derby_is_locked):
        raise StepFailed(
            f"Domino is down, but {host.derby_directory}/db.lck is still there on "
            f"{context.migration.server}: a process has the Derby database open.",
            remedy="End that process (or remove the lock of one that crashed), then retry.",
        )


def traveler_answers(host: Host) -> bool:
    try:
        return host.console.status(timeout=10).overall is not OverallStatus.UNKNOWN
    except (CommandFailed, TimedOut):
        return False


def _drain(context: StepContext, host: Host) -> None:
    seconds = context.migration.drain_seconds
    try:
        host.console.drain()
    except (CommandFailed, TimedOut) as error:
        # Stopping ends the sessions anyway; the devices try again by themselves.
        context.log(f"The server was not drained first: {error}", level=Level.WARNING)
        return
    context.log(f"The server takes no new syncs; running ones get {seconds} s to end.")
    context.wait(seconds)


def _compare_with_fetched(context: StepContext, host: Host) -> None:
    """Say whether the Derby database is the one that was fetched. Never a reason to stay down."""
    if not context.migration.source_listing:
        return
    if derby_listing(host).sha256 == context.migration.source_listing:
        context.log("The Derby database is as it was: every file has its old size and time.")
    else:
        context.log(
            "The Derby database is not as it was fetched: sizes or times of files differ.",
            level=Level.ERROR,
        )
