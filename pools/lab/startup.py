"""What Traveler does to its store when it starts: open it, join the pool, or refuse."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import UTC, datetime

from pools.databases.connection import open_connection
from pools.databases.errors import DatabaseError
from pools.lab.database import StoreUnavailable
from pools.lab.files import HostFiles
from pools.lab.nsf import NsfDatabaseSetting
from pools.lab.pool import PoolDatabase
from pools.lab.standalone import open_standalone
from pools.lab.store import TravelerStore
from pools.lab.vendor_transfer import TransferControl, TransferFailed, transfer_rows
from pools.store.schema import REQUIRED_LEVEL, apply_schema, schema_level

# domain.md 4: the vendor's documentation has the first spelling, the article the second.
AUTO_SCHEMA_PARAMETERS = ("NTS_AUTO_DBSCHEMA", "NTS_AUTO_DB_SCHEMA")
FIRST_POOL_VERSION = (8, 5, 3, 100)

Say = Callable[[str], None]


class TravelerStartFailed(Exception):
    """Traveler cannot start."""


def open_store(
    files: HostFiles, setting: NsfDatabaseSetting | None, say: Say, control: TransferControl
) -> TravelerStore:
    """The store this server is set to; raises TravelerStartFailed or StoreUnavailable.

    Long, when the server has Derby data that the pool does not have yet.
    """
    if setting is None:
        say("Using the local Derby database.")
        return TravelerStore(open_standalone(files))
    _check_version(files.entry.plan.version)
    say(f"Using the enterprise database {setting.url}.")
    _prepare_schema(files, setting, say)
    pool = PoolDatabase(setting.login(files.notes_ini_values()))
    store = TravelerStore(pool)
    try:
        if files.derby_exists():
            _leave_derby_behind(files, setting, pool, say, control)
        if store.ensure_default_settings(datetime.now(UTC)):
            say("Default settings were created in the enterprise database.")
    except BaseException:
        store.close()
        raise
    return store


def _check_version(version: str) -> None:
    if tuple(int(part) for part in version.split(".")) < FIRST_POOL_VERSION:
        raise TravelerStartFailed(f"Version {version} does not support an enterprise database.")


def _prepare_schema(files: HostFiles, setting: NsfDatabaseSetting, say: Say) -> None:
    values = files.notes_ini_values()
    automatic = all(values.get(name, "true").lower() != "false" for name in AUTO_SCHEMA_PARAMETERS)
    try:
        with open_connection(setting.login(values)) as connection:
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


def _leave_derby_behind(
    files: HostFiles,
    setting: NsfDatabaseSetting,
    pool: PoolDatabase,
    say: Say,
    control: TransferControl,
) -> None:
    """Remove the Derby database, as the vendor does after a join, once the pool has its rows.

    Rows that are not there yet are brought over first. When all users and devices are there, the
    transfer is over, whoever made it.
    """
    lock = (
        files.transfer_locks / f"transfer-{hashlib.sha256(setting.url.encode()).hexdigest()[:16]}"
    )
    derby = open_standalone(files)
    try:
        own_users, own_devices = TravelerStore(derby).identities()
        pool_users, pool_devices = TravelerStore(pool).identities()
        missing = len(own_users - pool_users), len(own_devices - pool_devices)
        if any(missing):
            say(
                f"{missing[0]} users and {missing[1]} devices of the local database are not in"
                " the enterprise database yet."
            )
            transfer_rows(derby, pool, control=control, lock=lock, say=say)
    except TransferFailed as error:
        raise TravelerStartFailed(str(error)) from error
    finally:
        derby.close()
    say(f"{len(own_users)} users and {len(own_devices)} devices are in the enterprise database.")
    shutil.rmtree(files.derby)
    say("The local Derby database has been removed.")
