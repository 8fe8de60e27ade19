"""One target of each engine, and SQL on it that is none of the loaders'."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from pools.databases.connection import DatabaseLogin
from pools.states import Engine
from tests.engines import engine_login
from tests.migrations_ui.transfer.conformance.descriptions import DESCRIPTIONS, Description, Run
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import create_in_derby

TABLES: tuple[str, ...] = (
    "kinds",
    "doc",
    "plain",
    "t",
    "lg_table",
    "lg_chunk",
    "lg_reject",
    "lg_deferred",
)
TABLES += ("lg_met_doc", '"lg_met_doc"', "lg_met_t", '"lg_met_t"')
TABLES += ("lg_met_kinds", '"lg_met_kinds"')


@dataclass(frozen=True)
class Bench:
    """A target to write to and to ask."""

    login: DatabaseLogin
    description: Description
    run: Run

    def create_many(self, table: str, *, key: bool = True, suffix: str = "") -> None:
        """The twin of many_rows' table in Derby; `suffix` follows the statement."""
        text, whole, amount = (
            self.description.columns[number][2].partition("(")[0] for number in (0, 5, 7)
        )
        columns = (
            f"k1 {text}(40) NOT NULL, k2 {whole} NOT NULL, note {text}(60), amount {amount}(12,3)"
        )
        if key:
            columns += f", CONSTRAINT {table}_key PRIMARY KEY (k1, k2)"
        self.run(f"CREATE TABLE {table} ({columns}){suffix}")
        self.run(f"CREATE INDEX {table}_note ON {table} (note)")

    def value(self, statement: str) -> Any:
        ((value,),) = self.run(statement)
        return value

    def differences(self, derby: DerbySample, table: str) -> tuple[Any, ...]:
        """Rows lost and rows too many, as sorted by both databases' own SQL."""
        query = f"SELECT k1, k2, note, amount FROM {table}"  # noqa: S608
        here, there = derby.query(query), self.run(query)
        lost, gained = set(here) - set(there), set(there) - set(here)
        return lost, gained, len(there) - len(here)


@pytest.fixture(params=[str(engine) for engine in DESCRIPTIONS])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """An empty target of each engine in turn."""
    engine = Engine(request.param)
    login = engine_login(engine, request)
    description = DESCRIPTIONS[engine]
    connection, run = description.opened(login)
    with contextlib.closing(connection):
        _drop(run)
        try:
            yield Bench(login, description, run)
        finally:
            _drop(run)


@pytest.fixture
def related(bench: Bench) -> Iterator[Bench]:
    """A target for tables that refer to each other, which are dropped children first."""
    try:
        yield bench
    finally:
        for table in ("syncs", "devices", "people", "folders", "b", "a"):
            with contextlib.suppress(Exception):
                bench.run(f"DROP TABLE {table}")


@pytest.fixture
def made(derby: DerbySample, bench: Bench) -> Bench:
    """A target with an empty `doc`, and Derby with many rows for it."""
    create_in_derby(derby, "doc", ROWS)
    bench.create_many("doc")
    return bench


ROWS = 10_000


def _drop(run: Run) -> None:
    for table in TABLES:
        # Each driver has an error of its own for a table that is not there.
        with contextlib.suppress(Exception):
            run(f"DROP TABLE {table}")
