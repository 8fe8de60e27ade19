"""Queries and milliseconds of every main page, in a console that has much to show.

    DATABASE_URL=… SECRET_KEY=… python -m benchmarks.pages [--devices 1000000] [--rounds 5]

50 pools of 8 servers, a million devices, a migration with 10,000 events. Fills the console's
database that DATABASE_URL names (an empty one, or that of benchmarks.lookup). Goal: at most 12
queries and 60 ms a page, whether all servers are checked or none.
"""

# ruff: noqa: E402 - Django has to be set up before its models are imported

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from benchmarks.lookup import fill
from benchmarks.measuring import speed_of_this_machine
from console.accounts.models import User
from console.accounts.roles import Role
from migrations_ui.models import Migration, Step, TableTransfer
from migrations_ui.models.event import Event, Line
from migrations_ui.states import STEP_ORDER, MigrationStatus, StepName, StepStatus
from pools.models import (
    CommandProfile,
    DatabaseConfiguration,
    Device,
    Login,
    Pool,
    Reading,
    Server,
    TravelerUser,
)
from pools.states import Availability, OverallStatus

POOLS, SERVERS, EVENTS, TABLES = 50, 8, 10_000, 30
MOST_QUERIES, MOST_MS = 12, 60.0


def fill_pools(administrator: User) -> None:
    """The pools, their servers with an hour of readings each, and a migration that copies."""
    now = timezone.now()
    login = Login.objects.create(name="bench", username="bench", password="bench")  # noqa: S106
    profile = CommandProfile.objects.create(name="bench")
    for number in range(POOLS):
        database = DatabaseConfiguration.objects.create(
            name=f"Database {number}",
            engine="postgresql",
            host="db.acme.example",
            port=5432,
            database_name="traveler",
            username="lnt",
            password="bench",  # noqa: S106
            checked_at=now,
            reachable=True,
            round_trip_ms=2.0,
        )
        pool = Pool.objects.create(
            name=f"Pool {number}",
            slug=f"pool-{number}",
            database=database,
            external_url="https://traveler.acme.example/traveler",
            members_seen_at=now,
            inventory_seen_at=now,
            user_count=10_000,
            device_count=20_000,
        )
        servers = Server.objects.bulk_create(
            Server(
                domino_name=f"CN=trav{number}-{each}/O=Acme",
                pool=pool,
                profile=profile,
                ssh_host="trav.acme.example",
                ssh_login=login,
                api_url="https://trav.acme.example",
                api_login=login,
                traveler_version="14.5.0",
            )
            for each in range(SERVERS)
        )
        Reading.objects.bulk_create(
            Reading(
                server=server,
                taken_at=now - timedelta(minutes=minute),
                availability=Availability.AVAILABLE,
                availability_index=87,
                overall_status=OverallStatus.GREEN,
            )
            for server in servers
            for minute in range(60)
        )
    first = Pool.objects.order_by("pk").values_list("pk", flat=True)[0]
    TravelerUser.objects.update(pool_id=first + F("id") % POOLS)
    standalone = Server.objects.create(
        domino_name="CN=trav-alone/O=Acme",
        profile=profile,
        ssh_host="trav.acme.example",
        ssh_login=login,
        api_url="https://trav.acme.example",
        api_login=login,
    )
    _fill_migration(standalone, Pool.objects.get(pk=first), administrator)


def _fill_migration(server: Server, pool: Pool, actor: User) -> None:
    migration = Migration.objects.create(
        server=server,
        pool=pool,
        actor=actor,
        status=MigrationStatus.RUNNING,
        current_step=StepName.COPY,
        started_at=timezone.now(),
        lease_owner="bench",
        lease_until=timezone.now() + timedelta(days=1),
    )
    order = STEP_ORDER[migration.kind_enum]
    for position, name in enumerate(order):
        done = position < order.index(StepName.COPY)
        Step.objects.create(
            migration=migration,
            position=position,
            name=name,
            status=StepStatus.DONE if done else StepStatus.WAITING,
        )
    for position in range(TABLES):
        TableTransfer.objects.create(
            migration=migration, position=position, table=f"table_{position}", rows_total=10_000
        )
    for start in range(0, EVENTS, 500):
        lines = [Line(f"chunk {number} committed") for number in range(start, start + 500)]
        Event.objects.append(migration.pk, lines)


def set_servers(*, checked: bool) -> None:
    """All servers healthy and just checked, or none checked for an hour."""
    Server.objects.update(
        availability=Availability.AVAILABLE,
        availability_index=87,
        overall_status=OverallStatus.GREEN,
        constrained=False,
        users=1000,
        swept_at=timezone.now() - (timedelta() if checked else timedelta(hours=1)),
    )


def pages() -> dict[Role, dict[str, str]]:
    """Address by name, for each role."""
    pool, migration = Pool.objects.order_by("pk")[0], Migration.objects.order_by("pk")[0]
    server = Server.objects.filter(pool=pool).order_by("pk")[0]
    person = TravelerUser.objects.filter(pool=pool).order_by("pk")[0]
    helpdesk = {
        "find": "/find/",
        "find, letters": "/find/?q=love",
        "find, nothing": "/find/?q=zzqq",
        "user": person.get_absolute_url(),
    }
    here, page = pool.get_absolute_url(), migration.get_absolute_url()
    administrator = {
        "overview": "/",
        "pool": here,
        "pool, index": f"{here}index.svg",
        "pool, users": f"{here}users/",
        "pool, database": f"{here}database/",
        "pool, schema": f"{here}database/schema/",
        "pool, migrations": f"{here}migrations/",
        "pool, edit": f"{here}edit/",
        "server": server.get_absolute_url(),
        "server, edit": f"{server.get_absolute_url()}edit/",
        "databases": "/databases/",
        "logins": "/logins/",
        "profiles": "/profiles/",
        "audit": "/audit/",
        "migrations": "/migrations/",
        "migration, new": "/migrations/new/",
        "migration": page,
        "migration, poll": f"{page}live/?after={migration.last_event - 5}",
        "migration, report": f"{page}report/",
        "migration, rejects": f"{page}rejects/",
        "migration, conflicts": f"{page}conflicts/",
        **helpdesk,
    }
    return {Role.ADMINISTRATOR: administrator, Role.HELPDESK: helpdesk}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that were sent meanwhile."""
    statements: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield statements


def measure(client: Client, address: str, rounds: int) -> tuple[int, float, float]:
    """Queries, and the median of milliseconds and of the processor's."""
    client.get(address)
    taken, busy, queries = [], [], 0
    for _ in range(rounds):
        started, worked = time.perf_counter(), time.process_time()
        with counted() as statements:
            response = client.get(address)
        taken.append((time.perf_counter() - started) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        assert response.status_code == HTTPStatus.OK, (address, response.status_code)
        queries = len(statements)
    return queries, statistics.median(taken), statistics.median(busy)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    # As it is on a checkout in which nothing is collected.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # What a page queues for a worker is not what it costs to draw.
    settings.CELERY_BROKER_URL = "memory://"
    call_command("migrate", verbosity=0)
    people = {
        role: User.objects.get_or_create(username=f"bench-{role}", defaults={"role": role})[0]
        for role in (Role.ADMINISTRATOR, Role.HELPDESK)
    }
    if not Device.objects.exists():
        fill(options.devices)
    if not Pool.objects.exists():
        fill_pools(people[Role.ADMINISTRATOR])
    if connection.vendor in ("postgresql", "sqlite"):
        connection.cursor().execute("ANALYZE")
    devices, servers = Device.objects.count(), Server.objects.count()
    print(f"{connection.vendor}, {devices:,} devices, {servers} servers")
    print(speed_of_this_machine())
    over = 0
    for checked in (True, False):
        print(f"servers {'checked' if checked else 'not checked'}")
        for role, addresses in pages().items():
            client = Client()
            client.force_login(people[role])
            for name, address in addresses.items():
                set_servers(checked=checked)
                queries, taken, busy = measure(client, address, options.rounds)
                mark = "  OVER" if queries > MOST_QUERIES or busy > MOST_MS else ""
                over += bool(mark)
                print(
                    f"  {role:14} {name:20} {queries:3} queries {taken:7.1f} ms"
                    f"   processor {busy:6.1f} ms{mark}",
                    flush=True,
                )
    print(f"{over} over {MOST_QUERIES} queries or {MOST_MS:.0f} ms")


if __name__ == "__main__":
    main()
