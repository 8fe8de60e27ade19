"""The log: numbered without a gap, whoever writes, and complete when the writing failed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection

from migrations_ui.models import Event, Migration, Step
from migrations_ui.models.event import Line
from migrations_ui.runner.journal import StepJournal
from migrations_ui.states import StepName
from tests.migrations_ui.factories import MigrationFactory


@pytest.fixture
def migration(transactional_db: None) -> Migration:
    return MigrationFactory(copying=True)


@pytest.fixture
def step(migration: Migration) -> Step:
    return migration.steps.get(name=StepName.COPY)


def sequences(migration: Migration) -> list[int]:
    return list(migration.events.values_list("sequence", flat=True))


def test_a_nul_never_reaches_the_database(migration: Migration) -> None:
    Event.objects.append(migration.pk, [Line("a\0b")])
    assert migration.events.last().text == "ab"  # type: ignore[union-attr]


def test_events_of_many_writers_are_numbered_without_a_gap(migration: Migration) -> None:
    def write(writer: int) -> None:
        try:
            for number in range(10):
                Event.objects.append(migration.pk, [Line(f"{writer}.{number}")] * (1 + number % 3))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert sequences(migration) == list(range(1, 8 * 19 + 1))
    migration.refresh_from_db()
    assert migration.last_event == 8 * 19


def test_lines_come_in_the_order_in_which_they_were_said(migration: Migration, step: Step) -> None:
    journal = StepJournal(step)
    for number in range(5):
        journal.log(f"line {number}")
    journal.flush()
    journal.log("line 5")
    journal.flush()
    assert [event.text for event in migration.events.all()] == [f"line {n}" for n in range(6)]
    assert {event.step for event in migration.events.all()} == {StepName.COPY}


def test_what_could_not_be_written_is_written_the_next_time(
    migration: Migration, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = StepJournal(step)
    journal.log("kept")
    journal.progress(3, 9, "files")
    with monkeypatch.context() as patch:
        patch.setattr("migrations_ui.runner.journal.Event.objects", Unwritable())
        with pytest.raises(DatabaseError):
            journal.flush()
    journal.flush()
    journal.flush()
    assert [event.text for event in migration.events.all()] == ["kept"]
    step.refresh_from_db()
    assert (step.done, step.total, step.unit) == (3, 9, "files")


class Unwritable:
    def append(self, migration_id: int, lines: list[Line]) -> int:
        raise DatabaseError
