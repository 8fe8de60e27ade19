"""What a page costs: at most a dozen queries, however many pools, servers and rows there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from migrations_ui.models import Correction, Migration, ProgressSample
from tests.factories import PoolFactory, ServerFactory, TravelerUserFactory
from tests.migrations_ui.factories import (
    ConflictFactory,
    FindingFactory,
    MigrationFactory,
    MismatchFactory,
    RejectFactory,
    TableTransferFactory,
)
from tests.people import administrator, helpdesk
from tests.pools.views.conftest import World, make_world
from tests.pools.views.pages import LOOKING_UP, REACH, READABLE, address_of

__all__ = ["administrator", "helpdesk"]

MOST_QUERIES = 12
SEARCHES = ("/find/?q=user", "/find/?q=zzqq", "/find/?q=appl")
# Where a migration stands, by the trait of its factory.
STANDS = ("copying", "broken", "at_gate", "finished", "rehearsed", "following")
MIGRATION_PAGES = (
    *("", "live/", "report/", "rejects/", "verification/", "retained/"),
    *("conflicts/", "conflicts/?verdict=replaced"),
)

# Whether rows can still be corrected after the end is asked of the pool's lock as well: 13.
MAY_COST_MORE = {"finished": {"rejects/"}}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def over_budget(client: Client, addresses: Iterable[str]) -> dict[str, int]:
    """Queries by address, of the pages that cost too many: once their templates are loaded."""
    costs = {address: queries_of(client, address) for address in addresses}
    return {address: count for address, count in costs.items() if count > MOST_QUERIES}


def test_pages_of_an_administrator(world: World, administrator: Client) -> None:
    migration_of(world, "at_gate")
    assert over_budget(administrator, (address_of(name, world) for name in READABLE)) == {}


def test_pages_of_the_helpdesk(world: World, helpdesk: Client) -> None:
    # The overview leads the helpdesk on to the look-up.
    names = [name for name in READABLE if REACH[name] == LOOKING_UP and name != "pools:overview"]
    assert over_budget(helpdesk, (address_of(name, world) for name in names)) == {}


def test_searches(world: World, administrator: Client, helpdesk: Client) -> None:
    TravelerUserFactory.create_batch(15)
    for client in (administrator, helpdesk):
        assert over_budget(client, SEARCHES) == {}


@pytest.mark.parametrize("stands", STANDS)
def test_pages_of_a_migration(stands: str, world: World, administrator: Client) -> None:
    here = migration_of(world, stands).get_absolute_url()
    pages = set(MIGRATION_PAGES) - MAY_COST_MORE.get(stands, set())
    assert over_budget(administrator, (f"{here}{page}" for page in sorted(pages))) == {}


def test_pages_before_a_migration_starts(world: World, administrator: Client) -> None:
    draft = MigrationFactory(server=world.standalone, pool=world.pool)
    FindingFactory(migration=draft)
    addresses = ["/migrations/", "/migrations/new/", f"{draft.get_absolute_url()}preflight/"]
    assert over_budget(administrator, addresses) == {}


def test_the_overview_costs_the_same_however_much_there_is(administrator: Client) -> None:
    fill(pools=2, servers=2)
    few = queries_of(administrator, "/")
    fill(pools=4, servers=4)
    assert queries_of(administrator, "/") == few


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == HTTPStatus.OK
    return len(queries)


def fill(*, pools: int, servers: int) -> None:
    """With something to say of each: a server that is busy, one that is dead, and users."""
    for pool in PoolFactory.create_batch(pools, database__unreachable=True):
        TravelerUserFactory(pool=pool)
        ServerFactory(pool=pool, busy=True)
        ServerFactory(pool=pool, dead=True)
        for _ in range(servers - 2):
            ServerFactory(pool=pool, healthy=True)


def migration_of(world: World, stands: str) -> Migration:
    """A migration into the world's pool, with a row of whatever its pages list."""
    migration: Migration = MigrationFactory(
        **{stands: True},
        server=world.standalone,
        pool=world.pool,
        source_sha256="0f",
        lines=["a line of the log"] * 9,
    )
    now = timezone.now()
    for _ in range(3):
        TableTransferFactory(
            migration=migration, verified=True, rows_copied=998, rows_rejected=1, rows_corrected=1
        )
    for minute in range(3):
        ProgressSample.objects.create(
            migration=migration, at=now - timedelta(minutes=3 - minute), rows=900 * minute
        )
    for each in range(3):
        FindingFactory(migration=migration)
        FindingFactory(
            migration=migration, group="compatibility", table="T", column="C", kind="nul", count=3
        )
        RejectFactory(migration=migration)
        ConflictFactory(migration=migration)
        MismatchFactory(migration=migration)
        Correction.objects.create(
            migration=migration,
            table="DEVICES",
            row_key=f"device-{each}",
            changes=json.dumps([["DEVICE_ID", "too long", "short"]]),
            corrected_by=migration.actor,
        )
    return migration
