"""In which order SQL Server is sent what: on a connection that only records (recording.py)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.base import LoadingChanged, StagingGone
from migrations_ui.transfer.engines.pgcopy import RowEncoder
from migrations_ui.transfer.engines.sqlserver import operations as module
from migrations_ui.transfer.engines.sqlserver.target import SQLServerTarget
from migrations_ui.transfer.engines.value_dialect import staging_name
from migrations_ui.transfer.errors import TargetDriverFailed, TargetRefused
from migrations_ui.transfer.tables import ForeignKey
from tests.migrations_ui.transfer.engines.recording import Recording
from tests.migrations_ui.transfer.engines.sample import plan

DOC = plan("doc", {"k": "int4!", "c": "bpchar:4:nul:units"}, key=("k",))
STAGED = f"[{staging_name(DOC, 'lg_staged')}]"
INSERT = f"INSERT INTO [doc] ([k], [c]) SELECT [k], [c] FROM {STAGED}"  # noqa: S608


class Panic(BaseException):
    """As the driver's native core raises it."""


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> Recording:
    monkeypatch.setattr(module, "_without_bulk", {})
    recording = Recording()
    recording.answers[INSERT] = 2
    return recording


@pytest.fixture
def target(recording: Recording) -> SQLServerTarget:
    return SQLServerTarget(cast("BaseDatabaseWrapper", recording))


def load_a_chunk(target: SQLServerTarget) -> None:
    encoder = RowEncoder(["int4", "bpchar:4"])
    with target.transaction():
        target.change("hold")
        with target.operations.load(DOC) as sink:
            for row in ((1, "a"), (2, None)):
                sink.write(memoryview(encoder.encode(row)))
        target.execute("record")


def test_rows_are_staged_outside_and_inserted_inside_the_transaction(
    target: SQLServerTarget, recording: Recording
) -> None:
    with target.operations.staging(DOC, "lg_staged"):
        assert any(event.startswith(f"ALTER TABLE {STAGED} ADD") for event in recording.events)
        assert "begin" not in recording.events
        load_a_chunk(target)
        reported = [
            event for event in recording.since("begin") if not event.startswith("SELECT c.name")
        ]
        bulk = f"bulk copy of 2 into {STAGED}"
        assert reported == ["hold", bulk, INSERT, "record", "commit", "autocommit"]
        # The next chunk finds the staging table empty, and emptying it locks nobody out.
        load_a_chunk(target)
    assert f"TRUNCATE TABLE {STAGED} begin hold {bulk}" in " ".join(recording.events)


@pytest.mark.parametrize("raised", [Panic("index out of bounds"), RuntimeError("bulk refused")])
def test_where_bulk_copy_fails_rows_go_in_as_parameters_from_then_on(
    target: SQLServerTarget, recording: Recording, raised: BaseException
) -> None:
    recording.bulk = raised
    with target.operations.staging(DOC, "lg_staged"):
        with pytest.raises(LoadingChanged, match=str(raised)):
            load_a_chunk(target)
        assert "rollback" in recording.events
        assert not any(event == INSERT for event in recording.events)
        # Another connection knows it as well.
        other = SQLServerTarget(cast("BaseDatabaseWrapper", recording))
        with other.operations.staging(DOC, "lg_staged"):
            load_a_chunk(other)
    assert f"{STAGED} ([k], [c]) VALUES (?, ?) × 2" in " ".join(recording.events)


def test_a_server_that_is_gone_says_nothing_about_bulk_copies(
    target: SQLServerTarget, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording.bulk = RuntimeError("connection refused")

    def gone(statement: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        raise TargetRefused(statement)

    with target.transaction():
        target.operations.empty_staging(DOC, "lg_staged")
        monkeypatch.setattr(target, "execute", gone)
        with pytest.raises(TargetRefused, match="SELECT 1"):
            target.operations.put(DOC, STAGED, [(1, "a")])
    assert not module._without_bulk


def test_a_staging_table_that_a_twin_dropped_says_nothing_about_bulk_copies(
    target: SQLServerTarget, recording: Recording
) -> None:
    recording.bulk = RuntimeError("Invalid object name")
    recording.answers["SELECT 1 WHERE OBJECT_ID(?) IS NULL"] = [(1,)]
    with target.operations.staging(DOC, "lg_staged"), pytest.raises(StagingGone):
        load_a_chunk(target)
    assert not module._without_bulk
    recording.bulk = None
    with target.operations.staging(DOC, "lg_staged"):
        load_a_chunk(target)
    assert "commit" in recording.events


def test_days_before_1753_arrive_as_text_that_no_setting_reads_otherwise(
    target: SQLServerTarget, recording: Recording
) -> None:
    moment = datetime(1, 1, 1, 12)  # noqa: DTZ001  as Derby keeps it
    day, days = date(1, 1, 1), plan("days", {"d": "date!", "t": "timestamp"}, key=("d",))
    module._without_bulk[target.operations._database] = "refused"
    with target.operations.staging(days, "lg_staged"), target.transaction():
        target.operations.stage_rows(days, "lg_staged", [(day, moment), (date(1752, 12, 31), None)])
    assert recording.bound == [("0001-01-01", moment), ("1752-12-31", None)]
    # A long value makes the driver bind row by row, as a single statement does.
    assert target.bound([day, moment, "long" * 9_999]) == ("0001-01-01", moment, "long" * 9_999)


@pytest.mark.parametrize("raised", [RuntimeError("Date out of range"), SystemError("null")])
def test_whatever_the_driver_raises_is_reported_as_its_failure(
    target: SQLServerTarget, recording: Recording, raised: Exception
) -> None:
    recording.failure = raised
    with pytest.raises(TargetDriverFailed, match=f"{type(raised).__name__}: {raised}"):
        target.execute_many("INSERT", [(1,)])
    # Its text may be the value's.
    recording.failure = ValueError("invalid literal: 'private'")
    with pytest.raises(TargetDriverFailed, match="ValueError") as failed:
        target.execute_many("INSERT", [(1,)])
    assert "private" not in str(failed.value)


def test_rows_that_vanished_from_the_staging_table_are_not_committed(
    target: SQLServerTarget, recording: Recording
) -> None:
    recording.answers[INSERT] = 1
    with (
        target.operations.staging(DOC, "lg_staged"),
        pytest.raises(TargetRefused, match="2 rows were staged"),
    ):
        load_a_chunk(target)
    assert "commit" not in recording.events


def test_identity_columns_take_the_copied_numbers(
    target: SQLServerTarget, recording: Recording
) -> None:
    recording.answers["SELECT c.name FROM sys.identity_columns"] = [("k",)]
    with target.operations.staging(DOC, "lg_staged"):
        load_a_chunk(target)
    reported = " ".join(recording.events)
    assert f"SET IDENTITY_INSERT [doc] ON {INSERT} SET IDENTITY_INSERT [doc] OFF" in reported


def test_foreign_keys_are_those_of_the_schema_with_their_columns_in_pairs(
    recording: Recording, target: SQLServerTarget
) -> None:
    recording.answers["SELECT f.name, t.name, p.name"] = [
        ("of_doc", "page", "doc", "doc_k", "k"),
        ("of_doc", "page", "doc", "doc_c", "c"),
        ("up", "page", "page", "above", "id"),
    ]
    assert target.introspection.foreign_keys() == (
        ForeignKey("of_doc", "page", ("doc_k", "doc_c"), "doc", ("k", "c")),
        ForeignKey("up", "page", ("above",), "page", ("id",)),
    )


def test_what_is_referred_to_is_mended_where_it_is(
    target: SQLServerTarget, recording: Recording
) -> None:
    recording.answers["SELECT f.name, t.name, p.name"] = [("of", "page", "doc", "doc", "k")]
    with target.operations.staging(DOC, "lg_staged"), target.transaction():
        target.operations.stage_rows(DOC, "lg_staged", [(1, "a")])
        target.operations.rewrite_staged(DOC, "lg_staged")
    reported = recording.since("begin")
    same = "t.[k] = s.[k]"
    insert = (
        f"INSERT INTO [doc] ([k], [c]) SELECT s.[k], s.[c] FROM {STAGED} s "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT 1 FROM [doc] t WHERE {same})"
    )
    update = f"UPDATE t SET [c] = s.[c] FROM [doc] t, {STAGED} s WHERE {same}"  # noqa: S608
    assert reported.index(insert) < reported.index(update)
    assert not any(event.startswith("DELETE FROM [doc]") for event in reported)
