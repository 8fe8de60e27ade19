"""Starting a server that is going to migrate its own data: nothing of what it says may be
missed."""

from __future__ import annotations

from migrations_ui.hosts import Host
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.probes.console_log import end_of_log


def launch(context: StepContext, host: Host) -> None:
    """Note where the console log ends, then start Domino; it migrates its data when it starts.

    A place that was noted already is kept: the server may have begun to speak since.
    """
    if context.migration.console_offset is None:
        place = end_of_log(host)
        context.remember(
            console_offset=place.offset,
            console_file=place.file,
            last_line_at=None,
            last_progress_line="",
        )
    context.log(f"Starting Domino on {context.migration.server}.")
    host.console.start_server()
