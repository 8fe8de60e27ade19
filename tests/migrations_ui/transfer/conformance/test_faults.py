"""Faults of the target under way: each ends the copy in words for people, commits nothing in part,
and a retry goes on to the last row."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.engines.base import TargetLocked
from migrations_ui.transfer.errors import SchemaChanged, TargetLost, TargetRefused
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from tests.engines import given_login
from tests.migrations_ui.transfer.conformance.conftest import ROWS, Bench
from tests.migrations_ui.transfer.conformance.faults import FAULTS, Ask, Faults, with_all_rights
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import NO_DIFFERENCES
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy

IMPATIENT = TransferSettings(chunk_rows=1, lock_seconds=1, reconnect_seconds=1)


@dataclass(frozen=True)
class Dba:
    """Whoever may do everything to the database of the bench."""

    bench: Bench
    faults: Faults
    ask: Ask

    def do(self, statement: str) -> None:
        self.ask(self.faults.said(statement, self.bench.login))

    def sessions(self, doing: str) -> list[int]:
        """Of migrations, and of nobody else."""
        return [number for (number,) in self.ask(self.faults.sessions.format(doing))]

    def end_sessions(self, but: int) -> None:
        """So that a migration has to connect again."""
        for number in self.sessions(""):
            if number != but:
                # It may have ended by itself.
                with contextlib.suppress(Exception):
                    self.ask(self.faults.end.format(number))


@pytest.fixture
def dba(made: Bench, request: pytest.FixtureRequest) -> Iterator[Dba]:
    engine = made.login.engine
    if engine not in FAULTS or given_login(engine):
        pytest.skip("It takes all rights on the server: tried on the embedded ones only.")
    faults = FAULTS[engine]
    login = with_all_rights(made.login, request.getfixturevalue(faults.fixture))
    connection, ask = made.description.opened(login)
    with contextlib.closing(connection):
        yield Dba(made, faults, ask)


Check = Callable[[Callable[[], object], Callable[[], object], type[Exception]], str]


@pytest.fixture
def check(dba: Dba, derby: DerbySample, open_source: OpenSource) -> Check:
    """Breaks something after the first chunk, mends it after the failure, and retries."""

    def check(
        break_it: Callable[[], object], mend_it: Callable[[], object], failure: type[Exception]
    ) -> str:
        def once(count: int) -> None:
            if count == 1:
                break_it()

        bench, watcher = dba.bench, Watcher(once)
        with open_source() as source:
            try:
                with pytest.raises(failure) as raised:
                    run_copy(source, bench.login, settings=IMPATIENT, observer=watcher)
            finally:
                mend_it()
            text = bench.value("SELECT SUM(rows_written) FROM lg_chunk")
            assert bench.value("SELECT COUNT(*) FROM doc") == text
            assert 0 < text < ROWS
            assert watcher.chunks == 1
            assert run_copy(source, bench.login).outcome is CopyOutcome.FINISHED
        assert bench.differences(derby, "doc") == NO_DIFFERENCES
        login = bench.login
        assert f"{login.host}:{login.port}/{login.name}" in str(raised.value)
        assert login.password not in str(raised.value)
        return str(raised.value)

    return check


def test_a_lock_of_another_session_is_waited_for_so_long_and_named(dba: Dba, check: Check) -> None:
    connection, other = dba.bench.description.opened(dba.bench.login)
    with contextlib.closing(connection):
        ((number,),) = other(dba.faults.own_number)
        text = check(lambda: other(dba.faults.lock), lambda: other(dba.faults.unlock), TargetLocked)
    assert text.startswith("doc in ")
    assert re.search(dba.faults.holder.format(session=number), text), text


@pytest.mark.parametrize("what", ["column renamed", "column narrowed", "table renamed"])
def test_a_table_that_changes_under_way_is_reported_with_what_changed(
    dba: Dba, check: Check, what: str
) -> None:
    faults = dba.faults
    (there, back), said = {
        "column renamed": (faults.rename_column, "column note has been dropped or renamed"),
        "column narrowed": (faults.narrow, "column note was .*60.* and is .*20.* now"),
        "table renamed": (faults.rename_table, "table has been dropped or renamed"),
    }[what]
    text = check(lambda: dba.do(there), lambda: dba.do(back), SchemaChanged)
    assert text.startswith("doc in ")
    assert re.search(said, text), text


def test_places_that_a_column_loses_round_no_row_in_silence(
    dba: Dba, derby: DerbySample, open_source: OpenSource
) -> None:
    """The rows that were there already are rounded by the change itself, and mended afterwards."""
    there, back = dba.faults.fewer_places
    watcher = Watcher(lambda count: dba.do(there) if count == 1 else None)
    bench = dba.bench
    with open_source() as source:
        with pytest.raises(SchemaChanged, match=r"amount was .*12,3\) when .* and is .*12,2\) now"):
            run_copy(source, bench.login, settings=IMPATIENT, observer=watcher)
        assert watcher.chunks == 1
        dba.do(back)
        run_copy(source, bench.login)
        plan = plan_transfer(source, bench.login)
        (table,) = plan.tables
        (found,) = verify(plan, source=source, login=bench.login, run_id=RUN)
        assert 0 < found.mismatches < watcher.rows[table.name]
        repair_table(table, source=source, login=bench.login, run_id=RUN)
    assert bench.differences(derby, "doc") == NO_DIFFERENCES


def test_a_right_that_is_taken_away_under_way_is_named(dba: Dba, check: Check) -> None:
    def revoke() -> None:
        dba.do(dba.faults.revoke)
        # A session of MySQL keeps what its database allowed when it began.
        end_migration(dba)

    text = check(revoke, lambda: dba.do(dba.faults.grant), TargetRefused)
    assert text.startswith("doc in ")
    assert "grant that right" in text


def test_a_database_that_is_closed_for_changes_is_reported(dba: Dba, check: Check) -> None:
    def close() -> None:
        dba.do(dba.faults.close)
        end_migration(dba)

    text = check(close, lambda: dba.do(dba.faults.open), TargetRefused)
    assert "It is read-only" in text


def test_a_server_without_a_connection_to_spare_is_reported_in_time(dba: Dba, check: Check) -> None:
    with contextlib.ExitStack() as held:

        def limit() -> None:
            dba.do(dba.faults.limit)
            end_migration(dba)
            # Where a limit counts the bench's own session already, there is none to be had.
            with contextlib.suppress(Exception):
                connection, _ = dba.bench.description.opened(dba.bench.login)
                held.enter_context(contextlib.closing(connection))

        def no_limit() -> None:
            held.close()
            dba.do(dba.faults.no_limit)

        text = check(limit, no_limit, TargetLost)
    assert "accepts no further connection" in text
    assert "limit of connections" in text


def test_a_statement_that_is_ended_by_the_dba_is_reported(
    dba: Dba, derby: DerbySample, open_source: OpenSource
) -> None:
    class Cancelling(Steering):
        asked = False

        def rows_per_second(self) -> int | None:
            if not self.asked:
                self.asked = True
                while not (numbers := dba.sessions("doc")):
                    pass
                dba.ask(dba.faults.cancel.format(numbers[0]))
            return None

    with open_source() as source:
        with pytest.raises(TargetRefused, match="time limit of the server ended the statement"):
            run_copy(source, dba.bench.login, settings=IMPATIENT, control=Cancelling())
        assert dba.bench.value("SELECT COUNT(*) FROM doc") == 0
        assert run_copy(source, dba.bench.login).outcome is CopyOutcome.FINISHED
    assert dba.bench.differences(derby, "doc") == NO_DIFFERENCES


def test_a_time_limit_for_statements_does_not_end_a_slow_chunk(
    dba: Dba, derby: DerbySample, open_source: OpenSource
) -> None:
    """Throttled, each chunk takes three seconds, and one is what the server allows others."""
    dba.do(dba.faults.short_statements)
    try:
        with open_source() as source:
            slow = Steering(limit=ROWS // 4)
            settings = TransferSettings(chunk_rows=ROWS)
            result = run_copy(source, dba.bench.login, settings=settings, control=slow)
    finally:
        dba.do(dba.faults.any_statements)
    assert result.outcome is CopyOutcome.FINISHED
    assert dba.bench.differences(derby, "doc") == NO_DIFFERENCES


def end_migration(dba: Dba) -> None:
    """Ends the sessions of the migration, and not that of the bench."""
    ((own,),) = dba.bench.run(dba.faults.own_number)
    dba.end_sessions(but=own)
