"""What the beat takes back again: one row that cannot be handled stops no other."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from migrations_ui.models import Migration
from migrations_ui.runner import rollback_recovery
from migrations_ui.runner.rollback_recovery import MOST_TRIES, REST, retry_failed_rollbacks
from migrations_ui.runner.status import change_status
from migrations_ui.states import MigrationStatus, StepStatus
from pools.models.secret import Sealed
from tests.migrations_ui.factories import MigrationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued")]
S = MigrationStatus


@pytest.fixture
def failed() -> list[Migration]:
    """Rehearsals whose rest is over."""
    rows: list[Migration] = [MigrationFactory(rehearsal=True, started=True) for _ in range(3)]
    for row in rows:
        Migration.objects.filter(pk=row.pk).update(status=S.FAILED, is_going_back=True)
        step = row.steps.first()
        assert step is not None
        row.steps.filter(pk=step.pk).update(
            status=StepStatus.FAILED, attempts=1, finished_at=timezone.now() - MOST_TRIES * REST
        )
    return rows


def statuses(rows: list[Migration]) -> list[str]:
    return [Migration.objects.values_list("status", flat=True).get(pk=row.pk) for row in rows]


def test_a_secret_that_cannot_be_decrypted_keeps_none_from_being_taken_back(
    failed: list[Migration],
) -> None:
    foreign = Fernet(Fernet.generate_key()).encrypt(b"boot").decode()
    Migration.objects.filter(pk=failed[0].pk).update(derby_boot_password=Sealed(foreign))
    retry_failed_rollbacks()
    assert statuses(failed) == [S.CANCELLING] * 3


@pytest.mark.parametrize("odd", range(3))
def test_one_that_cannot_be_read_stops_no_other(
    failed: list[Migration], monkeypatch: pytest.MonkeyPatch, odd: int
) -> None:
    def change(migration: Migration, **changes: object) -> bool:
        if migration.pk == failed[odd].pk:
            raise ValueError("odd")
        return change_status(migration, **changes)  # type: ignore[arg-type]

    monkeypatch.setattr(rollback_recovery, "change_status", change)
    retry_failed_rollbacks()
    expected = [S.CANCELLING] * 3
    expected[odd] = S.FAILED
    assert statuses(failed) == expected
