"""Correcting a reject as a worker does it: real Derby, real MariaDB, and the console's counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from migrations_ui.errors import ActionRefused, CorrectionsRefused
from migrations_ui.models import Migration, Verification
from migrations_ui.presentation.report import make_report
from migrations_ui.services import verifications
from migrations_ui.services.verifications import (
    request_correction,
    request_verification,
    run_verification,
)
from migrations_ui.states import MigrationStatus, StepName, StepStatus, VerificationStatus
from migrations_ui.steps import copy
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.files.attempt_files import begin_attempt
from migrations_ui.transfer.control import Unattended
from migrations_ui.transfer.derby.snapshot import take_copy
from pools.databases.connection import DatabaseLogin
from tests.factories import DatabaseConfigurationFactory, PoolFactory
from tests.migrations_ui.factories import MigrationFactory
from tests.migrations_ui.steps.test_copy import Lines
from tests.migrations_ui.transfer.conformance.descriptions import connect_mysql
from tests.migrations_ui.transfer.derby_sample import DerbySample

pytestmark = pytest.mark.usefixtures("transactional_db", "queued")
ROWS = "SELECT k, a, n FROM t ORDER BY k"


@pytest.fixture
def ask(mariadb_login: DatabaseLogin) -> Iterator[Any]:
    with closing(connect_mysql(mariadb_login)) as connection:

        def run(statement: str) -> list[tuple[Any, ...]]:
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall())

        yield run


@pytest.fixture
def copied(
    tmp_path: Path, work_directory: Path, mariadb_login: DatabaseLogin, ask: Any
) -> StepContext:
    """A migration at its gate, of whose four rows two were rejected; one by its key, too."""
    derby = DerbySample(tmp_path / "ntsdb")
    derby.run("CREATE TABLE t (k VARCHAR(20) NOT NULL PRIMARY KEY, a VARCHAR(40), n BIGINT)")
    rows = [("first", "fits", 1), ("key is too long", "so is a", 2**40), ("same", "too long", 3)]
    derby.insert("t", [*rows, ("last", "fits", 4)])
    ask("CREATE TABLE t (k varchar(5) NOT NULL PRIMARY KEY, a varchar(5), n int)")
    database = DatabaseConfigurationFactory(
        engine=mariadb_login.engine,
        host=mariadb_login.host,
        port=mariadb_login.port,
        database_name=mariadb_login.name,
        username=mariadb_login.user,
        password=mariadb_login.password,
    )
    migration = MigrationFactory(
        pool=PoolFactory(database=database), at_gate=True, source_sha256="0" * 64
    )
    Migration.objects.filter(pk=migration.pk).update(lease_owner="", lease_until=None)
    context = StepContext(
        Migration.objects.for_run(migration.pk), Lines(), Unattended(), lambda _: nullcontext()
    )
    take_copy(derby.directory, context.private_copy)
    migration.steps.filter(name=StepName.COPY).update(status=StepStatus.DONE)
    # The step writes its counts at each tick of the watch; here at its end.
    ticks: list[Any] = []
    context = StepContext(context.migration, Lines(), Unattended(), _ticking(ticks))
    copy.run(context)
    for tick in ticks:
        tick()
    return context


def _ticking(ticks: list[Any]) -> Any:
    def ticking(tick: Any) -> Any:
        ticks.append(tick)
        return nullcontext()

    return ticking


def _taken_over(context: StepContext) -> StepContext:
    """As the next worker has it, with the private copy of the one before."""
    migration = context.migration
    assert Migration.objects.take_lease(
        migration.pk, owner="the next worker", duration=timedelta(minutes=5)
    )
    attempt = Migration.objects.get(pk=migration.pk).attempt
    begin_attempt(migration.run_id, attempt)
    return replace(context, attempt=attempt)


def carry_out(asked: Verification) -> Verification:
    run_verification(asked.pk)
    asked.refresh_from_db()
    return asked


def test_a_corrected_row_is_counted_shown_compared_and_taken_back(
    copied: StepContext, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration = copied.migration
    actor = migration.actor
    table = migration.tables.get()
    assert table.equation == "4 = 2 inserted + 0 updated + 0 kept + 2 rejected"
    several, one = migration.rejects.order_by("row_number")
    assert [(each.column, each.form, each.in_key) for each in several.rejected_columns] == [
        *(("K", "varchar:5:nul!", True), ("A", "varchar:5:nul", False), ("N", "int4", False)),
    ]
    with pytest.raises(CorrectionsRefused) as refused:
        request_correction(several, actor=actor, values={"K": "longer", "A": "short", "N": "x"})
    assert set(refused.value.faults) == {"K", "N"}
    with pytest.raises(ActionRefused, match="K, A, N"):
        request_correction(several, actor=actor, values={"K": "key"})

    as_it_is = carry_out(request_correction(one, actor=actor, values={}))
    assert as_it_is.status == VerificationStatus.FAILED
    assert "cannot be written as it is (A: " in as_it_is.summary

    taken = request_correction(several, actor=actor, values={"K": "first", "A": "short", "N": "2"})
    with pytest.raises(ActionRefused, match="under way"):
        request_correction(one, actor=actor, values={"A": "short"})
    assert carry_out(taken).status == VerificationStatus.FAILED
    assert "only once" in taken.summary

    # The worker is killed when the row is written, before it comes to count it.
    asked = request_correction(several, actor=actor, values={"K": "key", "A": "short", "N": "2"})
    with monkeypatch.context() as killing:

        def be_killed(*_: object) -> None:
            raise KeyboardInterrupt

        killing.setattr(verifications, "store_correction", be_killed)
        with pytest.raises(KeyboardInterrupt):
            run_verification(asked.pk)
    assert len(ask(ROWS)) == 3
    assert carry_out(asked).status == VerificationStatus.DONE
    assert asked.summary == (
        "The corrected row was written. 1 tables, 3 rows: 1 as a person corrected them, all "
        "others equal."
    )
    assert ask(ROWS) == [("first", "fits", 1), ("key", "short", 2), ("last", "fits", 4)]
    later = carry_out(request_verification(migration, actor=actor))
    assert later.summary.endswith("all others equal.")
    assert not migration.mismatches.exists()
    report = make_report(migration)
    assert report.equation == (
        "4 = 3 inserted + 0 updated + 0 kept + 1 rejected (1 of the inserted as a person corrected "
        "them)"
    )
    assert [line.values for line in report.corrections] == [
        (
            ("K", "key is too long", "key"),
            ("A", "(hidden: 7 characters)", "(hidden: 5 characters)"),
            ("N", str(2**40), "2"),
        )
    ]
    assert list(migration.rejects.all()) == [one]

    # The DBA widens the column, and then the one of the table that keeps corrected rows.
    for widened, said in (
        ("t", "give lg_met_t.a the same type"),
        ("lg_met_t", "row was written"),
    ):
        ask(f"ALTER TABLE {widened} MODIFY a varchar(50)")
        asked = carry_out(request_correction(one, actor=actor, values={}))
        assert said in asked.summary
    assert ask(ROWS)[-1] == ("same", "too long", 3)
    kept = migration.corrections.get(row_key='["same"]')
    assert kept.values == [("A", "(hidden: 8 characters)", "as it is in the source")]

    Migration.objects.filter(pk=migration.pk).update(status=MigrationStatus.CANCELLING)
    assert copy.undo(_taken_over(copied)).startswith("4 rows")
    assert ask(ROWS) == []
