"""One target of each engine, and SQL on it that is none of the loaders'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from pools.databases.connection import DatabaseLogin
from tests.engines import engine_login, given_login
from tests.migrations_ui.transfer.conformance.descriptions import DESCRIPTIONS, Description, Run
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import create_in_derby

# What the tests make. Of the console's own tables all go, whichever test left them.
TABLES = frozenset(
    {
        *("kinds", "doc", "plain", "t", "syncs", "devices", "people", "folders", "b", "a"),
        *("numbered", "filled", "users", "sec_records", "folder_state", "doc_state"),
        *("attachments", "settings", "servers", "schema_level"),
    }
)
OURS = "lg_"


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


@pytest.fixture(scope="session")
def sessions() -> Iterator[dict[DatabaseLogin, tuple[Any, Run]]]:
    """The one session that the tests have in each database, whatever their number."""
    opened: dict[DatabaseLogin, tuple[Any, Run]] = {}
    yield opened
    for connection, _ in opened.values():
        connection.close()


@pytest.fixture(params=list(DESCRIPTIONS))
def bench(
    request: pytest.FixtureRequest, sessions: dict[DatabaseLogin, tuple[Any, Run]]
) -> Iterator[Bench]:
    """An empty target of each engine in turn."""
    engine = request.param
    login = engine_login(engine, request)
    description = DESCRIPTIONS[engine]
    given = given_login(engine) is not None
    connection, run = sessions.get(login) or description.opened(login)
    if given:
        sessions[login] = connection, run
    drop_tables(run, description)
    try:
        yield Bench(login, description, run)
    finally:
        drop_tables(run, description)
        if not given:
            connection.close()


@pytest.fixture
def related(bench: Bench) -> Bench:
    """A target for tables that refer to each other."""
    return bench


@pytest.fixture
def made(derby: DerbySample, bench: Bench) -> Bench:
    """A target with an empty `doc`, and Derby with many rows for it."""
    create_in_derby(derby, "doc", ROWS)
    bench.create_many("doc")
    return bench


ROWS = 10_000


def drop_tables(run: Run, description: Description) -> None:
    """Drop what tests made here, those that are referred to after those that refer to them."""
    left = [
        name
        for (name,) in run(description.tables)
        if name.casefold() in TABLES or name.casefold().startswith(OURS)
    ]
    while left:
        refused = []
        for name in left:
            try:
                run(f"DROP TABLE {description.quoted(name)}")
            except Exception:  # noqa: BLE001  each driver has an error of its own
                refused.append(name)
        if len(refused) == len(left):
            # A circle, or a view, of a test that will not have its database again.
            return
        left = refused
