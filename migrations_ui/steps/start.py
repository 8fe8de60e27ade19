"""Start: bring the server up on the pool's database, with its console lines in the log."""

from __future__ import annotations

import re
import time

from migrations_ui.hosts import Host
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.stop import traveler_answers

# A first start on a new database may work long without an answer (domain.md 6), but it says so.
LONGEST_START_SECONDS = 3600
LONGEST_SILENCE_SECONDS = 60
POLL_SECONDS = 1.0
TROUBLE = re.compile(r"\b(error|fail(ed|ure)?|exception|severe|did not start)\b", re.IGNORECASE)


def run(context: StepContext) -> str:
    server = context.migration.server
    with context.open_host() as host:
        offset = host.console.log_offset()
        context.log(f"Starting Domino on {server}.")
        host.console.start_server()
        _follow_until_answer(context, host, offset)
    return f"Traveler runs on {server}."


def undo(context: StepContext) -> str:
    with context.open_host() as host:
        host.console.stop_server()
    return f"{context.migration.server} is down."


def _follow_until_answer(context: StepContext, host: Host, offset: int) -> None:
    """Log what the console says until Traveler answers. StepFailed when it falls silent instead."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    spoken_at = time.monotonic()
    lines: list[str] = []
    while True:
        context.check()
        text, offset = host.shell.tail(host.console.log_path, offset)
        for line in filter(str.strip, text.splitlines()):
            context.log(line, level=Level.WARNING if TROUBLE.search(line) else Level.INFO)
            lines.append(line)
            spoken_at = time.monotonic()
        if not text and traveler_answers(host):
            return
        now = time.monotonic()
        if now > deadline or now - spoken_at > LONGEST_SILENCE_SECONDS:
            raise StepFailed(
                f"Traveler does not answer on {context.migration.server}. Last lines: "
                f"{' / '.join(lines[-3:])}",
                remedy="Mend what the console complains about, then retry; or roll back.",
            )
        context.wait(POLL_SECONDS)
