"""Steps that many tests of whole migrations take, and an independent look at both databases."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db.models import Model

from migrations_ui.models import Migration
from migrations_ui.runner.preflight import run_checks
from migrations_ui.runner.runner import run_migration
from migrations_ui.services.migrations import check_migration, confirm_cutover, start_migration
from migrations_ui.states import MigrationStatus
from pools.databases.connection import DatabaseLogin
from pools.lab.derby import DerbyDatabase
from pools.store import models as store

TRANSFERRED: tuple[type[Model], ...] = (
    store.StoreUser,
    store.Device,
    store.SecRecord,
    store.FolderState,
    store.DocState,
    store.Attachment,
    store.Setting,
)


def check_and_start(migration: Migration) -> None:
    check_migration(migration, actor=migration.actor)
    run_checks(migration.pk)
    migration.refresh_from_db()
    assert migration.state is MigrationStatus.READY, list(
        migration.findings.blockers().values_list("title", "seen")
    )
    start_migration(migration, actor=migration.actor)


def run_to_the_gate(migration: Migration) -> None:
    check_and_start(migration)
    run(migration)
    assert migration.state is MigrationStatus.AWAITING_CUTOVER, migration.failure


def cut_over(migration: Migration) -> None:
    confirm_cutover(migration, actor=migration.actor, typed_name=migration.server.short_name)
    run(migration)
    assert migration.state is MigrationStatus.FINISHED, migration.failure


def run(migration: Migration) -> None:
    """As a worker would, in this process."""
    run_migration(migration.pk)
    migration.refresh_from_db()


def file_digests(data: Path) -> dict[str, str]:
    """SHA-256 of everything that makes the server what it is: what a migration must not touch."""
    files = [data / "notes.ini", data / "LotusTraveler.nsf"]
    files += [path for path in (data / "traveler").rglob("*") if path.is_file()]
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.suffix != ".lck"
    }


Rows = dict[str, set[tuple[object, ...]]]


def rows_in_pool(login: DatabaseLogin) -> Rows:
    """Every row of every migrated table, read with plain SQL."""
    address = f"host={login.host} port={login.port} dbname={login.name} user={login.user}"
    with psycopg.connect(address, password=login.password) as connection:
        return {
            model._meta.db_table: {
                _plain(row)
                for row in connection.execute(
                    f"SELECT {_columns(model)} FROM {model._meta.db_table}"  # noqa: S608
                )
            }
            for model in TRANSFERRED
        }


def scratch_schemas(login: DatabaseLogin) -> list[str]:
    """Those that a rehearsal made, and has not dropped yet."""
    address = f"host={login.host} port={login.port} dbname={login.name} user={login.user}"
    with psycopg.connect(address, password=login.password) as connection:
        return [
            name
            for (name,) in connection.execute(
                r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'lg\_rehearsal\_%'"
            )
        ]


def without_person(rows: Rows, username: str) -> Rows:
    """The same without the rows of one user, which are what a device of theirs changes."""
    return {table: {row for row in kept if row[0] != username} for table, kept in rows.items()}


def devices_called(device_id: str, login: DatabaseLogin) -> set[object]:
    """Whose devices in the pool have this id."""
    return {row[0] for row in rows_in_pool(login)["devices"] if row[1] == device_id}


def rows_in_derby(directory: Path, log: Path) -> Rows:
    """The same of a Derby database that nobody has open, read over JDBC."""
    database = DerbyDatabase(directory, log)
    try:
        return {
            model._meta.db_table: {
                _plain(row)
                for row in database.rows(
                    f"SELECT {_columns(model)} FROM {model._meta.db_table}"  # noqa: S608
                )
            }
            for model in TRANSFERRED
        }
    finally:
        database.close()


def _columns(model: type[Model]) -> str:
    return ", ".join(str(field.column) for field in model._meta.concrete_fields)


def _plain(row: tuple[Any, ...]) -> tuple[object, ...]:
    """Values in one spelling, whichever driver they came through."""
    return tuple(_plain_value(value) for value in row)


def _plain_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    return bytes(value) if isinstance(value, memoryview | bytearray) else value
