"""The kit for MySQL, run file by file on a real MariaDB."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from pools.checks.database import run_checks
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.kit_order import KitOrder, NewDatabase
from pools.databases.quoting import backticked
from pools.states import SchemaMode
from pools.store.kit.files import kit_files
from pools.store.schema import REQUIRED_LEVEL, schema_level
from tests.pools.store.kit.orders import SECOND, order, second_level

# Private connections count as database access for pytest-django.
pytestmark = pytest.mark.django_db

PASSWORD = "set-by-the-dba"


class Dba:
    """Sends whole files to the server as they are, and reads back as the console does."""

    def __init__(self, server: EmbeddedMariaDB, made: KitOrder) -> None:
        self.server, self.order = server, made

    def run(self, number: int) -> list[tuple[Any, ...]]:
        """The rows of all queries in the file."""
        file = next(f for f in kit_files(self.order) if f.name.startswith(f"{number}-"))
        with self.server.connect() as cursor:
            cursor.execute(file.text)
            rows = list(cursor.fetchall())
            while cursor.nextset():
                rows += cursor.fetchall()
            return rows

    def set_password(self) -> None:
        with self.server.connect() as cursor:
            cursor.execute(
                "ALTER USER %s@'%%' IDENTIFIED BY %s ACCOUNT UNLOCK",
                [self.order.traveler_login, PASSWORD],
            )

    @property
    def login(self) -> DatabaseLogin:
        return DatabaseLogin(
            engine="mysql",
            host="127.0.0.1",
            port=self.server.port,
            name=self.order.new.name,
            user=self.order.traveler_login,
            password=PASSWORD,
        )

    def level(self) -> str | None:
        with open_connection(self.login) as connection:
            return schema_level(connection)


@pytest.fixture
def dba(mariadb: EmbeddedMariaDB) -> Dba:
    """Names that only right quoting survives."""
    mark = uuid.uuid4().hex[:8]
    made = order(
        "mysql",
        pool="Acme\n; DROP DATABASE mysql; --",
        new={"name": f"trav_'\"%{mark}"},
        traveler_login=f"lnt'\\{mark}",
        console_login=f"lnt'\\{mark}",
    )
    return Dba(mariadb, made)


def test_the_files_in_their_order_make_the_level_needed(dba: Dba) -> None:
    for number in (1, 2, 4):
        dba.run(number)
    dba.set_password()

    assert dba.level() == REQUIRED_LEVEL
    assert dba.run(5) == [("utf8mb4", "utf8mb4_bin"), (REQUIRED_LEVEL, REQUIRED_LEVEL)]
    report = run_checks(dba.login, schema_mode=SchemaMode.MANUAL)
    blocking = [line for line in report.results if not line.passed and line.severity == "blocker"]
    assert blocking == []


def test_names_that_differ_in_case_or_accent_stay_two(dba: Dba) -> None:
    dba.run(1)
    dba.run(2)
    with dba.server.connect() as cursor:
        cursor.execute(f"USE {backticked(dba.order.new.name)}")
        for name in ("muller", "Muller", "müller"):
            cursor.execute(
                "INSERT INTO settings (owner, name, changed) VALUES (%s, 'n', NOW())", [name]
            )


def test_a_login_made_by_the_file_cannot_be_used_before_it_has_a_password(dba: Dba) -> None:
    for number in (1, 2, 4):
        dba.run(number)
    for password in ("", PASSWORD):
        line = run_checks(replace(dba.login, password=password)).line("login")
        assert line is not None
        assert not line.passed


def test_the_login_may_enter_no_database_with_a_similar_name(dba: Dba) -> None:
    """An underscore in a grant stands for any character unless it is escaped."""
    for number in (1, 2, 4):
        dba.run(number)
    dba.set_password()
    other = dba.order.new.name.replace("_", "X")
    with dba.server.connect() as cursor:
        cursor.execute(f"CREATE DATABASE {backticked(other)}")
    line = run_checks(replace(dba.login, name=other)).line("login")
    assert line is not None
    assert not line.passed


def test_an_upgrade_reaches_the_next_level(dba: Dba) -> None:
    for number in (1, 2, 4):
        dba.run(number)
    dba.set_password()
    with open_connection(dba.login) as connection:
        levels = (*dba.order.levels, second_level(connection))
    dba.order = replace(dba.order, levels=levels, level_found=REQUIRED_LEVEL)

    dba.run(3)

    assert dba.level() == SECOND


def test_what_is_missing_is_named(dba: Dba) -> None:
    dba.order = replace(dba.order, new=NewDatabase(f"{dba.order.new.name}`"))
    dba.run(1)
    dba.run(2)
    with dba.server.connect() as cursor:
        cursor.execute(f"USE {backticked(dba.order.new.name)}")
        cursor.execute("ALTER TABLE users DROP COLUMN mail_file")

    assert ("users", "mail_file") in dba.run(5)
