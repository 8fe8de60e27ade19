"""What a person may ask of a migration, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from console.accounts.models import User
from migrations_ui.errors import ActionRefused, MigrationError, NameNotTyped, PoolBusy
from migrations_ui.models import Migration, PoolLock
from migrations_ui.runner.queue import CHECK, RUN
from migrations_ui.services import migrations as services
from migrations_ui.states import (
    STEP_ORDER,
    Action,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
)
from migrations_ui.transfer.engines import LOADERS
from pools.models import AuditEntry, Pool
from tests.factories import PoolFactory, ServerFactory, UserFactory
from tests.migrations_ui.factories import MigrationFactory

S = MigrationStatus
pytestmark = pytest.mark.django_db

Queued = list[tuple[str, int]]


@pytest.fixture
def actor() -> User:
    return UserFactory(username="ada")


@pytest.fixture
def ready(actor: User) -> Migration:
    return MigrationFactory(actor=actor, status=S.READY)


def test_a_new_migration_is_a_draft_with_all_its_steps(actor: User) -> None:
    migration = services.create_migration(ServerFactory(), PoolFactory(), actor=actor)
    assert migration.status == S.DRAFT
    assert list(migration.steps.values_list("name", flat=True)) == list(
        STEP_ORDER[MigrationKind.MIGRATION]
    )
    assert migration.creates_pool
    assert AuditEntry.objects.get().action == "create_migration"


def test_a_pool_with_servers_is_not_created_again(actor: User) -> None:
    pool = PoolFactory()
    ServerFactory(pool=pool)
    assert not services.create_migration(ServerFactory(), pool, actor=actor).creates_pool


def test_a_pooled_server_cannot_be_migrated(actor: User) -> None:
    with pytest.raises(ActionRefused, match="already belongs to"):
        services.create_migration(ServerFactory(pool=PoolFactory()), PoolFactory(), actor=actor)


def test_an_engine_without_a_loader_takes_no_server(
    actor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LOADERS, "postgresql")
    with pytest.raises(ActionRefused, match="cannot migrate servers into PostgreSQL yet"):
        services.create_migration(ServerFactory(), PoolFactory(), actor=actor)
    assert not Migration.objects.exists()


def test_a_server_has_one_unfinished_migration(actor: User, ready: Migration) -> None:
    with pytest.raises(ActionRefused, match="already has an unfinished migration"):
        services.create_migration(ready.server, PoolFactory(), actor=actor)


def test_starting_keeps_the_pool_and_queues_the_run_after_the_commit(
    ready: Migration,
    actor: User,
    queued: Queued,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.start_migration(ready, actor=actor)
        assert queued == []
    assert queued == [(RUN, ready.pk)]
    assert ready.state is S.RUNNING
    assert PoolLock.objects.get().migration == ready
    assert [event.text for event in ready.events.all()] == ["ada started the migration."]
    assert AuditEntry.objects.get().action == "start_migration"


def test_a_busy_pool_refuses_and_names_who_holds_it(ready: Migration, actor: User) -> None:
    services.start_migration(ready, actor=actor)
    other = MigrationFactory(pool=ready.pool, status=S.READY)
    with pytest.raises(PoolBusy, match=str(ready.server)) as refusal:
        services.start_migration(other, actor=actor)
    assert refusal.value.holder_id == ready.pk
    other.refresh_from_db()
    assert other.state is S.READY
    assert other.started_at is None


def test_whether_a_migration_creates_its_pool_is_settled_when_it_starts(
    ready: Migration, actor: User
) -> None:
    Migration.objects.filter(pk=ready.pk).update(creates_pool=True)
    ServerFactory(pool=ready.pool)
    services.start_migration(ready, actor=actor)
    ready.refresh_from_db()
    assert not ready.creates_pool


def test_two_pools_do_not_wait_for_each_other(ready: Migration, actor: User) -> None:
    services.start_migration(ready, actor=actor)
    other = MigrationFactory(status=S.READY)
    services.start_migration(other, actor=actor)
    assert other.state is S.RUNNING


def test_a_check_is_queued_for_the_workers(
    actor: User, queued: Queued, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    migration = MigrationFactory(actor=actor)
    with django_capture_on_commit_callbacks(execute=True):
        services.check_migration(migration, actor=actor)
    assert queued == [(CHECK, migration.pk)]


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("action", Action)
def test_an_action_is_granted_exactly_where_it_is_offered(
    status: MigrationStatus, action: Action, actor: User
) -> None:
    migration = MigrationFactory(status=status, started=status not in {S.DRAFT, S.READY})
    Migration.objects.filter(pk=migration.pk).update(status=status)
    migration.refresh_from_db()
    if action in migration.actions:
        ASK[action](migration, actor)
    else:
        with pytest.raises(ActionRefused, match=migration.server.short_name):
            ASK[action](migration, actor)


def roll_back(migration: Migration, actor: User) -> None:
    name = migration.server.short_name
    services.roll_back_migration(migration, actor=actor, typed_name=name)


ASK = {
    Action.MIGRATE: lambda migration, actor: services.draft_migration_of_rehearsal(
        migration, actor=actor
    ),
    Action.CHECK: lambda migration, actor: services.check_migration(migration, actor=actor),
    Action.START: lambda migration, actor: services.start_migration(migration, actor=actor),
    Action.PAUSE: lambda migration, actor: services.pause_migration(migration, actor=actor),
    Action.RESUME: lambda migration, actor: services.resume_migration(migration, actor=actor),
    Action.RETRY: lambda migration, actor: services.retry_migration(migration, actor=actor),
    Action.CONFIRM: lambda migration, actor: services.confirm_cutover(
        migration, actor=actor, typed_name=migration.server.short_name
    ),
    Action.CANCEL: lambda migration, actor: services.cancel_migration(migration, actor=actor),
    Action.ROLL_BACK: roll_back,
}


@pytest.mark.parametrize("spelling", ["trav4", "TRAV4 ", "trav4/Acme", "CN=trav4/O=Acme"])
def test_the_cutover_takes_the_servers_name_in_any_form(spelling: str, actor: User) -> None:
    migration = MigrationFactory(at_gate=True, server__domino_name="CN=trav4/O=Acme")
    services.confirm_cutover(migration, actor=actor, typed_name=spelling)
    assert migration.status == S.RUNNING
    assert migration.confirmed_by == actor
    assert migration.steps.get(name=StepName.CUTOVER).status == StepStatus.DONE


@pytest.mark.parametrize("typed", ["", "trav", "trav44", "yes"])
def test_the_cutover_refuses_another_name(typed: str, actor: User) -> None:
    migration = MigrationFactory(at_gate=True, server__domino_name="CN=trav4/O=Acme")
    with pytest.raises(NameNotTyped):
        services.confirm_cutover(migration, actor=actor, typed_name=typed)
    migration.refresh_from_db()
    assert migration.status == S.AWAITING_CUTOVER


def test_a_draft_is_given_up_at_once(actor: User) -> None:
    migration = MigrationFactory()
    services.cancel_migration(migration, actor=actor)
    assert migration.status == S.CANCELLED


def test_cancelling_goes_by_what_is_now_and_not_by_an_old_page(
    ready: Migration, actor: User
) -> None:
    old = Migration.objects.get(pk=ready.pk)
    services.start_migration(ready, actor=actor)
    services.cancel_migration(old, actor=actor)
    assert old.state is S.CANCELLING
    assert PoolLock.objects.get().migration == ready, "the pool is kept until all is undone"


def test_cancelling_a_running_migration_is_work_for_a_worker(actor: User) -> None:
    migration = MigrationFactory(copying=True)
    services.cancel_migration(migration, actor=actor)
    assert migration.status == S.CANCELLING
    assert migration.is_going_back


def test_after_the_cutover_only_a_roll_back_is_left(actor: User) -> None:
    migration = MigrationFactory(confirmed=True)
    with pytest.raises(ActionRefused):
        services.cancel_migration(migration, actor=actor)
    roll_back(migration, actor)
    assert migration.status == S.ROLLING_BACK
    assert "are lost" in migration.events.get().text


def test_a_roll_back_wants_the_servers_name(actor: User) -> None:
    migration = MigrationFactory(finished=True)
    with pytest.raises(NameNotTyped, match="To roll back, type"):
        services.roll_back_migration(migration, actor=actor, typed_name="another")
    migration.refresh_from_db()
    assert migration.state is S.FINISHED


def test_rolling_back_a_finished_migration_takes_the_pool_again(actor: User) -> None:
    migration = MigrationFactory(finished=True)
    roll_back(migration, actor)
    assert PoolLock.objects.get().migration == migration


def test_a_finished_migration_is_not_rolled_back_while_another_is_under_way(
    ready: Migration, actor: User
) -> None:
    services.start_migration(ready, actor=actor)
    finished = MigrationFactory(finished=True, pool=ready.pool)
    with pytest.raises(PoolBusy):
        roll_back(finished, actor)
    finished.refresh_from_db()
    assert finished.state is S.FINISHED


def test_what_failed_on_the_way_back_is_not_retried_forwards(actor: User) -> None:
    migration = MigrationFactory(broken=True, is_going_back=True)
    with pytest.raises(ActionRefused):
        services.retry_migration(migration, actor=actor)


def test_the_cap_can_be_changed_while_it_runs(actor: User) -> None:
    migration = MigrationFactory(copying=True)
    services.limit_rate(migration, actor=actor, rows_per_second=500)
    assert migration.rows_per_second == 500
    assert AuditEntry.objects.get().detail == "500 rows a second"


def test_the_size_of_the_chunks_can_be_changed_while_it_runs(actor: User) -> None:
    migration = MigrationFactory(copying=True)
    services.size_chunks(migration, actor=actor, chunk_rows=8_000)
    assert migration.chunk_rows == 8_000
    assert migration.throttle_changed_at is not None
    assert AuditEntry.objects.get().action == "size_chunks"
    assert "8,000 rows a chunk" in migration.events.get().text
    services.size_chunks(migration, actor=actor, chunk_rows=None)
    assert "50,000 rows a chunk" in migration.events.latest("sequence").text


def test_a_migration_that_has_ended_cannot_be_paced(actor: User) -> None:
    for traits in ({"finished": True}, {"rehearsed": True}):
        migration = MigrationFactory(**traits)
        with pytest.raises(ActionRefused, match=migration.server.short_name):
            services.size_chunks(migration, actor=actor, chunk_rows=8_000)
        with pytest.raises(ActionRefused, match="nothing left"):
            services.limit_rate(migration, actor=actor, rows_per_second=5)
    assert not AuditEntry.objects.exists()


def test_a_rehearsed_migration_is_drafted_as_it_was_rehearsed(actor: User, queued: Queued) -> None:
    rehearsal = MigrationFactory(rehearsed=True, rows_per_second=700, chunk_rows=9_000)
    migration = services.draft_migration_of_rehearsal(rehearsal, actor=actor)
    assert (migration.kind, migration.status) == (MigrationKind.MIGRATION, S.CHECKING)
    assert (migration.server, migration.pool) == (rehearsal.server, rehearsal.pool)
    assert (migration.rows_per_second, migration.chunk_rows) == (700, 9_000)
    with pytest.raises(ActionRefused, match="unfinished"):
        services.draft_migration_of_rehearsal(rehearsal, actor=actor)


def test_a_rehearsal_and_a_migration_do_not_share_a_server_or_a_pool(actor: User) -> None:
    rehearsal = MigrationFactory(rehearsal=True, status=S.READY)
    with pytest.raises(ActionRefused, match="unfinished"):
        services.create_migration(rehearsal.server, PoolFactory(), actor=actor)
    services.start_migration(rehearsal, actor=actor)
    other = MigrationFactory(pool=rehearsal.pool, status=S.READY)
    with pytest.raises(PoolBusy, match=rehearsal.server.short_name):
        services.start_migration(other, actor=actor)


def test_refusals_are_sentences() -> None:
    for kind in (MigrationError, ActionRefused, PoolBusy, NameNotTyped):
        assert str(kind()).endswith(".")


@pytest.mark.django_db(transaction=True)
def test_of_twenty_simultaneous_starts_exactly_one_wins(queued: Queued) -> None:
    actor: User = UserFactory()
    pool: Pool = PoolFactory()
    ids = [MigrationFactory(pool=pool, status=S.READY).pk for _ in range(20)]

    def start(pk: int) -> str:
        try:
            services.start_migration(Migration.objects.get(pk=pk), actor=actor)
        except PoolBusy as refusal:
            return f"refused for {refusal.holder_id}"
        else:
            return "started"
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(start, ids))
    winner = Migration.objects.get(status=S.RUNNING)
    assert outcomes.count("started") == 1
    assert outcomes.count(f"refused for {winner.pk}") == 19
    assert Migration.objects.filter(status=S.READY).count() == 19
    assert queued == [(RUN, winner.pk)]
