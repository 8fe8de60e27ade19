"""A pool whose shared store is a MariaDB: what servers and devices do stays the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoDbBlocker

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from pools.databases.connection import open_connection
from pools.lab.pool import PoolDatabase
from pools.store.models import SecRecord
from pools.store.schema import apply_schema
from tests.lab_fixture import RunningLab, new_database, running_lab
from tests.pools.lab.phones import phones_of
from tests.waiting import wait_until

TRAV1, TRAV2 = "CN=trav1/O=Acme", "CN=trav2/O=Acme"


@pytest.fixture(scope="module")
def mariadb_lab(
    tmp_path_factory: pytest.TempPathFactory,
    mariadb: EmbeddedMariaDB,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[RunningLab]:
    """The pool `Acme EU` with trav1 and trav2, over MariaDB."""
    with running_lab(
        tmp_path_factory.mktemp("mariadb_pool"),
        mariadb,
        hosts=["trav1", "trav2"],
        scale=0.1,
        unblocked=django_db_blocker.unblock(),
    ) as lab:
        yield lab


def test_both_servers_are_members(mariadb_lab: RunningLab) -> None:
    def shown() -> str:
        return mariadb_lab.console("trav1", "tell traveler hadr show")

    wait_until(lambda: TRAV1 in shown() and TRAV2 in shown())


def test_the_servers_are_set_to_mysql(mariadb_lab: RunningLab) -> None:
    data = mariadb_lab.directory.data(mariadb_lab.host("trav2"))
    status, output = mariadb_lab.run("trav2", f"{data}/traveler/util/travelerUtil db show")
    assert status == 0
    assert "jdbc:mysql://127.0.0.1:" in output
    assert "secret-of-the-lab" not in output


def test_devices_sync_and_keep_their_anchor_through_a_kill(mariadb_lab: RunningLab) -> None:
    phone = next(phones_of(mariadb_lab))
    assert phone.owner("trav1") == TRAV1
    before = phone.anchor
    mariadb_lab.kill("trav1")
    assert phone.owner("trav2") == TRAV2, "no recovery sync, since its state is in the database"
    assert phone.anchor > before
    mariadb_lab.restart("trav1")
    assert phone.sync("trav1").json()["sync"] == "normal"


def test_moments_keep_their_microseconds(
    mariadb: EmbeddedMariaDB, django_db_blocker: DjangoDbBlocker
) -> None:
    moment = datetime(2026, 11, 25, 18, 4, 5, 123456, tzinfo=UTC)
    with django_db_blocker.unblock():
        login = new_database(mariadb)
        with open_connection(login) as connection:
            apply_schema(connection)
        database = PoolDatabase(login)
        try:
            database.insert_rows(SecRecord, [("u", "d", 1, 2, None, moment, "ü😀")])
            assert database.rows("SELECT requested_on, remark FROM sec_records") == [
                (moment, "ü😀")
            ]
            assert (
                database.execute(
                    "UPDATE sec_records SET status = 3 WHERE requested_on < ?",
                    [moment + timedelta(microseconds=1)],
                )
                == 1
            )
        finally:
            database.close()
