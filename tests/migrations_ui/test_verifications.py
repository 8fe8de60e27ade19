"""Comparing again at the gate: tampered rows are named with both sides, chosen ones are mended;
and at any later time, as long as the backup is there."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from console.accounts.models import User
from migrations_ui.errors import ActionRefused, PoolBusy
from migrations_ui.models import Migration, PoolLock, Verification
from migrations_ui.runner.status import acquire_pool_lock
from migrations_ui.services import verifications
from migrations_ui.services.migrations import confirm_cutover, roll_back_migration
from migrations_ui.services.verifications import (
    request_correction,
    request_verification,
    run_verification,
    why_no_verification,
)
from migrations_ui.states import MigrationStatus, MismatchKind, VerificationKind, VerificationStatus
from migrations_ui.steps.errors import Interrupted
from pools.databases.connection import DatabaseLogin
from tests.lab_fixture import RunningLab
from tests.migrations_ui.factories import MigrationFactory, RejectFactory, TableTransferFactory
from tests.migrations_ui.whole_migrations import cut_over, rows_in_pool, run_to_the_gate

pytestmark = pytest.mark.usefixtures("queued")


def verification(migration: Migration, actor: User, **requested: object) -> Verification:
    asked = request_verification(migration, actor=actor, **requested)  # type: ignore[arg-type]
    run_verification(asked.pk)
    asked.refresh_from_db()
    migration.refresh_from_db()
    return asked


def execute(login: DatabaseLogin, statement: str, parameters: tuple[object, ...]) -> None:
    address = f"host={login.host} port={login.port} dbname={login.name} user={login.user}"
    with psycopg.connect(address, password=login.password) as connection:
        assert connection.execute(statement, parameters).rowcount == 1


def test_tampered_rows_are_shown_with_both_sides_and_written_again_as_chosen(
    lab: RunningLab, draft: Migration, administrator: User, work_directory: Path
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    run_to_the_gate(draft)
    copied = rows_in_pool(login)
    assert verification(draft, administrator).status == VerificationStatus.DONE
    changed = min(copied["devices"] - before["devices"], key=repr)[:2]
    lost = min(copied["folder_state"] - before["folder_state"], key=repr)[:3]
    forge = "UPDATE devices SET sync_anchor = -1 WHERE username = %s AND device_id = %s"
    execute(login, forge, changed)
    remove = "DELETE FROM folder_state WHERE username = %s AND device_id = %s AND folder_id = %s"
    execute(login, remove, lost)

    asked = verification(draft, administrator)
    assert asked.status == VerificationStatus.DONE
    assert asked.summary == "Rows that are not equal: 2 (folder_state, devices)."
    differs = draft.mismatches.get(kind=MismatchKind.DIFFERS)
    ((column, pool, server),) = differs.values
    assert (column, pool) == ("sync_anchor", "-1")
    assert server not in {None, "-1"}
    with pytest.raises(ActionRefused, match="not equal"):
        confirm_cutover(draft, actor=administrator, typed_name="trav4")

    repair = {"kind": VerificationKind.REPAIR, "mismatches": [differs.pk]}
    assert verification(draft, administrator, **repair).summary.endswith(": 1 (folder_state).")
    left = draft.mismatches.get()
    assert left.kind == MismatchKind.MISSING
    mended = verification(draft, administrator, kind=VerificationKind.REPAIR)
    assert mended.summary.endswith("all equal.")
    assert rows_in_pool(login) == copied
    assert not draft.mismatches.exists()

    cut_over(draft)
    assert draft.status == MigrationStatus.FINISHED
    table = draft.tables.get(table="devices")
    assert table.verified_before_cutover
    assert table.stale_since is None
    with pytest.raises(ActionRefused, match="gone on since the cut-over"):
        request_verification(draft, actor=administrator, kind=VerificationKind.REPAIR)
    later = verification(draft, administrator)
    assert later.status == VerificationStatus.DONE, later.summary
    assert not (work_directory / "runs" / draft.run_id).exists()


@pytest.mark.django_db
def test_what_is_under_way_or_was_never_fetched_is_not_compared() -> None:
    assert "under way" in why_no_verification(MigrationFactory(copying=True))
    assert "no copy" in why_no_verification(MigrationFactory(finished=True))


def test_a_backup_that_is_gone_is_named(
    lab: RunningLab, draft: Migration, administrator: User, work_directory: Path
) -> None:
    run_to_the_gate(draft)
    cut_over(draft)
    assert not (work_directory / "runs" / draft.run_id).exists()
    (work_directory / "backups" / "trav4" / f"{draft.run_id}.tar").unlink()
    asked = verification(draft, administrator)
    assert asked.status == VerificationStatus.FAILED
    assert "is not on this worker" in asked.summary


@pytest.fixture
def finished(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Migration:
    """A finished migration whose comparison finds nothing, and opens nothing to do so."""
    migration = MigrationFactory(finished=True, source_sha256="0" * 64)
    Migration.objects.filter(pk=migration.pk).update(lease_owner="", lease_until=None)
    transfer = SimpleNamespace(plan=SimpleNamespace(tables=[]))
    monkeypatch.setattr(verifications, "open_transfer", lambda _: nullcontext(transfer))
    monkeypatch.setattr(verifications, "compare_all", lambda *_: ([], "all equal."))
    return Migration.objects.for_run(migration.pk)


def test_a_finished_migration_is_compared_while_no_other_migration_is_in_its_pool(
    finished: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = MigrationFactory(pool=finished.pool)

    def compare(*_: object) -> tuple[list[object], str]:
        with pytest.raises(PoolBusy, match=f"{finished.server} are being compared"):
            acquire_pool_lock(other)
        return [], "all equal."

    monkeypatch.setattr(verifications, "compare_all", compare)
    assert verification(finished, finished.actor).status == VerificationStatus.DONE
    assert not PoolLock.objects.exists()

    asked = request_verification(finished, actor=finished.actor)
    acquire_pool_lock(other)
    run_verification(asked.pk)
    asked.refresh_from_db()
    assert asked.status == VerificationStatus.FAILED
    assert "takes one server at a time" in asked.summary
    assert "takes one server at a time" in why_no_verification(finished)
    assert PoolLock.objects.get().migration == other


def test_a_way_back_asked_for_during_a_comparison_keeps_the_pool(
    finished: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare(*_: object) -> None:
        migration = Migration.objects.get(pk=finished.pk)
        roll_back_migration(migration, actor=finished.actor, typed_name=finished.server.short_name)
        raise Interrupted

    monkeypatch.setattr(verifications, "compare_all", compare)
    verification(finished, finished.actor)
    assert finished.status == MigrationStatus.ROLLING_BACK
    assert PoolLock.objects.get().migration == finished


def test_a_pool_is_let_go_of_by_whoever_carries_the_comparison_on(
    finished: Migration, monkeypatch: pytest.MonkeyPatch, work_directory: Path
) -> None:
    being_read = work_directory / "runs" / finished.run_id
    being_read.mkdir(parents=True)

    def compare(*_: object) -> None:
        Migration.objects.filter(pk=finished.pk).update(lease_owner="another worker")
        raise Interrupted

    monkeypatch.setattr(verifications, "compare_all", compare)
    asked = verification(finished, finished.actor)
    assert asked.status == VerificationStatus.RUNNING
    assert PoolLock.objects.get().migration == finished
    assert being_read.exists()

    Migration.objects.filter(pk=finished.pk).update(lease_owner="", lease_until=None)
    monkeypatch.setattr(verifications, "compare_all", lambda *_: ([], "all equal."))
    run_verification(asked.pk)
    assert not PoolLock.objects.exists()
    assert not being_read.exists()


@pytest.mark.usefixtures("transactional_db")
def test_a_corrected_reject_is_written_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = MigrationFactory(at_gate=True, source_sha256="0" * 64)
    Migration.objects.filter(pk=migration.pk).update(lease_owner="", lease_until=None)
    table = TableTransferFactory(
        migration=migration, table="users", rows_total=9, rows_copied=8, rows_rejected=1
    )
    reject = RejectFactory(migration=migration, table="users", column="mail_file", row_number=4)
    written: dict[str, object] = {}
    transfer = SimpleNamespace(
        plan=SimpleNamespace(tables=[SimpleNamespace(name="users")]),
        source=None,
        login=None,
        run_id=migration.run_id,
    )
    monkeypatch.setattr(verifications, "open_transfer", lambda _: nullcontext(transfer))
    monkeypatch.setattr(verifications, "compare_all", lambda *_: ([], "all equal."))
    monkeypatch.setattr(
        verifications, "apply_correction", lambda _, **request: written.update(request)
    )
    asked = request_correction(reject, actor=migration.actor, values={"mail_file": "mail/p1.nsf"})
    run_verification(asked.pk)
    asked.refresh_from_db()
    table.refresh_from_db()
    assert (asked.status, asked.reject, asked.corrections) == (VerificationStatus.DONE, None, {})
    assert (written["row_number"], written["values"]) == (4, {"mail_file": "mail/p1.nsf"})
    assert (table.rows_copied, table.rows_rejected) == (9, 0)
    assert table.rows_corrected == 1
    assert [each.values for each in migration.corrections.all()] == [
        [("mail_file", reject.preview, "mail/p1.nsf")]
    ]
    assert not migration.rejects.exists()
    assert not migration.events.filter(text__contains="mail/p1.nsf").exists()
