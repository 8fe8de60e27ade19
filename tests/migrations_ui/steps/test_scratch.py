"""A rehearsal's scratch database on a real MariaDB: gone at the end, whatever the end was; and what
was left all the same is found by the next one, and by the beat."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from pytest_django.fixtures import Settings

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from migrations_ui.models import Migration
from migrations_ui.runner.scratch_cleanup import sweep_leftovers
from migrations_ui.states import Level, MigrationStatus
from migrations_ui.steps import copy, leftovers, schema, scratch
from migrations_ui.steps.context import StepContext
from migrations_ui.transfer.control import Unattended
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.errors import DriverFailed
from pools.databases.scratch import (
    PREFIX,
    create_scratch,
    drop_scratch,
    list_scratches,
    scratch_grant,
    scratch_login,
)
from tests.factories import DatabaseConfigurationFactory, PoolFactory
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.usefixtures("transactional_db")
S = MigrationStatus
# Another worker: holds a lock in the scratch database, says so, and is killed.
WORKER = """
import sys, time, MySQLdb
host, port, name, user, password = sys.argv[1:]
connection = MySQLdb.connect(
    host=host, port=int(port), database=name, user=user, password=password, autocommit=False
)
connection.cursor().execute("INSERT INTO lg_left VALUES (1)")
print("locked", flush=True)
time.sleep(600)
"""


class Lines:
    """A journal that is read."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, text: str, *, level: Level = Level.INFO) -> None:
        self.lines.append(text)

    def progress(self, done: int, total: int, unit: str) -> None: ...


@pytest.fixture
def login(mariadb_login: DatabaseLogin, mariadb: EmbeddedMariaDB) -> Iterator[DatabaseLogin]:
    with mariadb.connect() as cursor:
        cursor.execute(scratch_grant(mariadb_login))
    yield mariadb_login
    for name in list_scratches(mariadb_login):
        drop_scratch(mariadb_login, name)


@pytest.fixture
def rehearse(login: DatabaseLogin) -> Migration:
    """A rehearsal into a pool on that server."""
    database = DatabaseConfigurationFactory(
        engine=login.engine,
        host=login.host,
        port=login.port,
        database_name=login.name,
        username=login.user,
        password=login.password,
    )
    migration: Migration = MigrationFactory(
        pool=PoolFactory(database=database), rehearsal=True, started=True
    )
    return migration


def context_of(migration: Migration) -> StepContext:
    migration = Migration.objects.for_run(migration.pk)
    return StepContext(migration, Lines(), Unattended(), ticking=lambda _: nullcontext())


def reported(context: StepContext) -> str:
    assert isinstance(context.journal, Lines)
    return " ".join(context.journal.lines)


def tables(login: DatabaseLogin) -> list[str]:
    with open_connection(login) as connection:
        return connection.introspection.table_names()


def test_the_tables_are_made_in_it_and_it_goes_at_the_end_and_on_the_way_back(
    rehearse: Migration, login: DatabaseLogin, settings: Settings, tmp_path: object
) -> None:
    settings.LIFEGUARD_WORK_DIR = tmp_path
    context = context_of(rehearse)
    for end in (scratch.clean_up, scratch.undo):
        assert "is made" in scratch.run(context)
        # Cut off by a kill behind the CREATE, the step begins again.
        assert "was there already" in scratch.run(context)
        schema.run(context)
        assert "users" in tables(scratch_login(login, rehearse.scratch_name))
        assert copy.undo(context) == "What was copied goes with the scratch schema."
        assert "is dropped with all it held" in end(context)
        assert list_scratches(login) == []
        assert "nothing of it is left" in scratch.undo(context)
    assert tables(login) == [], "the pool's own database was never touched"


def test_what_a_killed_worker_holds_in_it_is_let_go_by_the_server(
    rehearse: Migration, login: DatabaseLogin
) -> None:
    context = context_of(rehearse)
    scratch.run(context)
    there = scratch_login(login, rehearse.scratch_name)
    with open_connection(there) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE lg_left (a int)")
    address = (there.host, str(there.port), there.name, there.user, there.password)
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, *address], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "locked\n"
        os.kill(worker.pid, signal.SIGKILL)
    assert "is dropped" in scratch.undo(context)
    assert list_scratches(login) == []


def test_what_an_ended_rehearsal_left_goes_before_the_next_and_no_other(
    rehearse: Migration, login: DatabaseLogin
) -> None:
    ended, under_way = (
        MigrationFactory(pool=rehearse.pool, rehearsal=True, started=True) for _ in range(2)
    )
    Migration.objects.filter(pk=ended.pk).update(status=S.CANCELLED)
    strangers = f"{PREFIX}of_another"
    for name in (ended.scratch_name, under_way.scratch_name, strangers):
        create_scratch(login, name)
    context = context_of(rehearse)
    scratch.run(context)
    names = [under_way.scratch_name, strangers, rehearse.scratch_name]
    assert list_scratches(login) == sorted(names)
    assert f"{ended.scratch_name}, left over from the rehearsal" in reported(context)
    assert f"{strangers} too, of no rehearsal that this console knows" in reported(context)


def test_the_beat_finds_what_was_left_and_leaves_what_is_in_use(
    rehearse: Migration, login: DatabaseLogin
) -> None:
    create_scratch(login, rehearse.scratch_name)
    sweep_leftovers()
    assert list_scratches(login) == [rehearse.scratch_name]
    Migration.objects.filter(pk=rehearse.pk).update(
        status=S.REHEARSED, finished_at=rehearse.created_at
    )
    sweep_leftovers()
    assert list_scratches(login) == []


@pytest.mark.parametrize(
    "error", [ValueError("odd name"), DriverFailed("MySQL at db:3306", KeyError("x"))]
)
def test_one_that_cannot_be_dropped_keeps_no_other(
    rehearse: Migration,
    login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    ended = [MigrationFactory(pool=rehearse.pool, rehearsal=True, started=True) for _ in range(3)]
    Migration.objects.filter(pk__in=[each.pk for each in ended]).update(status=S.CANCELLED)
    names = sorted(each.scratch_name for each in ended)
    for name in names:
        create_scratch(login, name)

    def drop(login: DatabaseLogin, name: str) -> bool:
        if name == names[0]:
            raise error
        return drop_scratch(login, name)

    monkeypatch.setattr(leftovers, "drop_scratch", drop)
    said: list[str] = []
    leftovers.drop_leftovers(login, note=said.append)

    assert list_scratches(login) == names[:1]
    assert len(said) == 3
    of_the_first = next(text for text in said if names[0] in text)
    assert "ValueError: odd name" in of_the_first or "could not be dropped" in of_the_first
    assert login.password not in " ".join(said)
