"""How a migration reads its source: what opens it, and what happens to values that do not fit.

Open to change until the values are measured, and again when the measuring stopped the migration:
what the compatibility check decided stands for the copy and for the rollback.
"""

from __future__ import annotations

from django.db import transaction

from console.accounts.models import User
from migrations_ui.broadcast import announce
from migrations_ui.errors import ActionRefused
from migrations_ui.models import Event, Migration, ValuePolicy
from migrations_ui.models.event import Line
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.value_loss import Treatment, Treatments
from pools.services import audit


def set_value_policies(migration: Migration, *, actor: User, treatments: Treatments) -> None:
    """Replace all choices; a loss that is not named stops the migration."""
    with transaction.atomic():
        _hold(migration)
        write_value_policies(migration, treatments)
        chosen = ", ".join(f"{loss}: {treatment}" for loss, treatment in treatments.items())
        summary = chosen or "every one of them stops the migration"
        _record(migration, actor, "set_value_policies", f"Values that do not fit: {summary}.")


def write_value_policies(migration: Migration, treatments: Treatments) -> None:
    """Only the rows; for a draft that is being made."""
    migration.value_policies.all().delete()
    ValuePolicy.objects.bulk_create(
        ValuePolicy(migration=migration, loss=loss, treatment=treatment)
        for loss, treatment in treatments.items()
        if treatment is not Treatment.STOP
    )


def set_derby_login(migration: Migration, *, actor: User, login: DerbyLogin) -> None:
    """Replace what opens the Derby database; what is empty is forgotten."""
    with transaction.atomic():
        _hold(migration)
        Migration.objects.filter(pk=migration.pk).update(
            derby_boot_password=login.boot_password,
            derby_user=login.user,
            derby_password=login.password,
        )
        migration.refresh_from_db()
        parts = {
            "a boot password": login.boot_password,
            "a user": login.user,
            "a password": login.password,
        }
        given = ", ".join(name for name, value in parts.items() if value) or "nothing"
        _record(migration, actor, "set_derby_login", f"To open the Derby database: {given}.")


def _hold(migration: Migration) -> None:
    """Lock the run's row until the end of the transaction: a worker that begins to measure waits.

    Raises ActionRefused.
    """
    Migration.objects.select_for_update().get(pk=migration.pk)
    migration.refresh_from_db()
    if not migration.may_change_source:
        raise ActionRefused(
            f"How the migration of {migration.server} reads its source cannot be changed now: the "
            "values are being measured or have been, or the migration has ended or goes back."
        )


def _record(migration: Migration, actor: User, action: str, text: str) -> None:
    audit.record(actor=actor, action=action, target=str(migration), detail=text)
    Event.objects.append(migration.pk, [Line(f"{actor}: {text}")])
    announce(migration.pk)
