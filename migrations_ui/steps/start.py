"""Start: bring the server up on the pool's database, with its console lines in the log.

A server that migrates its own data is only started here, and followed in the next step.
"""

from __future__ import annotations

import time

from migrations_ui.hosts import Host
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.database_there import require_database_there
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.launch import launch
from migrations_ui.steps.probes.console_log import TROUBLE
from migrations_ui.steps.stop import traveler_answers
from pools.domain.lines import split_lines
from pools.gateways.parsing.console_lines import parse_line

# A first start on a new database may work long without an answer (domain.md 6), but it says so.
LONGEST_START_SECONDS = 3600
LONGEST_SILENCE_SECONDS = 60
POLL_SECONDS = 1.0
LAST_LINES = 5


def run(context: StepContext) -> str:
    server = context.migration.server
    with context.open_host() as host:
        if context.migration.is_vendor_transfer:
            # Traveler answers when it has migrated its data: the next step waits for that.
            launch(context, host)
            return f"Domino runs on {server}; it migrates its data by itself now."
        try:
            _start(context, host)
        except StepFailed as error:
            require_database_there(context, error)
            # Domino runs, and does not start Traveler again by itself.
            host.console.stop_server()
            _start(context, host)
    return f"Traveler runs on {server}."


def undo(context: StepContext) -> str:
    with context.open_host() as host:
        host.console.stop_server()
    return f"{context.migration.server} is down."


def _start(context: StepContext, host: Host) -> None:
    offset = host.console.log_offset()
    context.log(f"Starting Domino on {context.migration.server}.")
    host.console.start_server()
    _follow_until_answer(context, host, offset)


def _follow_until_answer(context: StepContext, host: Host, offset: int) -> None:
    """Log what the console says until Traveler answers. StepFailed when it falls silent instead."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    console = _ConsoleLog(context, host, offset)
    spoken_at = time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - spoken_at < LONGEST_SILENCE_SECONDS:
        context.wait(POLL_SECONDS)
        if console.read():
            spoken_at = time.monotonic()
        elif traveler_answers(host):
            return
        else:
            # The answer to our own question stands in the log too, and is no sign of life.
            console.read()
    raise StepFailed(
        f"Traveler does not answer on {context.migration.server}. Last lines: "
        f"{' / '.join(console.last_lines)}",
        remedy="Mend what the console complains about, then retry; or roll back.",
    )


class _ConsoleLog:
    """Copies the console's new lines into the migration's log, each wording once."""

    def __init__(self, context: StepContext, host: Host, offset: int) -> None:
        self._context = context
        self._host = host
        self._offset = offset
        self._lines: dict[str, None] = {}

    def read(self) -> bool:
        """True when there was something new to read."""
        text, self._offset = self._host.shell.tail(self._host.console.log_path, self._offset)
        lines = [
            line.text
            for line in map(parse_line, split_lines(text))
            if line.text.strip() and not line.echoed
        ]
        for line in lines:
            if line not in self._lines:
                trouble = TROUBLE.search(line)
                self._context.log(line, level=Level.WARNING if trouble else Level.INFO)
                self._lines[line] = None
        return bool(lines)

    @property
    def last_lines(self) -> list[str]:
        return list(self._lines)[-LAST_LINES:]
