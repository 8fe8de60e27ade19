"""The kit for PostgreSQL, run file by file on the real server, as its own heads say."""

from __future__ import annotations

import os
import subprocess
import uuid
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from console.supervision.embedded.postgresql import POSTGRESQL_BIN, EmbeddedPostgreSQL
from pools.checks.database import run_checks
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.kit_order import KitOrder
from pools.states import SchemaMode
from pools.store.kit.files import kit_files
from pools.store.schema import REQUIRED_LEVEL, schema_level
from tests.pools.store.kit.orders import SECOND, order, second_level

# Private connections count as database access for pytest-django.
pytestmark = pytest.mark.django_db

PASSWORD = "set-by-the-dba"


class Dba:
    """Runs files with psql as the superuser, and reads back as the console does."""

    def __init__(self, server: EmbeddedPostgreSQL, folder: Path, made: KitOrder) -> None:
        self.server, self.folder, self.order = server, folder, made

    def run(self, number: int, *, database: str | None = None) -> str:
        """What psql printed; raises CalledProcessError."""
        file = next(f for f in kit_files(self.order) if f.name.startswith(f"{number}-"))
        path = self.folder / file.name
        path.write_bytes(file.data)
        where = database or ("postgres" if number == 1 else self.order.new.name)
        return subprocess.run(
            [
                str(POSTGRESQL_BIN / "psql"),
                *("-X", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.server.port)),
                *("-U", self.server.user, "-d", where, "-f", str(path), "-A", "-t"),
            ],
            env=os.environ | {"PGPASSWORD": self.server.password},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def set_password(self) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(self.order.traveler_login), sql.Literal(PASSWORD)
                )
            )

    @property
    def login(self) -> DatabaseLogin:
        return DatabaseLogin(
            engine="postgresql",
            host="127.0.0.1",
            port=self.server.port,
            name=self.order.new.name,
            user=self.order.traveler_login,
            password=PASSWORD,
            schema=self.order.schema,
        )

    def level(self) -> str | None:
        with open_connection(self.login) as connection:
            return schema_level(connection)


@pytest.fixture
def dba(postgresql: EmbeddedPostgreSQL, tmp_path: Path) -> Dba:
    """Names that only right quoting survives."""
    mark = uuid.uuid4().hex[:8]
    made = order(
        "postgresql",
        pool="Acme\n; DROP DATABASE postgres; --",
        new={"name": f"trav'\"{mark}", "comment": "Acme's \\ pool"},
        traveler_login=f"lnt '\"{mark}",
        console_login=f"lnt '\"{mark}",
    )
    return Dba(postgresql, tmp_path, made)


def test_the_files_in_their_order_make_the_level_needed(dba: Dba) -> None:
    for number in (1, 2, 4):
        dba.run(number)
    dba.set_password()

    assert dba.level() == REQUIRED_LEVEL
    verified = dba.run(5).splitlines()
    assert verified == ["UTF8", "SET", f"{REQUIRED_LEVEL}|{REQUIRED_LEVEL}"]
    report = run_checks(dba.login, schema_mode=SchemaMode.MANUAL)
    blocking = [line for line in report.results if not line.passed and line.severity == "blocker"]
    assert blocking == []


def test_a_login_made_by_the_file_cannot_be_used_before_it_has_a_password(dba: Dba) -> None:
    for number in (1, 2, 4):
        dba.run(number)
    line = run_checks(dba.login).line("login")
    assert line is not None
    assert not line.passed


def test_the_tables_can_stand_in_a_schema_of_their_own(dba: Dba) -> None:
    dba.order = replace(dba.order, schema='L"N T')
    for number in (1, 2, 4):
        dba.run(number)
    dba.set_password()
    assert dba.level() == REQUIRED_LEVEL


def test_an_upgrade_keeps_the_rows_and_reaches_the_next_level(dba: Dba) -> None:
    for number in (1, 2, 4):
        dba.run(number)
    dba.set_password()
    with open_connection(dba.login) as connection:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO settings (owner, name, changed) VALUES ('o', 'n', now())")
        levels = (*dba.order.levels, second_level(connection))
    dba.order = replace(dba.order, levels=levels, level_found=REQUIRED_LEVEL)

    dba.run(3)

    assert dba.level() == SECOND
    with open_connection(dba.login) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(remark) FROM settings, users")
        cursor.execute("SELECT count(*) FROM settings")
        assert cursor.fetchone() == (1,)


def test_what_is_missing_is_named(dba: Dba) -> None:
    dba.run(1)
    dba.run(2)
    with psycopg.connect(dba.server.url, dbname=dba.order.new.name) as connection:
        connection.execute("ALTER TABLE users DROP COLUMN mail_file")
        connection.execute("DROP TABLE sec_records")

    printed = dba.run(5)

    assert "users|mail_file" in printed
    assert "sec_records|remark" in printed
    assert "devices|" not in printed


@pytest.mark.parametrize("number", [2, 4])
def test_a_file_refuses_to_run_in_another_database(dba: Dba, number: int) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        dba.run(number, database="postgres")
    assert "Connect to the database trav" in refused.value.stderr
    with psycopg.connect(dba.server.url) as connection:
        assert connection.execute("SELECT to_regclass('users')").fetchone() == (None,)


def test_a_file_that_fails_leaves_nothing_behind(dba: Dba) -> None:
    dba.run(1)
    with psycopg.connect(dba.server.url, dbname=dba.order.new.name) as connection:
        connection.execute("CREATE TABLE users (in_the_way integer)")
    with pytest.raises(subprocess.CalledProcessError):
        dba.run(2)
    with psycopg.connect(dba.server.url, dbname=dba.order.new.name) as connection:
        assert connection.execute("SELECT to_regclass('schema_level')").fetchone() == (None,)
