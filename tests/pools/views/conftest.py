"""People who visit the pages, and a world with one row of every kind to visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from pools.models import DatabaseConfiguration, Login, Operation, Pool, Server, TravelerUser
from tests.factories import (
    AuditEntryFactory,
    DatabaseFindingFactory,
    DeviceFactory,
    OperationFactory,
    PoolFactory,
    PoolMemberFactory,
    ReadingFactory,
    ServerFactory,
    StatusChangeFactory,
    TravelerUserFactory,
)
from tests.people import administrator, helpdesk, outsider

__all__ = ["administrator", "helpdesk", "outsider"]

# As long as a Domino name may well be.
LONG = "a-server-whose-name-is-sixty-characters-long-and-never-breaks"
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMuvEFUJYfs7GF7OEObvqxEFl8cYkHqcm4nvxm5XoyNq"


@dataclass(frozen=True)
class World:
    pool: Pool
    server: Server
    standalone: Server
    operation: Operation
    person: TravelerUser

    @property
    def database(self) -> DatabaseConfiguration:
        return self.pool.database

    @property
    def login(self) -> Login:
        return self.server.ssh_login


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def make_world() -> World:
    """A pool with a healthy, a busy and a dead server, a standalone one, and what they left."""
    now = timezone.now()
    pool = PoolFactory(name="Acme EU", slug="acme-eu", database__checked=True, members_seen_at=now)
    server = ServerFactory(
        domino_name="CN=trav1/O=Acme", pool=pool, healthy=True, host_key=HOST_KEY
    )
    busy = ServerFactory(domino_name="CN=trav2/O=Acme", pool=pool, busy=True)
    ServerFactory(domino_name=f"CN={LONG}/O=Acme", pool=pool, dead=True)
    standalone = ServerFactory(domino_name="CN=trav9/O=Acme", healthy=True, bits=32)
    PoolMemberFactory(pool=pool, domino_name="CN=trav1/O=Acme")
    PoolMemberFactory(pool=pool, domino_name="CN=trav7/O=Acme", alive=False)
    for minute in range(30):
        taken_at = now - timedelta(minutes=minute)
        ReadingFactory(server=server, taken_at=taken_at, availability_index=90 - minute)
    StatusChangeFactory(server=server)
    DatabaseFindingFactory(database=pool.database, passed=False, remedy="Ask a DBA.")
    person = TravelerUserFactory(
        name="CN=Größe Testüser/OU=Köln/O=Acme", pool=pool, master_server=busy
    )
    DeviceFactory(user=person)
    DeviceFactory(user=person, access_status=1, last_sync_at=now - timedelta(days=3))
    TravelerUserFactory(server=standalone)
    operation = OperationFactory(server=server, printed=["Domino Name: CN=trav1/O=Acme"])
    AuditEntryFactory()
    return World(pool, server, standalone, operation, person)
