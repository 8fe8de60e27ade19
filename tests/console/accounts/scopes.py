"""Two pools with everything that belongs to them, and a person whose role holds for one."""

from __future__ import annotations

from dataclasses import dataclass

from console.accounts.models import User
from migrations_ui.models import Migration, Reject
from pools.models import DatabaseConfiguration, Device, Operation, Pool, Server, TravelerUser
from tests.factories import (
    DeviceFactory,
    OperationFactory,
    PoolFactory,
    ServerFactory,
    TravelerUserFactory,
    UserFactory,
)
from tests.migrations_ui.factories import MigrationFactory, RejectFactory


@dataclass(frozen=True)
class Side:
    """One pool and what is in it."""

    pool: Pool
    server: Server
    operation: Operation
    person: TravelerUser
    device: Device
    migration: Migration
    reject: Reject

    @property
    def database(self) -> DatabaseConfiguration:
        return self.pool.database


def make_side(name: str) -> Side:
    """A pool of that name, with a dead server: it is on the list of what needs a person."""
    pool = PoolFactory(name=f"Pool {name}", slug=name, database__name=f"Database {name}")
    server = ServerFactory(domino_name=f"CN=trav-{name}/O=Acme", pool=pool, dead=True)
    person = TravelerUserFactory(name=f"CN=Ada {name}/O=Acme", pool=pool, master_server=server)
    migration = MigrationFactory(
        pool=pool, broken=True, server__domino_name=f"CN=moving-{name}/O=Acme"
    )
    return Side(
        pool=pool,
        server=server,
        operation=OperationFactory(server=server),
        person=person,
        device=DeviceFactory(user=person, device_id=f"APPL-{name}"),
        migration=migration,
        reject=RejectFactory(migration=migration),
    )


def person_of(side: Side) -> User:
    """An administrator of that pool, and of no other."""
    person = UserFactory(all_pools=False)
    person.pools.add(side.pool)
    return person
