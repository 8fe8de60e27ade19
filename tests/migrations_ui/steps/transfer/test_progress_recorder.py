"""What copying threads report, as the rows that the page shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from migrations_ui.models import Migration, TableTransfer
from migrations_ui.progress import samples
from migrations_ui.states import Level, TableVerification, TransferStatus
from migrations_ui.steps.transfer.progress_recorder import TableRecorder
from migrations_ui.transfer.checkpoint.rejects import RejectedRow
from migrations_ui.transfer.plan.planner import TransferPlan
from migrations_ui.transfer.tables import SourceTable, TablePlan
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db


class Lines:
    """A journal that keeps what it is given."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Level]] = []

    def log(self, text: str, *, level: Level = Level.INFO) -> None:
        self.said.append((text, level))

    def progress(self, done: int, total: int, unit: str) -> None:
        raise AssertionError("tables have rows of their own")


def table(name: str, rows: int) -> TablePlan:
    source = SourceTable("APP", name.upper(), rows, ("ID",), ())
    return TablePlan(source=source, name=name, columns=(), key=("id",))


PLAN = TransferPlan((table("doc_state", 1_000), table("users", 20)), ())


@pytest.fixture
def migration() -> Migration:
    return MigrationFactory(copying=True)


@pytest.fixture
def journal() -> Lines:
    return Lines()


@pytest.fixture
def recorder(migration: Migration, journal: Lines) -> TableRecorder:
    return TableRecorder(migration, PLAN, journal)


def test_the_tables_of_the_plan_are_shown_before_anything_is_copied(
    migration: Migration, recorder: TableRecorder
) -> None:
    shown = migration.tables.values_list("table", "rows_total", "status")
    assert list(shown) == [("doc_state", 1_000, "waiting"), ("users", 20, "waiting")]


def test_rows_are_written_when_the_watch_ticks(
    migration: Migration, recorder: TableRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "SHORTEST_SAMPLE", timedelta())
    recorder.table_started("doc_state", 1_000, 0)
    recorder.chunk_committed("doc_state", 0, 400, 400, 0.5)
    assert migration.tables.get(table="doc_state").rows_copied == 0
    recorder.flush()
    row = migration.tables.get(table="doc_state")
    assert (row.rows_copied, row.status) == (400, TransferStatus.COPYING)
    assert [sample.rows for sample in migration.samples.all()] == [0, 400]


def test_keys_that_are_made_have_a_beginning_and_a_part(
    migration: Migration, recorder: TableRecorder, journal: Lines
) -> None:
    recorder.keys_made("doc_state", 0.0)
    recorder.flush()
    row = migration.tables.get(table="doc_state")
    assert (row.status, row.keys_part) == (TransferStatus.KEYING, 0.0)
    assert journal.said[-1][0] == "doc_state: all rows are there, now its keys are made"
    recorder.keys_made("doc_state", 0.4)
    recorder.flush()
    later = migration.tables.get(table="doc_state")
    assert (later.keys_since, later.keys_part) == (row.keys_since, 0.4)
    assert len(journal.said) == 1


@pytest.mark.parametrize("killed", [True, False])
def test_nobody_is_said_to_make_keys_when_nobody_does(
    migration: Migration, recorder: TableRecorder, journal: Lines, killed: bool
) -> None:
    recorder.keys_made("doc_state", 0.4)
    recorder.table_finished("users", 20, 0)
    recorder.flush()
    if killed:
        TableRecorder(migration, PLAN, journal)
    else:
        recorder.rest()
        recorder.flush()
    row = migration.tables.get(table="doc_state")
    assert (row.status, row.keys_since, row.keys_part) == (TransferStatus.COPYING, None, 0.0)
    assert migration.tables.get(table="users").status == TransferStatus.COPIED


def test_comparing_takes_no_sample(migration: Migration, recorder: TableRecorder) -> None:
    """It would be taken for a stretch of copying, and the time before it for a rest."""
    recorder.table_verified("doc_state", equal=True, mismatches=0)
    recorder.flush()
    assert not migration.samples.exists()


def test_a_finished_table_counts_what_was_written(
    migration: Migration, recorder: TableRecorder, journal: Lines
) -> None:
    recorder.rejected(RejectedRow("users", 3, '["ada"]', "name", "longer than 64", "ada…"))
    recorder.table_finished("users", 19, 1)
    recorder.flush()
    row = migration.tables.get(table="users")
    assert (row.rows_copied, row.rows_rejected, row.status) == (19, 1, TransferStatus.COPIED)
    assert journal.said[-1] == (
        "users: copied, 20 = 19 inserted + 0 updated + 0 kept + 1 rejected",
        Level.WARNING,
    )


def test_a_difference_is_an_error_in_the_log(
    migration: Migration, recorder: TableRecorder, journal: Lines
) -> None:
    recorder.table_verified("users", equal=False, mismatches=2)
    recorder.flush()
    row = migration.tables.get(table="users")
    assert (row.verification, row.mismatches) == (TableVerification.DIFFERENT, 2)
    assert journal.said[-1][1] is Level.ERROR


def test_what_could_not_be_written_is_written_at_the_next_tick(
    migration: Migration, recorder: TableRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.table_started("users", 20, 0)
    with monkeypatch.context() as patch:
        patch.setattr(TableTransfer.objects, "bulk_update", fail)
        with pytest.raises(DatabaseError):
            recorder.flush()
    recorder.flush()
    assert migration.tables.get(table="users").status == TransferStatus.COPYING


def test_a_resumed_copy_takes_its_tables_up_again(migration: Migration, journal: Lines) -> None:
    first = TableRecorder(migration, PLAN, journal)
    first.chunk_committed("doc_state", 0, 400, 400, 0.5)
    first.flush()
    TableRecorder(migration, PLAN, journal)
    assert migration.tables.count() == 2
    assert migration.tables.get(table="doc_state").rows_copied == 400


def fail(*args: object, **options: object) -> int:
    raise DatabaseError


def test_a_copy_that_holds_itself_back_says_so_and_takes_it_back(
    migration: Migration, recorder: TableRecorder, journal: Lines
) -> None:
    recorder.slowed(4.2)
    recorder.flush()
    migration.refresh_from_db()
    assert migration.slowed_factor == 4.2
    assert migration.slowed_since is not None
    assert journal.said[-1][1] is Level.WARNING
    assert "takes 4× longer to commit" in journal.said[-1][0]

    recorder.recovered(accepted=False)
    recorder.flush()
    paces = Migration.objects.values_list("slowed_since", "slowed_factor")
    assert list(paces) == [(None, None)]
    assert "full speed" in journal.said[-1][0]


def test_a_new_stretch_begins_at_full_speed_and_marks_its_first_sample(
    migration: Migration, recorder: TableRecorder, journal: Lines
) -> None:
    recorder.slowed(4.2)
    recorder.flush()
    later = TableRecorder(migration, PLAN, journal)
    later.table_started("users", 20, 10)
    later.flush()
    migration.refresh_from_db()
    assert migration.slowed_since is None
    assert migration.samples.latest("pk").resumes
