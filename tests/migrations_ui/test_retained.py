"""What a migration keeps in its pool's database: listed, purged for good, and read to its end."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from celery import Celery
from django.test import AsyncClient, Client
from django.utils import timezone

from console.accounts.models import User
from migrations_ui.errors import ActionRefused, NameNotTyped, PoolBusy
from migrations_ui.models import ConflictPage, Migration, PoolLock, Purge, RetainedListing
from migrations_ui.runner.queue import FETCH_CONFLICTS, LIST_RETAINED, PURGE
from migrations_ui.runner.recovery import requeue
from migrations_ui.runner.status import acquire_pool_lock
from migrations_ui.services import conflicts as pages
from migrations_ui.services.migrations import roll_back_migration
from migrations_ui.services.purge import request_purge, run_purge
from migrations_ui.services.retained import listing_of, read_listing, request_listing
from migrations_ui.services.verifications import request_correction, request_verification
from migrations_ui.states import Action, ConflictVerdict, MigrationStatus, VerificationStatus
from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.merge.conflict_table import ensure_conflict_table
from migrations_ui.transfer.plan.stored_plan import unpacked
from pools.databases.connection import DatabaseLogin
from pools.models import AuditEntry
from tests.factories import DatabaseConfigurationFactory, PoolFactory, UserFactory
from tests.migrations_ui.factories import (
    ConflictFactory,
    MigrationFactory,
    RejectFactory,
    TableTransferFactory,
)
from tests.people import client_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queued")]

PLAN = json.dumps({"columns": [["id", "int4!"], ["note", "varchar:20"]], "key": ["id"]})
CONFLICTS, SHOWN = 130, 10
OTHER = "run-of-another-console"
Asked = list[tuple[str, int]]


@pytest.fixture
def finished(database_login: DatabaseLogin) -> Migration:
    """A finished migration whose 130 conflicts are in the target; the console keeps the first
    ten."""
    there = database_login
    database = DatabaseConfigurationFactory(
        host=there.host,
        port=there.port,
        database_name=there.name,
        username=there.user,
        password=there.password,
    )
    migration = MigrationFactory(
        finished=True,
        pool=PoolFactory(database=database),
        source_sha256="0" * 64,
        lease_owner="",
        lease_until=None,
    )
    TableTransferFactory(migration=migration, table="devices", plan=PLAN, rows_updated=CONFLICTS)
    for number in range(1, SHOWN + 1):
        ConflictFactory(migration=migration, row_key=f"[{number}]")
    with open_target(there) as target:
        target.execute("CREATE TABLE devices (id integer PRIMARY KEY, note varchar(20))")
        for run_id in (migration.run_id, OTHER):
            keep(target, run_id)
    return migration


def keep(target: Target, run_id: str) -> None:
    """What a copy leaves there, written by hand."""
    Checkpoint(target, run_id).create_tables()
    ensure_conflict_table(target, unpacked("devices", PLAN))
    target.execute(
        f"INSERT INTO lg_table VALUES ('{run_id}', 'devices', 'merge', 1, 1, 0, 1, 0, 0, 0, 1, 0)"  # noqa: S608
    )
    for side, note in (("pool", "old"), ("server", "new")):
        target.execute(
            "INSERT INTO lg_met_devices "  # noqa: S608
            f"SELECT '{run_id}', '{side}', 'replaced', 0, n, '{note}' "
            f"FROM generate_series(1, {CONFLICTS}) n"
        )


def clear(migration: Migration, actor: User) -> Purge:
    asked = request_purge(migration, actor=actor, typed_name=migration.server.short_name)
    run_purge(asked.pk)
    asked.refresh_from_db()
    migration.refresh_from_db()
    return asked


def runs_kept(migration: Migration) -> set[str]:
    listing = listing_of(migration.pool.database)
    return set(listing.lines.values_list("run_id", flat=True)) if listing else set()


def test_what_is_given_up_is_gone_and_nothing_leads_back(
    finished: Migration, queued: Asked
) -> None:
    actor = UserFactory()
    reject = RejectFactory(migration=finished, table="devices", row_number=1)
    read_listing(finished.pool.database_id)
    assert runs_kept(finished) == {finished.run_id, OTHER, ""}
    assert Action.ROLL_BACK in finished.actions
    with pytest.raises(NameNotTyped):
        request_purge(finished, actor=actor, typed_name="another")
    asked = request_purge(finished, actor=actor, typed_name=finished.server.short_name)
    assert queued == [(PURGE, asked.pk)]
    # Refused before any worker has come to it, also to whoever holds an older page.
    with pytest.raises(ActionRefused, match="was purged on"):
        roll_back_migration(finished, actor=actor, typed_name=finished.server.short_name)
    finished.refresh_from_db()
    assert finished.status == MigrationStatus.FINISHED
    assert finished.actions == ()
    with pytest.raises(ActionRefused, match="was purged on"):
        request_verification(finished, actor=actor)
    with pytest.raises(ActionRefused, match="was purged on"):
        request_correction(reject, actor=actor, values={reject.column: "x"})
    with pytest.raises(ActionRefused, match="being purged already"):
        request_purge(finished, actor=actor, typed_name=finished.server.short_name)

    run_purge(asked.pk)
    asked.refresh_from_db()
    assert asked.status == VerificationStatus.DONE
    assert f": {2 * CONFLICTS + 1:,}." in asked.summary
    assert runs_kept(finished) == {OTHER, ""}
    assert not PoolLock.objects.exists()
    entry = AuditEntry.objects.get(action="purge_retained")
    assert entry.actor == actor
    assert finished.run_id in entry.detail
    # Once more does no harm, and finds nothing.
    assert "Nothing of this migration is kept" in clear(finished, actor).summary
    assert runs_kept(finished) == {OTHER, ""}


def test_beside_a_migration_under_way_rows_are_cleared_and_no_table_is_dropped(
    finished: Migration, database_login: DatabaseLogin
) -> None:
    with open_target(database_login) as target:
        target.execute(f"DELETE FROM lg_met_devices WHERE lg_run = '{OTHER}'")  # noqa: S608
        target.execute(f"DELETE FROM lg_table WHERE run_id = '{OTHER}'")  # noqa: S608
    under_way = MigrationFactory(copying=True, pool=finished.pool)
    with pytest.raises(ActionRefused, match="until it has ended"):
        request_purge(under_way, actor=under_way.actor, typed_name=under_way.server.short_name)
    acquire_pool_lock(under_way)
    assert "Empty tables stay: a migration is under way" in clear(finished, finished.actor).summary
    assert runs_kept(finished) == {""}
    assert PoolLock.objects.get().migration == under_way
    PoolLock.objects.all().delete()
    assert "lg_met_devices" in clear(finished, finished.actor).summary
    assert runs_kept(finished) == set()


def test_a_clearing_whose_worker_was_killed_is_taken_up_again(
    finished: Migration, queued: Asked
) -> None:
    asked = request_purge(finished, actor=finished.actor, typed_name=finished.server.short_name)
    # Killed at work: the pool is kept, the lease has lapsed.
    acquire_pool_lock(finished)
    long_ago = timezone.now() - timedelta(hours=1)
    Purge.objects.update(status=VerificationStatus.RUNNING, asked_at=long_ago)
    with pytest.raises(PoolBusy, match="being purged, which takes a moment"):
        acquire_pool_lock(MigrationFactory(pool=finished.pool))
    queued.clear()
    requeue()
    assert queued == [(PURGE, asked.pk)]
    run_purge(asked.pk)
    asked.refresh_from_db()
    assert asked.status == VerificationStatus.DONE
    assert not PoolLock.objects.exists()
    assert runs_kept(finished) == {OTHER, ""}


def test_a_database_that_cannot_be_reached_is_named_and_asked_again(
    finished: Migration,
) -> None:
    database = finished.pool.database
    port = database.port
    type(database).objects.update(port=1)
    finished = Migration.objects.for_run(finished.pk)
    failed = clear(finished, finished.actor)
    assert failed.status == VerificationStatus.FAILED
    assert "ask again" in failed.summary
    listing = RetainedListing.objects.get()
    assert listing.failure
    assert listing.read_at is None
    page = pages.request_conflict_page(finished, follows=0, size=5)
    pages.fetch_page(page.pk)
    page.refresh_from_db()
    assert page.status == VerificationStatus.FAILED
    assert "127.0.0.1:1: the connection is refused" in page.failure
    type(database).objects.update(port=port)
    assert clear(Migration.objects.for_run(finished.pk), finished.actor).status == "done"


def test_a_listing_of_another_address_is_not_shown(finished: Migration, queued: Asked) -> None:
    database = finished.pool.database
    assert request_listing(database)
    assert not request_listing(database), "a worker is at it"
    assert queued == [(LIST_RETAINED, database.pk)]
    read_listing(database.pk)
    assert request_listing(database)
    database.database_name = "elsewhere"
    listing = listing_of(database)
    assert listing is not None
    assert (listing.read_at, listing.lines.count()) == (None, 0)


def test_the_pages_tell_whose_rows_are_kept_and_ask_before_they_are_given_up(
    finished: Migration,
) -> None:
    read_listing(finished.pool.database_id)
    administrator, helpdesk = client_of(UserFactory()), client_of(UserFactory(helpdesk=True))
    of_database = f"/migrations/databases/{finished.pool.database_id}/"
    of_migration, question = (
        f"/migrations/{finished.pk}/retained/",
        f"/migrations/{finished.pk}/purge/",
    )
    text = administrator.get(of_database).text
    both_sides = "Both sides of conflicting rows"
    for wanted in ("lg_met_devices", OTHER, "does not know", question, both_sides):
        assert wanted in text
    assert question in administrator.get(of_migration).text
    assert OTHER not in administrator.get(of_migration).text
    assert of_database in administrator.get(f"/pools/{finished.pool.slug}/database/").text
    assert of_migration in administrator.get(f"/migrations/{finished.pk}/").text
    asked = administrator.get(question).text
    assert "cannot be rolled back any more" in asked
    assert "rows in all when it was last read" in asked
    for client, typed, status in (
        (helpdesk, finished.server.short_name, 403),
        (administrator, "another", 422),
        (administrator, finished.server.short_name, 302),
        (administrator, finished.server.short_name, 409),
    ):
        assert client.post(question, {"typed_name": typed}).status_code == status
    assert "was purged on" in administrator.get(f"/migrations/{finished.pk}/rollback/").text
    assert "Being purged" in administrator.get(of_migration).text
    assert (
        "A rollback is no longer possible" in administrator.get(f"/migrations/{finished.pk}/").text
    )
    assert "was purged on" in administrator.get(f"/migrations/{finished.pk}/conflicts/").text
    RejectFactory(migration=finished, row_number=1)
    rejects = administrator.get(f"/migrations/{finished.pk}/rejects/").text
    assert "no row can be corrected" in rejects
    assert "/correct/" not in rejects


def test_what_is_kept_is_reported_and_given_up_over_rest(finished: Migration) -> None:
    read_listing(finished.pool.database_id)
    client = client_of(UserFactory())
    kept = client.get(f"/api/v1/retained/{finished.pool.database_id}/").json()
    of_run = {line["run_id"]: line["migration"] for line in kept["tables"]}
    assert of_run == {finished.run_id: finished.pk, OTHER: None, "": None}
    assert client.post(f"/api/v1/retained/{finished.pool.database_id}/read/").status_code == 202
    address = f"/api/v1/migrations/{finished.pk}/"
    assert client.get(f"{address}retained/").json()["why_not"] == ""
    assert post(client, f"{address}purge/", typed_name="another") == 400
    assert post(client, f"{address}purge/", typed_name=finished.server.short_name) == 202
    assert client.get(f"{address}retained/").json()["purge"]["status"] == "queued"
    assert post(client, f"{address}roll-back/", typed_name=finished.server.short_name) == 409
    shown = client.get(address).json()
    assert "was purged on" in shown["why_no_rollback"]
    assert shown["actions"] == []
    assert client.get(f"{address}conflicts/?behind=0").status_code == 409
    helpdesk = client_of(UserFactory(helpdesk=True))
    for path in (f"{address}retained/", f"/api/v1/retained/{finished.pool.database_id}/"):
        assert helpdesk.get(path).status_code == 403
    assert post(helpdesk, f"{address}purge/", typed_name="x") == 403


def post(client: Client, address: str, **body: str) -> int:
    return client.post(address, body, content_type="application/json").status_code


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has read a page before anybody asks for it again."""

    def send_task(app: Celery, task: str, args: list[int], **options: object) -> None:
        assert task == FETCH_CONFLICTS
        pages.fetch_page(args[0])

    monkeypatch.setattr(Celery, "send_task", send_task)


def test_all_conflicts_are_paged_through_by_a_worker(finished: Migration, workers: None) -> None:
    client = client_of(UserFactory())
    first = client.get(f"/migrations/{finished.pk}/conflicts/").text
    assert f"{CONFLICTS - SHOWN} more" in first
    assert "?behind=0" in first
    client.get(f"/migrations/{finished.pk}/conflicts/?behind=0")
    page = client.get(f"/migrations/{finished.pk}/conflicts/?behind=0").text
    assert f">{SHOWN + 1}<" in page
    assert f">{SHOWN}<" not in page
    (known,) = ConflictPage.objects.all()
    assert f"?behind={known.pk}" in page
    none = client.get(f"/migrations/{finished.pk}/conflicts/?behind=0&verdict=kept").text
    assert f">{SHOWN + 1}<" not in none
    assert client.get(f"/migrations/{finished.pk}/conflicts/?behind=999999").status_code == 302

    answer: dict[str, Any] = {"next": f"/api/v1/migrations/{finished.pk}/conflicts/?limit=7"}
    keys = []
    while answer["next"]:
        address = answer["next"]
        # The first answer is on the way; nothing waits in a web process.
        response = client.get(address)
        answer = (response if response.status_code == 200 else client.get(address)).json()
        assert answer["count"] == CONFLICTS
        keys += [row["row_key"] for row in answer["results"]]
    assert keys == [f"[{number}]" for number in range(1, CONFLICTS + 1)]


def test_a_page_that_nobody_has_read_yet_is_waited_for(finished: Migration) -> None:
    client = client_of(UserFactory())
    assert "A worker reads" in client.get(f"/migrations/{finished.pk}/conflicts/?behind=0").text
    response = client.get(f"/api/v1/migrations/{finished.pk}/conflicts/?behind=0")
    assert (response.status_code, response["Retry-After"]) == (202, "1")
    ConflictPage.objects.update(status=VerificationStatus.FAILED, failure="It does not answer.")
    assert (
        "It does not answer." in client.get(f"/migrations/{finished.pk}/conflicts/?behind=0").text
    )
    assert client.get(f"/api/v1/migrations/{finished.pk}/conflicts/?behind=0").status_code == 503
    ConflictPage.objects.update(asked_at=timezone.now() - timedelta(hours=2))
    pages.forget_pages()
    assert not ConflictPage.objects.exists()


def download(migration: Migration, user: User) -> list[list[str]]:
    """As a server that speaks ASGI sends it."""

    async def read() -> str:
        client = AsyncClient()
        await client.aforce_login(user)
        response: Any = await client.get(f"/migrations/{migration.pk}/conflicts.csv")
        return "".join([part.decode() async for part in response.streaming_content])

    return list(csv.reader(io.StringIO(async_to_sync(read)())))


def test_the_download_has_all_of_them(
    finished: Migration, workers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "DOWNLOAD_SIZE", 50)
    _, *rows = download(finished, UserFactory())
    kept = [row for row in rows if int(json.loads(row[1])[0]) <= SHOWN]
    fetched = rows[len(kept) :]
    assert [row[1] for row in fetched] == [f"[{n}]" for n in range(SHOWN + 1, CONFLICTS + 1)]
    # Nobody knows what a note of this table is: it is shown how long the sides are, and where they
    # differ.
    hidden = "(hidden: 3 characters; they differ from character 1 on)"
    assert fetched[0][2:] == [ConflictVerdict.REPLACED.label, "note", hidden, hidden]
    assert not ConflictPage.objects.exists()


def test_a_download_that_breaks_off_says_so(
    finished: Migration, workers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = replace(finished.target_login(), port=1)
    monkeypatch.setattr(Migration, "target_login", lambda _: login)
    *_, last = download(finished, UserFactory())
    assert last[0].startswith("The list ends here, 120 conflicts are missing: ")
    assert "127.0.0.1:1: the connection is refused" in last[0]
