"""A disk of the target that fills up under way: a real one, of a few megabytes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from migrations_ui.transfer.copy.pipeline import CopyOutcome
from migrations_ui.transfer.errors import TargetRefused
from tests.lab_fixture import new_database
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.conformance.descriptions import DESCRIPTIONS
from tests.migrations_ui.transfer.conformance.faults import with_all_rights
from tests.migrations_ui.transfer.conformance.small_disk import (
    SmallMariaDB,
    SmallPostgreSQL,
    may_mount,
)
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import NO_DIFFERENCES, create_in_derby
from tests.migrations_ui.transfer.runs import Watcher, run_copy

ROWS = 40_000
Small = SmallPostgreSQL | SmallMariaDB


def in_tablespace(server: SmallPostgreSQL, bench: Bench) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{server.disk}'")
        connection.execute(f'GRANT CREATE ON TABLESPACE small TO "{bench.login.user}"')
    bench.create_many("doc", suffix=" TABLESPACE small")


def in_directory(server: SmallMariaDB, bench: Bench) -> None:
    connection, run = bench.description.opened(with_all_rights(bench.login, server))
    with contextlib.closing(connection):
        replace(bench, run=run).create_many("doc", suffix=f" DATA DIRECTORY='{server.disk}'")
        run("DROP INDEX doc_note ON doc")


SERVERS: dict[str, tuple[type[Any], Callable[[Any, Bench], None]]] = {
    "postgresql": (SmallPostgreSQL, in_tablespace),
    "mysql": (SmallMariaDB, in_directory),
}


@pytest.fixture(params=[str(engine) for engine in SERVERS])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Small, Bench]]:
    """A server with `doc` on a small disk."""
    if not may_mount():
        pytest.skip("This machine lets nobody mount a disk for a test.")
    kind, create = SERVERS[request.param]
    with kind(tmp_path / "server") as server:
        login = new_database(server)
        description = DESCRIPTIONS[request.param]
        connection, run = description.opened(login)
        with contextlib.closing(connection):
            bench = Bench(login, description, run)
            create(server, bench)
            yield server, bench


def test_a_full_disk_ends_the_copy_and_room_on_it_lets_it_go_on(
    derby: DerbySample, open_source: OpenSource, small: tuple[Small, Bench]
) -> None:
    server, bench = small
    create_in_derby(derby, "doc", ROWS)
    watcher = Watcher()
    with open_source() as source:
        with pytest.raises(TargetRefused, match=r"^doc in .* full: make room") as raised:
            run_copy(source, bench.login, observer=watcher)
        assert f"127.0.0.1:{server.port}" in str(raised.value)
        assert 0 < bench.value("SELECT COUNT(*) FROM doc") < ROWS
        reported = bench.value("SELECT SUM(rows_written) FROM lg_chunk")
        assert bench.value("SELECT COUNT(*) FROM doc") == reported == watcher.rows["doc"]
        server.make_room()
        assert run_copy(source, bench.login).outcome is CopyOutcome.FINISHED
    assert bench.differences(derby, "doc") == NO_DIFFERENCES
