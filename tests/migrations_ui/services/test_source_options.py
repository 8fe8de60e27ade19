"""How a migration reads its source: who may change it when, and what is written down."""

from __future__ import annotations

import pytest
from django.db import connection

from migrations_ui.errors import ActionRefused
from migrations_ui.models import Migration
from migrations_ui.services.source_options import set_derby_login, set_value_policies
from migrations_ui.states import MigrationStatus, StepName, StepStatus
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.value_loss import Loss, Treatment
from pools.models import AuditEntry
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db

CHOICE = {Loss.NUL: Treatment.CONVERT, Loss.BLANKS: Treatment.STOP}
LOGIN = DerbyLogin("boot-secret", "sa", "pass-secret")


def change(migration: Migration) -> None:
    set_value_policies(migration, actor=migration.actor, treatments=CHOICE)
    set_derby_login(migration, actor=migration.actor, login=LOGIN)


def test_choices_are_replaced_as_a_whole() -> None:
    migration = MigrationFactory(started=True)
    change(migration)
    assert migration.value_policies.treatments() == {Loss.NUL: Treatment.CONVERT}
    set_value_policies(
        migration, actor=migration.actor, treatments={Loss.INCOMPATIBLE: Treatment.REJECT}
    )
    assert migration.value_policies.treatments() == {Loss.INCOMPATIBLE: Treatment.REJECT}


def test_what_opens_derby_is_kept_encrypted_and_shown_to_nobody() -> None:
    migration = MigrationFactory()
    change(migration)
    migration.refresh_from_db()
    assert migration.derby_login == LOGIN
    with connection.cursor() as cursor:
        cursor.execute("SELECT derby_boot_password, derby_password FROM migrations_ui_migration")
        stored = " ".join(cursor.fetchone())
    reported = " ".join(AuditEntry.objects.values_list("detail", flat=True))
    reported += " ".join(migration.events.values_list("text", flat=True))
    assert "a boot password, a user, a password" in reported
    for secret in ("boot-secret", "pass-secret"):
        assert secret not in stored + reported + repr(migration.derby_login)


@pytest.mark.parametrize("status", [StepStatus.RUNNING, StepStatus.DONE, StepStatus.UNDONE])
def test_once_measured_nothing_changes(status: StepStatus) -> None:
    migration = MigrationFactory(copying=True)
    migration.steps.filter(name=StepName.COMPATIBILITY).update(status=status)
    with pytest.raises(ActionRefused, match="cannot be changed now"):
        change(migration)
    assert not migration.value_policies.exists()
    migration.refresh_from_db()
    assert not migration.derby_boot_password


def test_a_measuring_that_stopped_the_migration_opens_the_choice_again() -> None:
    migration = MigrationFactory(broken=True, current_step=StepName.COMPATIBILITY)
    migration.steps.filter(name=StepName.COMPATIBILITY).update(status=StepStatus.FAILED)
    change(migration)
    assert migration.value_policies.exists()


def test_an_ended_migration_and_one_on_its_way_back_have_no_choice() -> None:
    for migration in (
        MigrationFactory(status=MigrationStatus.CANCELLED),
        MigrationFactory(status=MigrationStatus.CANCELLING, is_going_back=True),
    ):
        with pytest.raises(ActionRefused):
            change(migration)
