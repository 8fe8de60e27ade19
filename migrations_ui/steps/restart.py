"""Start again: a rehearsal has what it needs, and gives the server back before the long work."""

from __future__ import annotations

from migrations_ui.steps import stop
from migrations_ui.steps.context import StepContext


def run(context: StepContext) -> str:
    """As a cancelled migration does it; from here on the server's files change as ever."""
    return stop.undo(context)
