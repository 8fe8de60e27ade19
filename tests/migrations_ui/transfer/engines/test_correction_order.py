"""In which order SQL Server and Db2 are given a corrected row: on connections that record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.corrections import apply
from migrations_ui.transfer.engines.db2.operations import Db2Operations
from migrations_ui.transfer.engines.db2.target import Db2Target
from migrations_ui.transfer.engines.sqlserver import catalog, operations
from migrations_ui.transfer.engines.sqlserver.target import SQLServerTarget
from migrations_ui.transfer.engines.value_dialect import staging_name
from migrations_ui.transfer.errors import CorrectionRefused
from migrations_ui.transfer.merge.conflict_table import conflict_table_name
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.engines.recording import Recording
from tests.migrations_ui.transfer.engines.sample import plan

DOC = plan("doc", {"k": "varchar:5!", "a": "varchar:5"}, key=("k",))
ROW = ("key", "short")
STAGED = staging_name(DOC, "lg_staged")
QUOTES = str.maketrans("", "", '[]"')
PROGRESS = ("sole", 3, 3, 2, 0, 0, 0, 1, 1)
ENGINES: dict[str, type[SQLServerTarget | Db2Target]] = {
    "sqlserver": SQLServerTarget,
    "db2": Db2Target,
}
# How the staging table is made, once the position is held, and the one row is staged in it. Not by
# bulk copy: its own connection would wait for the transaction's end.
STAGING = {
    "sqlserver": [
        f"alter table {STAGED} add lg_row",
        f"insert into {STAGED} (k, a) values (?, ?) × 1",  # noqa: S608
    ],
    "db2": [
        f"create table {STAGED}",
        f"delete from {STAGED}",  # noqa: S608
        f"array of 1 into {STAGED}",
    ],
}


def quoted(engine: str, name: str) -> str:
    return ENGINES[engine].grammar.quote(name)


@pytest.fixture(params=ENGINES)
def seen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """A connection of the engine, on which the row is a reject of the run."""
    recording = Recording()
    kind = ENGINES[request.param]
    recording.answers = {
        "SELECT way, rows_total": [PROGRESS],
        "SELECT MAX(attempt) FROM lg_table": [(0,)],
        "DELETE FROM lg_reject": 1,
        f"INSERT INTO {quoted(request.param, 'doc')}": 1,
        " ".join(catalog.TABLES.split()): [(conflict_table_name("doc"),)],
        "SELECT TABNAME FROM SYSCAT.TABLES": [(conflict_table_name("doc"),)],
        "SELECT COUNT(*) FROM SYSCAT.COLUMNS": [(0,)],
    }

    @contextmanager
    def opened(
        _login: DatabaseLogin, _run_id: str, _attempt: int
    ) -> Iterator[SQLServerTarget | Db2Target]:
        yield kind(cast("BaseDatabaseWrapper", recording))

    def put(self: Db2Operations, _: Any, into: str, rows: list[Any]) -> None:
        recording.events.append(f"array of {len(rows)} into {into}")

    monkeypatch.setattr(operations, "_without_bulk", {})
    monkeypatch.setattr(Db2Operations, "put", put)
    monkeypatch.setattr(Db2Operations, "create_staging", lambda *_: (f"CREATE TABLE {STAGED}",))
    monkeypatch.setattr(apply, "open_marked", opened)
    monkeypatch.setattr(apply, "require_unchanged", lambda *_: None)
    return recording


@pytest.fixture
def engine(seen: Recording, request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.params["seen"])


def write(engine: str) -> bool:
    login = DatabaseLogin(engine, "db", 1, "t", "u", "")
    return apply.write_corrected(DOC, ROW, login=login, run_id="run-1", row_number=7)


def in_the_transaction(seen: Recording) -> list[str]:
    """What was sent in it, without questions and quotes."""
    since = seen.since("begin")
    ended = next(n for n, event in enumerate(since) if event in {"commit", "rollback"})
    plain = [event.translate(QUOTES).lower() for event in since[: ended + 1]]
    return [event for event in plain if not event.startswith("select")]


def test_the_row_its_counts_and_its_conflicts_are_one_transaction(
    seen: Recording, engine: str
) -> None:
    assert write(engine)
    starts = [
        "update lg_table set attempt = ? where run_id = ?",
        *STAGING[engine],
        "delete from lg_reject where run_id = ? and table_name = ? and source_row = ?",
        "update lg_table set way = ?, rows_written = rows_written + 1",
        "insert into lg_met_doc (",
        "insert into doc (",
        "commit",
    ]
    found = in_the_transaction(seen)
    assert len(found) == len(starts)
    for event, start in zip(found, starts, strict=True):
        assert event.startswith(start)


def test_a_row_that_is_written_already_is_compared_and_left_alone(
    seen: Recording, engine: str
) -> None:
    seen.answers["DELETE FROM lg_reject"] = 0
    question = f"SELECT COUNT(*) FROM {quoted(engine, 'lg_met_doc')} m JOIN"  # noqa: S608
    seen.answers[question] = [(1,)]
    assert not write(engine)
    # But into the staging table.
    inserted = [event for event in seen.events if event.startswith("INSERT")]
    assert all(STAGED in event for event in inserted)
    seen.answers[question] = [(0,)]
    with pytest.raises(CorrectionRefused, match="no reject"):
        write(engine)


def test_a_key_that_is_taken_takes_everything_back(seen: Recording, engine: str) -> None:
    # Which columns are unique together, and the staged row that one of the pool's is like.
    seen.answers["SELECT i.index_id"] = [(1, "k")]
    seen.answers["SELECT i.INDNAME"] = [("IX", "k")]
    staged = ENGINES[engine].grammar.staged(DOC, "lg_staged")
    found = f"SELECT s.{quoted(engine, 'k')} FROM {staged} s WHERE EXISTS (SELECT 1 FROM "  # noqa: S608
    seen.answers[f"{found}{quoted(engine, 'doc')}"] = [("key",)]
    seen.answers[f"INSERT INTO {quoted(engine, 'doc')}"] = 0
    with pytest.raises(CorrectionRefused, match="only once"):
        write(engine)
    assert in_the_transaction(seen)[-1] == "rollback"
