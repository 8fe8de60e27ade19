"""What a step is given to work with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from migrations_ui.broadcast import announce
from migrations_ui.hosts import Host, open_host
from migrations_ui.models import Event, Migration
from migrations_ui.models.event import Line
from migrations_ui.states import Level, StepName, StepStatus
from migrations_ui.steps.errors import Interrupted
from migrations_ui.steps.files.attempt_files import COPY, files_of_attempt
from migrations_ui.transfer.control import Control, Decision
from migrations_ui.transfer.errors import RunnerReplaced

POLL_SECONDS = 0.25


class Journal(Protocol):
    """Where a step says what it does; any thread may call."""

    def log(self, text: str, *, level: Level = Level.INFO) -> None: ...

    def progress(self, done: int, total: int, unit: str) -> None: ...


@dataclass(frozen=True, slots=True)
class StepContext:
    """`migration` is as it was read when the step began; `remember` keeps it up to date."""

    migration: Migration
    journal: Journal
    control: Control
    # Has a function called four times a second while its context is open, and once at the end.
    ticking: Callable[[Callable[[], None]], AbstractContextManager[None]]
    # The number that this worker writes under; 0 where no worker has ever had the run.
    attempt: int = 0
    # Whether another worker may have taken over by now; answers at once.
    has_lapsed: Callable[[], bool] = lambda: False

    def log(self, text: str, *, level: Level = Level.INFO) -> None:
        self.journal.log(text, level=level)

    def open_host(self) -> AbstractContextManager[Host]:
        """The server's host over SSH; GatewayError when it cannot be reached.

        Nothing more is done there once the lease is lost: the next worker may be undoing it.
        """
        return open_host(self.migration.server, is_superseded=self.has_lapsed)

    def writing(self) -> AbstractContextManager[None]:
        """A transaction of this attempt's; raises RunnerReplaced when it is not the latest."""
        return Migration.objects.writing(self.migration.pk, attempt=self.attempt)

    def check(self) -> None:
        """Raise Interrupted when the run has to rest, turn back or end here."""
        if self.control.decide() is not Decision.GO:
            raise Interrupted

    def wait(self, seconds: float, *, until: Callable[[], bool] = lambda: False) -> bool:
        """Wait for `until`, at most `seconds`; True when it came. Interrupted as `check` is."""
        deadline = time.monotonic() + seconds
        while not until():
            self.check()
            if time.monotonic() >= deadline:
                return False
            time.sleep(min(POLL_SECONDS, max(0.0, deadline - time.monotonic())))
        return True

    def has_done(self, name: StepName) -> bool:
        """Whether this run has such a step, and it is done."""
        return self.migration.steps.filter(name=name, status=StepStatus.DONE).exists()

    def remember(self, **facts: object) -> None:
        """Write facts about the run into its row, and into `migration`."""
        with self.writing():
            Migration.objects.filter(pk=self.migration.pk).update(**facts)
        for name, value in facts.items():
            setattr(self.migration, name, value)

    def keep(self, lines: Sequence[Line], *, known: Mapping[str, object], **facts: object) -> None:
        """Write lines and facts of the run in one transaction: all of them, or none.

        `known` is what this worker has read of the run. Raises RunnerReplaced when the row says
        otherwise: then another worker has written these lines.
        """
        pk = self.migration.pk
        with self.writing():
            if not Migration.objects.filter(pk=pk, **known).update(**facts):
                raise RunnerReplaced
            if lines:
                Event.objects.append(pk, lines)
            announce(pk)
        for name, value in facts.items():
            setattr(self.migration, name, value)

    @property
    def run_directory(self) -> Path:
        """What this attempt has on the worker; the next one takes it over."""
        return files_of_attempt(self.migration.run_id, self.attempt)

    @property
    def private_copy(self) -> Path:
        """The copy of the Derby database that is read."""
        return self.run_directory / COPY

    @property
    def backup_archive(self) -> Path:
        """Where the backup of the server goes; it stays when the run has ended."""
        directory = settings.LIFEGUARD_WORK_DIR / "backups" / self.migration.server.short_name
        return directory / f"{self.migration.run_id}.tar"
