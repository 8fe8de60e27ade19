"""The embedded MariaDB: what the tests and the demo rely on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import MySQLdb
import pytest

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from pools.databases.connection import DatabaseLogin


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedMariaDB]:
    with EmbeddedMariaDB(tmp_path / "mariadb") as server:
        yield server


def test_mariadb_keeps_its_data_and_password_over_a_power_cut(own_server: EmbeddedMariaDB) -> None:
    own_server.create_database("traveler")
    password = own_server.password
    own_server.kill()
    own_server.start()
    assert own_server.password == password
    with own_server.connect() as cursor:
        cursor.execute("SHOW DATABASES LIKE 'traveler'")
        assert cursor.fetchall() == (("traveler",),)


def test_mariadb_lets_nobody_in_without_a_password(mariadb: EmbeddedMariaDB) -> None:
    for user in ("root", "", "lifeguard"):
        with pytest.raises(MySQLdb.OperationalError, match="Access denied"):
            MySQLdb.connect(host="127.0.0.1", port=mariadb.port, user=user, password="")


def test_the_given_database_is_utf8_and_takes_local_files(
    mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin
) -> None:
    with mariadb.connect() as cursor:
        cursor.execute(f"USE {mariadb_login.name}")
        cursor.execute("SELECT @@character_set_database, @@collation_database, @@local_infile")
        assert cursor.fetchone() == ("utf8mb4", "utf8mb4_bin", 1)
