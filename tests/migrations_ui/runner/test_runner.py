"""The run: its order, its rests, its failures, and the rollback. Steps are replaced by records."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from migrations_ui.models import Migration, PoolLock
from migrations_ui.runner.lease import TICK_SECONDS
from migrations_ui.runner.recovery import requeue
from migrations_ui.runner.rollback_recovery import MOST_TRIES, REST
from migrations_ui.runner.runner import run_migration
from migrations_ui.services import migrations as services
from migrations_ui.states import (
    STEP_ORDER,
    UNDO_ORDER,
    Level,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
)
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import Interrupted, StepFailed
from migrations_ui.steps.registry import STEPS, StepFunctions
from migrations_ui.transfer.errors import RunnerReplaced
from pools.databases.errors import DatabaseLoginRefused
from tests.migrations_ui.factories import MigrationFactory

S = MigrationStatus
OF_A_MIGRATION = list(STEP_ORDER[MigrationKind.MIGRATION])
BEFORE_GATE = OF_A_MIGRATION[: OF_A_MIGRATION.index(StepName.CUTOVER)]
AFTER_GATE = OF_A_MIGRATION[OF_A_MIGRATION.index(StepName.CUTOVER) + 1 :]
OF_A_REHEARSAL = list(STEP_ORDER[MigrationKind.REHEARSAL])

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queued")]

Work = Callable[[StepContext], str]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every step only notes that it was done or undone."""
    made: list[str] = []

    def noting(text: str) -> Work:
        def work(context: StepContext) -> str:
            made.append(text)
            return f"{text} is done."

        return work

    for name in StepName:
        functions = StepFunctions(noting(name), noting(f"un{name}"))
        monkeypatch.setitem(STEPS, name, functions)
    return made


@pytest.fixture
def migration() -> Migration:
    migration = MigrationFactory(status=S.READY)
    services.start_migration(migration, actor=migration.actor)
    return migration


def run(migration: Migration) -> None:
    run_migration(migration.pk)
    migration.refresh_from_db()


def replace_step(monkeypatch: pytest.MonkeyPatch, name: StepName, work: Work) -> None:
    monkeypatch.setitem(STEPS, name, StepFunctions(work, STEPS[name].undo))


def test_it_stops_at_the_gate_and_goes_on_after_the_word(
    migration: Migration, calls: list[str]
) -> None:
    run(migration)
    assert migration.status == S.AWAITING_CUTOVER
    assert calls == BEFORE_GATE
    assert migration.lease_owner == ""

    name = migration.server.short_name
    services.confirm_cutover(migration, actor=migration.actor, typed_name=name)
    run(migration)
    assert migration.status == S.FINISHED
    assert calls == BEFORE_GATE + AFTER_GATE
    assert not PoolLock.objects.exists()
    summaries = dict(migration.steps.values_list("name", "summary"))
    assert summaries[StepName.COPY] == "copy is done."


def test_what_is_done_is_not_done_again(migration: Migration, calls: list[str]) -> None:
    done = migration.steps.filter(name__in=[StepName.PREFLIGHT, StepName.STOP])
    done.update(status=StepStatus.DONE)
    run(migration)
    assert calls == BEFORE_GATE[2:]


def test_a_step_cut_off_is_done_again(migration: Migration, calls: list[str]) -> None:
    migration.steps.filter(name=StepName.PREFLIGHT).update(status=StepStatus.RUNNING, attempts=1)
    run(migration)
    assert calls == BEFORE_GATE
    assert migration.steps.get(name=StepName.PREFLIGHT).attempts == 2


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (StepFailed("It broke.", remedy="Mend it."), "It broke. Mend it."),
        (DatabaseLoginRefused("PostgreSQL at db:5432/t: refused."), DatabaseLoginRefused.remedy),
    ],
)
def test_a_failure_says_what_happened_and_what_to_do(
    migration: Migration,
    calls: list[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    seen: str,
) -> None:
    def fail(context: StepContext) -> str:
        context.log("the last line seen")
        raise error

    replace_step(monkeypatch, StepName.SCHEMA, fail)
    run(migration)
    assert migration.status == S.FAILED
    assert seen in migration.failure
    lines = [(event.text, event.level) for event in migration.events.all()]
    assert lines[-2] == ("the last line seen", Level.INFO)
    assert lines[-1] == (f"Schema failed. {migration.failure}", Level.ERROR)
    assert PoolLock.objects.get().migration == migration


def test_the_text_of_an_unforeseen_error_stays_in_the_workers_log(
    migration: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(context: StepContext) -> str:
        raise ValueError("postgresql://user:hunter2@db/x")

    replace_step(monkeypatch, StepName.SCHEMA, fail)
    run(migration)
    assert migration.status == S.FAILED
    assert "ValueError" in migration.failure
    assert not migration.events.filter(text__contains="hunter2").exists()


def test_a_failed_step_is_retried_from_there(
    migration: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(context: StepContext) -> str:
        raise StepFailed("It broke.", remedy="Mend it.")

    works = STEPS[StepName.SCHEMA].run
    replace_step(monkeypatch, StepName.SCHEMA, fail)
    run(migration)
    replace_step(monkeypatch, StepName.SCHEMA, works)
    services.retry_migration(migration, actor=migration.actor)
    run(migration)
    assert migration.status == S.AWAITING_CUTOVER
    assert calls == BEFORE_GATE
    assert migration.failure == ""


def test_a_pause_rests_within_the_step_and_resumes_with_it(
    migration: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pause(context: StepContext) -> str:
        services.pause_migration(Migration.objects.get(pk=migration.pk), actor=migration.actor)
        assert not context.wait(30)
        return "never reached"

    works = STEPS[StepName.COPY].run
    replace_step(monkeypatch, StepName.COPY, pause)
    run(migration)
    assert migration.status == S.PAUSED
    assert migration.steps.get(name=StepName.COPY).status == StepStatus.RUNNING
    replace_step(monkeypatch, StepName.COPY, works)
    services.resume_migration(migration, actor=migration.actor)
    run(migration)
    assert migration.status == S.AWAITING_CUTOVER


def test_cancelling_undoes_what_was_done_the_server_first(
    migration: Migration, calls: list[str]
) -> None:
    run(migration)
    calls.clear()
    services.cancel_migration(migration, actor=migration.actor)
    run(migration)
    assert migration.status == S.CANCELLED
    assert calls == [f"un{name}" for name in UNDO_ORDER if name in BEFORE_GATE]
    assert calls.index("unstop") < calls.index("uncopy")
    assert not PoolLock.objects.exists()


def test_cancelling_in_the_middle_undoes_the_step_that_was_cut_off(
    migration: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel(context: StepContext) -> str:
        services.cancel_migration(Migration.objects.get(pk=migration.pk), actor=migration.actor)
        context.wait(30)
        return "never reached"

    replace_step(monkeypatch, StepName.BACKUP, cancel)
    run(migration)
    assert migration.status == S.CANCELLED
    assert calls == ["preflight", "stop", "unstop", "unbackup", "unpreflight"]


def test_a_roll_back_undoes_everything(migration: Migration, calls: list[str]) -> None:
    run(migration)
    name = migration.server.short_name
    services.confirm_cutover(migration, actor=migration.actor, typed_name=name)
    run(migration)
    calls.clear()
    services.roll_back_migration(migration, actor=migration.actor, typed_name=name)
    run(migration)
    assert migration.status == S.ROLLED_BACK
    assert calls == [f"un{name}" for name in UNDO_ORDER if name in OF_A_MIGRATION]


def test_a_way_back_that_failed_is_gone_on_with(
    migration: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(context: StepContext) -> str:
        raise StepFailed("The host is away.", remedy="Bring it back.")

    run(migration)
    undo = STEPS[StepName.COPY].undo
    monkeypatch.setitem(STEPS, StepName.COPY, StepFunctions(STEPS[StepName.COPY].run, fail))
    services.cancel_migration(migration, actor=migration.actor)
    run(migration)
    assert migration.status == S.FAILED

    calls.clear()
    monkeypatch.setitem(STEPS, StepName.COPY, StepFunctions(STEPS[StepName.COPY].run, undo))
    services.cancel_migration(migration, actor=migration.actor)
    run(migration)
    assert migration.status == S.CANCELLED
    assert calls == ["uncopy", "uncompatibility", "unschema", "unfetch", "unbackup", "unpreflight"]


def test_a_twin_finds_no_lease_and_does_nothing(migration: Migration, calls: list[str]) -> None:
    Migration.objects.filter(pk=migration.pk).update(
        lease_owner="somebody", lease_until="2999-01-01T00:00Z"
    )
    run(migration)
    assert calls == []
    assert migration.lease_owner == "somebody"


@pytest.mark.parametrize("error", [Interrupted(), RunnerReplaced()])
def test_a_run_whose_lease_was_taken_leaves_everything_to_the_other(
    migration: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def be_replaced(context: StepContext) -> str:
        Migration.objects.filter(pk=migration.pk).update(lease_owner="the other")
        raise error

    replace_step(monkeypatch, StepName.SCHEMA, be_replaced)
    run(migration)
    assert migration.status == S.RUNNING
    assert migration.lease_owner == "the other"
    assert migration.steps.get(name=StepName.SCHEMA).status == StepStatus.RUNNING


@pytest.fixture
def rehearsal() -> Migration:
    rehearsal = MigrationFactory(status=S.READY, rehearsal=True)
    services.start_migration(rehearsal, actor=rehearsal.actor)
    return rehearsal


def test_a_rehearsal_gives_the_server_back_before_it_copies_and_asks_nobody(
    rehearsal: Migration, calls: list[str]
) -> None:
    run(rehearsal)
    assert rehearsal.status == S.REHEARSED
    assert calls == OF_A_REHEARSAL
    assert calls.index("restart") < calls.index("copy") < calls.index("clean_up")
    assert rehearsal.confirmed_at is None
    assert not PoolLock.objects.exists()


@pytest.mark.parametrize("broken", OF_A_REHEARSAL)
def test_a_rehearsal_that_fails_anywhere_tidies_up_and_ends_by_itself(
    rehearsal: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch, broken: StepName
) -> None:
    def fail(context: StepContext) -> str:
        raise StepFailed("It broke.", remedy="Mend it.")

    replace_step(monkeypatch, broken, fail)
    run(rehearsal)
    assert rehearsal.status == S.REHEARSAL_FAILED
    assert rehearsal.failure == "It broke. Mend it."
    begun = OF_A_REHEARSAL[: OF_A_REHEARSAL.index(broken) + 1]
    undone = [call for call in calls if call.startswith("un")]
    assert undone == [f"un{name}" for name in UNDO_ORDER if name in begun]
    assert not PoolLock.objects.exists()


def test_a_rehearsal_whose_way_back_fails_waits_for_a_person(
    rehearsal: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(context: StepContext) -> str:
        raise StepFailed("It broke.", remedy="Mend it.")

    scratch = STEPS[StepName.SCRATCH]
    replace_step(monkeypatch, StepName.COPY, fail)
    monkeypatch.setitem(STEPS, StepName.SCRATCH, StepFunctions(scratch.run, fail))
    run(rehearsal)
    assert rehearsal.status == S.FAILED
    assert list(rehearsal.actions) == ["cancel"]
    assert PoolLock.objects.get().migration == rehearsal

    monkeypatch.setitem(STEPS, StepName.SCRATCH, scratch)
    services.cancel_migration(rehearsal, actor=rehearsal.actor)
    run(rehearsal)
    assert rehearsal.status == S.CANCELLED
    assert "unscratch" in calls


def test_a_cancelled_rehearsal_is_no_failed_one(rehearsal: Migration, calls: list[str]) -> None:
    services.cancel_migration(rehearsal, actor=rehearsal.actor)
    run(rehearsal)
    assert rehearsal.status == S.CANCELLED


@pytest.mark.parametrize("asked_in", [StepName.STOP, StepName.BACKUP])
def test_a_rehearsal_rests_only_when_its_server_runs_again(
    rehearsal: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch, asked_in: StepName
) -> None:
    functions = STEPS[asked_in]

    def be_paused(context: StepContext) -> str:
        services.pause_migration(Migration.objects.get(pk=rehearsal.pk), actor=rehearsal.actor)
        # As long as the watch takes to notice, and then some.
        assert not context.wait(3 * TICK_SECONDS)
        return functions.run(context)

    monkeypatch.setitem(STEPS, asked_in, StepFunctions(be_paused, functions.undo))
    run(rehearsal)
    assert rehearsal.status == S.PAUSED
    assert calls == OF_A_REHEARSAL[: OF_A_REHEARSAL.index(StepName.RESTART) + 1]
    services.resume_migration(rehearsal, actor=rehearsal.actor)
    run(rehearsal)
    assert rehearsal.status == S.REHEARSED


def test_a_rehearsal_whose_way_back_failed_is_taken_back_again_by_itself(
    rehearsal: Migration, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(context: StepContext) -> str:
        raise StepFailed("The host is silent.", remedy="Wait.")

    working = STEPS[StepName.STOP]
    monkeypatch.setitem(STEPS, StepName.STOP, StepFunctions(fail, fail))
    run(rehearsal)
    assert rehearsal.status == S.FAILED
    requeue()
    rehearsal.refresh_from_db()
    assert rehearsal.status == S.FAILED, "it rests first"

    def rest() -> None:
        for step in rehearsal.steps.filter(status=StepStatus.FAILED):
            step.finished_at = timezone.now() - MOST_TRIES * REST
            step.save()

    for _ in range(2):
        rest()
        requeue()
        rehearsal.refresh_from_db()
        assert rehearsal.status == S.CANCELLING
        run(rehearsal)
        assert rehearsal.status == S.FAILED
    rehearsal.steps.filter(name=StepName.STOP).update(attempts=MOST_TRIES)
    rest()
    requeue()
    rehearsal.refresh_from_db()
    assert rehearsal.status == S.FAILED, "a person has to look now"
    rehearsal.steps.filter(name=StepName.STOP).update(attempts=1)
    monkeypatch.setitem(STEPS, StepName.STOP, working)
    requeue()
    run(rehearsal)
    assert rehearsal.status == S.REHEARSAL_FAILED
    assert not PoolLock.objects.exists()


CONDITION = ("pools.tasks.sweep_health", "pools.tasks.sweep_status")


def condition_asked(queued: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [each for each in queued if each[0] in CONDITION]


def test_at_the_end_the_condition_of_pool_and_server_is_asked_once(
    migration: Migration, calls: list[str], queued: list[tuple[str, int]]
) -> None:
    run(migration)
    assert condition_asked(queued) == []
    name = migration.server.short_name
    services.confirm_cutover(migration, actor=migration.actor, typed_name=name)
    run(migration)
    run(migration)
    asked = [(CONDITION[0], migration.pool_id), (CONDITION[1], migration.server_id)]
    assert condition_asked(queued) == asked

    queued.clear()
    services.roll_back_migration(migration, actor=migration.actor, typed_name=name)
    run(migration)
    assert migration.status == S.ROLLED_BACK
    assert condition_asked(queued) == asked


def test_a_draft_that_is_discarded_has_nobody_asked(queued: list[tuple[str, int]]) -> None:
    draft = MigrationFactory(status=S.READY)
    services.cancel_migration(draft, actor=draft.actor)
    draft.refresh_from_db()
    assert draft.status == S.CANCELLED
    assert condition_asked(queued) == []
