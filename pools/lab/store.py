"""The questions a Traveler server asks of its store, the same over Derby and over the pool's.

Plain SQL that Derby, Db2, SQL Server, MySQL and PostgreSQL all understand. The lists are cut into
pages here and not in SQL, because the engines have no common words for it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pools.domain.routing import Ownership
from pools.lab.database import Database, Row
from pools.lab.people import default_settings
from pools.store.models import Device, PoolServer, Setting, StoreUser

POOL_DEFAULTS = "*"


class SyncKind(enum.StrEnum):
    """How a sync went; `recovery` means that the device had to fetch everything again."""

    NORMAL = "normal"
    FIRST = "first"
    REPEATED = "repeated"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """A device that wants to sync, with the anchor of its last sync (0: never)."""

    username: str
    device_id: str
    device_type: str
    anchor: int


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """What a sync wrote."""

    anchor: int
    kind: SyncKind


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user of the pool, as the lab's Traveler reads one."""

    username: str
    internet_address: str
    mail_server: str
    mail_file: str
    master_server: str | None
    master_since: datetime | None
    bound_server: str | None
    last_connect: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """The fields of the administration API's device item (domain.md 3.1)."""

    username: str
    device_id: str
    device_provider: str
    device_type: str
    device_level: str | None
    notification_type: int
    access_status: int
    approval_policy: int
    approval_date: datetime | None
    approver_ids: str | None
    policy_compliance: int
    requested_wipe_options: int
    wipe_request_status: int
    wipe_types_supported: int
    wipe_action_date: datetime | None
    sms_address: str | None
    last_sync_time: datetime | None


@dataclass(frozen=True, slots=True)
class StoreServerRow:
    """A row of `tell traveler hadr show`."""

    domino_name: str
    server_id: str
    host_name: str
    ip_address: str
    task_port: int
    servlet_port: int
    heart_beat: datetime | None
    availability_index: int
    number_of_users: int
    running: int
    version: str
    build: str | None
    started: datetime | None


# ruff: noqa: S608 - the only text put into statements is the column names above.
USER_COLUMNS = ", ".join(UserRow.__slots__)
DEVICE_COLUMNS = ", ".join(DeviceRow.__slots__)
SERVER_COLUMNS = ", ".join(StoreServerRow.__slots__)


class TravelerStore:
    """Used by one thread; raises StoreUnavailable when the database is gone."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def close(self) -> None:
        self.database.close()

    # Users and devices

    def users(self) -> list[UserRow]:
        rows = self.database.rows(f"SELECT {USER_COLUMNS} FROM users ORDER BY username")
        return [UserRow(*row) for row in rows]

    def devices(self) -> list[DeviceRow]:
        order = "ORDER BY username, device_id"
        rows = self.database.rows(f"SELECT {DEVICE_COLUMNS} FROM devices {order}")
        return [DeviceRow(*row) for row in rows]

    def user(self, name: str) -> UserRow | None:
        """By canonical name, abbreviated name, common name or address, in any case."""
        wanted = name.strip().lower()
        for user in self.users():
            canonical = user.username.lower()
            parts = [part.partition("=")[2] for part in canonical.split("/")]
            if wanted in (canonical, "/".join(parts), parts[0], user.internet_address.lower()):
                return user
        return None

    def user_devices(self, username: str) -> list[DeviceRow]:
        rows = self.database.rows(
            f"SELECT {DEVICE_COLUMNS} FROM devices WHERE username = ? ORDER BY device_id",
            [username],
        )
        return [DeviceRow(*row) for row in rows]

    def access_status(self, username: str, device_id: str) -> int:
        rows = self.database.rows(
            "SELECT access_status FROM devices WHERE username = ? AND device_id = ?",
            [username, device_id],
        )
        return int(rows[0][0]) if rows else 0

    def count_users(self, master: str | None = None) -> int:
        where, parameters = ("WHERE master_server = ?", [master]) if master else ("", [])
        return int(self.database.rows(f"SELECT COUNT(*) FROM users {where}", parameters)[0][0])

    def identities(self) -> tuple[set[Row], set[Row]]:
        """The keys of all users and of all devices."""
        users = set(self.database.rows("SELECT username FROM users"))
        return users, set(self.database.rows("SELECT username, device_id FROM devices"))

    # Master ownership

    def ownership(self, username: str) -> Ownership:
        rows = self.database.rows(
            "SELECT master_server, master_since, last_connect, bound_server FROM users"
            " WHERE username = ?",
            [username],
        )
        return Ownership(*rows[0]) if rows else Ownership()

    def take_ownership(self, username: str, *, old: str | None, new: str, now: datetime) -> bool:
        """Make `new` the master unless another server was faster; a new user is registered."""
        condition, parameters = "IS NULL", [new, now, username]
        if old is not None:
            condition, parameters = "= ?", [*parameters, old]
        changed = self.database.execute(
            "UPDATE users SET master_server = ?, master_since = ?"
            f" WHERE username = ? AND master_server {condition}",
            parameters,
        )
        if not changed and not self._has_user(username):
            self._register_user(username, new, now)
            return True
        return bool(changed)

    # Device sync

    def sync_device(self, request: DeviceRequest, now: datetime) -> SyncOutcome:
        """Take the device's sync state one step on. The state is in the store, not in a server,
        so it does not matter which server of the pool is asked.
        """
        key = [request.username, request.device_id]
        with self.database.transaction():
            self.database.execute(
                "UPDATE users SET last_connect = ? WHERE username = ?", [now, request.username]
            )
            rows = self.database.rows(
                "SELECT sync_anchor FROM devices WHERE username = ? AND device_id = ?", key
            )
            if not rows:
                self._register_device(request, now)
                return SyncOutcome(1, SyncKind.RECOVERY if request.anchor else SyncKind.FIRST)
            stored = int(rows[0][0])
            if request.anchor == stored - 1:
                # The last sync was committed but its answer never arrived.
                return SyncOutcome(stored, SyncKind.REPEATED)
            self.database.execute(
                "UPDATE devices SET sync_anchor = ?, last_sync_time = ?"
                " WHERE username = ? AND device_id = ?",
                [stored + 1, now, *key],
            )
        kind = SyncKind.NORMAL if request.anchor == stored else SyncKind.RECOVERY
        return SyncOutcome(stored + 1, kind)

    # Servers of the pool

    def servers(self) -> list[StoreServerRow]:
        rows = self.database.rows(f"SELECT {SERVER_COLUMNS} FROM servers ORDER BY domino_name")
        return [StoreServerRow(*row) for row in rows]

    def put_server(self, server: StoreServerRow) -> None:
        values = list(_values(server))
        assignments = ", ".join(f"{name} = ?" for name in StoreServerRow.__slots__[1:])
        changed = self.database.execute(
            f"UPDATE servers SET {assignments} WHERE domino_name = ?", [*values[1:], values[0]]
        )
        if not changed:
            self.database.insert_rows(PoolServer, [tuple(values)])

    def delete_server(self, domino_name: str) -> bool:
        return bool(
            self.database.execute("DELETE FROM servers WHERE domino_name = ?", [domino_name])
        )

    def mark_stopped(self, domino_name: str) -> None:
        self.database.execute("UPDATE servers SET running = 0 WHERE domino_name = ?", [domino_name])

    def ensure_default_settings(self, now: datetime) -> bool:
        """The first server of a pool creates the default settings; True when that was now."""
        rows = self.database.rows("SELECT COUNT(*) FROM settings WHERE owner = ?", [POOL_DEFAULTS])
        if rows[0][0]:
            return False
        self.database.insert_rows(Setting, default_settings(POOL_DEFAULTS, now))
        return True

    def _has_user(self, username: str) -> bool:
        return bool(self.database.rows("SELECT 1 FROM users WHERE username = ?", [username]))

    def _register_user(self, username: str, master: str | None, now: datetime) -> None:
        common = username.partition("/")[0].removeprefix("CN=")
        mail_file = "mail/new.nsf"
        row = (username, "", "", mail_file, common, master, now if master else None, None, now, now)
        self.database.insert_rows(StoreUser, [row])

    def _register_device(self, request: DeviceRequest, now: datetime) -> None:
        if not self._has_user(request.username):
            self._register_user(request.username, None, now)
        no_text, no_date = None, None
        codes = (0, 0, 4)  # no notifications, access allowed, automatically approved
        wipe = (0, 0, 1)
        self.database.insert_rows(
            Device,
            [
                (
                    request.username,
                    request.device_id,
                    request.device_type.partition("-")[0],
                    request.device_type,
                    no_text,
                    *codes,
                    now,
                    no_text,
                    0,
                    *wipe,
                    no_date,
                    no_text,
                    1,
                    now,
                    now,
                )
            ],
        )


def _values(server: StoreServerRow) -> Iterator[object]:
    return (getattr(server, name) for name in StoreServerRow.__slots__)
