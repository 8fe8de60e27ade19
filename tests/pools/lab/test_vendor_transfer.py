"""A server that migrates its own data into a pool: whole, one at a time, and on after any end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import Model
from pytest_django.plugin import DjangoDbBlocker

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from pools.databases.connection import DatabaseLogin
from pools.lab.derby import DerbyDatabase
from pools.lab.faults import set_fault
from pools.lab.pool import PoolDatabase
from pools.lab.vendor_transfer import TRANSFERRED
from tests.lab_fixture import RunningLab, running_lab
from tests.waiting import wait_until

Keys = dict[str, set[tuple[object, ...]]]


@pytest.fixture
def lab(
    tmp_path: Path, postgresql: EmbeddedPostgreSQL, django_db_blocker: DjangoDbBlocker
) -> Iterator[RunningLab]:
    """Slow enough to be hit in the middle: some hundred rows a second."""
    with (
        django_db_blocker.unblock(),
        running_lab(
            tmp_path, postgresql, hosts=["trav4", "trav32"], scale=0.02, speed=0.3
        ) as running,
    ):
        for name in ("trav4", "trav32"):
            running.run(name, "domino stop")
            join(running, name)
        yield running


def join(lab: RunningLab, name: str) -> None:
    """Set the server to the empty database, as `travelerUtil db set` does for an administrator."""
    login = lab.directory.databases["empty"]
    address = f"jdbc:postgresql://{login.host}:{login.port}/{login.name}"
    utility = lab.directory.data(lab.host(name)) / "traveler" / "util" / "travelerUtil"
    given = f"url={address} user={login.user} pw={login.password}"
    assert lab.run(name, f"{utility} db set {given}")[0] == 0


def log_of(lab: RunningLab, name: str) -> str:
    data = lab.directory.data(lab.host(name))
    return (data / "IBM_TECHNICAL_SUPPORT" / "console.log").read_text(encoding="utf-8")


def derby_of(lab: RunningLab, name: str) -> Path:
    return lab.directory.data(lab.host(name)) / "traveler" / "ntsdb"


def wait_for(lab: RunningLab, name: str, text: str) -> None:
    wait_until(lambda: text in log_of(lab, name), seconds=120)


def keys_in_derby(directory: Path, tmp_path: Path) -> Keys:
    """Of a copy: the server itself may open its own."""
    copy = tmp_path / f"copy-of-{directory.parent.parent.parent.parent.name}"
    shutil.copytree(directory, copy)
    derby = DerbyDatabase(copy, tmp_path / "derby.log")
    try:
        return _keys(derby)
    finally:
        derby.close()


def keys_in_pool(login: DatabaseLogin) -> Keys:
    pool = PoolDatabase(login)
    try:
        return _keys(pool)
    finally:
        pool.close()


def _keys(database: DerbyDatabase | PoolDatabase) -> Keys:
    return {
        model._meta.db_table: set(
            database.rows(f"SELECT {_key(model)} FROM {model._meta.db_table}")  # noqa: S608
        )
        for model in TRANSFERRED
    }


def _key(model: type[Model]) -> str:
    return ", ".join(str(field.column) for field in model._meta.pk_fields)


def test_a_transfer_that_was_killed_or_stopped_goes_on_at_the_next_start(
    lab: RunningLab, tmp_path: Path
) -> None:
    original = keys_in_derby(derby_of(lab, "trav4"), tmp_path)
    lab.run("trav4", "domino start")
    wait_for(lab, "trav4", "Data transfer: table DOC_STATE")
    assert "Task name not found" in lab.console("trav4", "tell traveler status")
    lab.kill("trav4")
    assert derby_of(lab, "trav4").exists()

    lab.restart("trav4")
    wait_for(lab, "trav4", " rows.")
    lab.run("trav4", "domino stop")
    assert "Data transfer stopped after" in log_of(lab, "trav4")
    assert not (derby_of(lab, "trav4") / "db.lck").exists()

    lab.run("trav4", "domino start")
    wait_for(lab, "trav4", "Server started.")
    transferred = keys_in_pool(lab.directory.databases["empty"])
    assert all(original[table] <= keys for table, keys in transferred.items())
    assert not derby_of(lab, "trav4").exists()
    assert "CN=trav4/O=Acme" in lab.console("trav4", "tell traveler hadr show")


def test_a_transfer_that_fails_half_way_keeps_derby(lab: RunningLab) -> None:
    set_fault(lab.directory, lab.host("trav32"), "fail-transfer", active=True)
    lab.run("trav32", "domino start")
    wait_for(lab, "trav32", "Server did not start.")
    assert "Data transfer failed after" in log_of(lab, "trav32")
    assert derby_of(lab, "trav32").exists()


def test_one_server_transfers_at_a_time(lab: RunningLab) -> None:
    lab.run("trav4", "domino start")
    wait_for(lab, "trav4", "Data transfer to the enterprise database begins")
    lab.run("trav32", "domino start")
    wait_for(lab, "trav32", "Another server is transferring its data.")
    lab.kill("trav4")
    wait_for(lab, "trav32", "Server started.")
