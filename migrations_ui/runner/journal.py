"""What a run writes down while it works: log lines and the progress of its step.

Lines are collected and written at each tick of the watch, so that a talkative step costs four
small transactions a second and viewers four pushes.
"""

from __future__ import annotations

import threading

from django.utils import timezone

from migrations_ui.broadcast import announce
from migrations_ui.models import Event, Migration, Step
from migrations_ui.models.event import Line
from migrations_ui.states import EventKind, Level


class StepJournal:
    """Of one step's run. `log` and `progress` may be called from any thread."""

    def __init__(self, step: Step, *, attempt: int = 0) -> None:
        self._step = step
        self._attempt = attempt
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._lines: list[Line] = []
        self._progress: tuple[int, int, str] | None = None

    def log(self, text: str, *, level: Level = Level.INFO, kind: EventKind = EventKind.LOG) -> None:
        line = Line(text, kind=kind, level=level, step=self._step.name, at=timezone.now())
        with self._lock:
            self._lines.append(line)

    def progress(self, done: int, total: int, unit: str) -> None:
        """How far the step is, where that can be counted."""
        with self._lock:
            self._progress = (done, total, unit)

    def flush(self) -> None:
        """Write what has come together. What could not be written is kept for the next time.

        Raises RunnerReplaced when another worker writes this log by now.
        """
        with self._flushing:
            with self._lock:
                lines, progress = list(self._lines), self._progress
            if not lines and progress is None:
                return
            step_id, migration_id = self._step.pk, self._step.migration_id
            with Migration.objects.writing(migration_id, attempt=self._attempt):
                if lines:
                    Event.objects.append(migration_id, lines)
                if progress is not None:
                    done, total, unit = progress
                    Step.objects.filter(pk=step_id).update(done=done, total=total, unit=unit)
                announce(migration_id)
            with self._lock:
                del self._lines[: len(lines)]
                if self._progress is progress:
                    self._progress = None
