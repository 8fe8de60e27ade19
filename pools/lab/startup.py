"""What Traveler does to its store when it starts: open it, join the pool, or refuse."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime

from pools.databases.connection import open_connection
from pools.databases.errors import DatabaseError
from pools.lab.database import StoreUnavailable
from pools.lab.files import HostFiles
from pools.lab.nsf import DatabaseSetting
from pools.lab.pool import PoolDatabase
from pools.lab.standalone import open_standalone
from pools.lab.store import TravelerStore
from pools.store.schema import REQUIRED_LEVEL, apply_schema, schema_level

# domain.md 4: the vendor's documentation has the first spelling, the article the second.
AUTO_SCHEMA_PARAMETERS = ("NTS_AUTO_DBSCHEMA", "NTS_AUTO_DB_SCHEMA")
FIRST_POOL_VERSION = (8, 5, 3, 100)

Say = Callable[[str], None]


class TravelerStartFailed(Exception):
    """Traveler cannot start."""


def open_store(files: HostFiles, setting: DatabaseSetting | None, say: Say) -> TravelerStore:
    """The store this server is set to; raises TravelerStartFailed or StoreUnavailable."""
    if setting is None:
        say("Using the local Derby database.")
        return TravelerStore(open_standalone(files))
    _check_version(files.entry.plan.version)
    say(f"Using the enterprise database {setting.url}.")
    _prepare_schema(files, setting, say)
    store = TravelerStore(PoolDatabase(setting.login()))
    try:
        if files.derby_exists():
            _leave_derby_behind(files, store, say)
        if store.ensure_default_settings(datetime.now(UTC)):
            say("Default settings were created in the enterprise database.")
    except BaseException:
        store.close()
        raise
    return store


def _check_version(version: str) -> None:
    if tuple(int(part) for part in version.split(".")) < FIRST_POOL_VERSION:
        raise TravelerStartFailed(f"Version {version} does not support an enterprise database.")


def _prepare_schema(files: HostFiles, setting: DatabaseSetting, say: Say) -> None:
    values = files.notes_ini_values()
    automatic = all(values.get(name, "true").lower() != "false" for name in AUTO_SCHEMA_PARAMETERS)
    try:
        with open_connection(setting.login()) as connection:
            level = schema_level(connection)
            if level == REQUIRED_LEVEL:
                return
            if not automatic:
                raise TravelerStartFailed(
                    f"The database schema is at level {level or 'none'}, needed is"
                    f" {REQUIRED_LEVEL}. Run the DDL files or allow the automatic schema."
                )
            say(f"Creating the database schema, level {REQUIRED_LEVEL}.")
            apply_schema(connection)
    except DatabaseError as error:
        raise StoreUnavailable(str(error)) from error


def _leave_derby_behind(files: HostFiles, store: TravelerStore, say: Say) -> None:
    """Remove the Derby database, as the vendor does after a join, once the pool has its rows.

    The lab has no vendor transfer yet: a server whose users or devices are not all in the pool
    keeps its Derby database and does not start.
    """
    derby = open_standalone(files)
    try:
        own_users, own_devices = TravelerStore(derby).identities()
    finally:
        derby.close()
    pool_users, pool_devices = store.identities()
    missing = len(own_users - pool_users), len(own_devices - pool_devices)
    if any(missing):
        raise TravelerStartFailed(
            f"{missing[0]} users and {missing[1]} devices of the local database are not in the"
            " enterprise database. Transfer them first."
        )
    say(f"{len(own_users)} users and {len(own_devices)} devices are in the enterprise database.")
    shutil.rmtree(files.derby)
    say("The local Derby database has been removed.")
