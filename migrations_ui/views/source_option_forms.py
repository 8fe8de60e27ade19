"""The two forms about reading the source, for the pages that show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Required, TypedDict

from console.accounts.capabilities import Capability
from console.accounts.permissions import Access
from migrations_ui.forms.source_options import DerbyLoginForm, ValuesForm
from migrations_ui.models import Migration, Step
from migrations_ui.presentation.choices import reads_source
from migrations_ui.states import StepName, StepStatus
from pools.models.secret import has_secret


class ReadingForms(TypedDict, total=False):
    """For the templates; only the first three where the forms are not shown."""

    shows_reading: Required[bool]
    opens_reading: Required[bool]
    chosen_values: Required[int | None]  # None: they are measured, or nothing measures them
    values: ValuesForm
    derby_login: DerbyLoginForm
    has_derby_login: bool
    fit_failed: bool


def reading_forms(
    migration: Migration,
    *,
    steps: Iterable[Step],
    access: Access,
    values: ValuesForm | None = None,
    derby_login: DerbyLoginForm | None = None,
) -> ReadingForms:
    """Shown until the values are measured, to people who may choose; as typed, or as the migration
    has it."""
    step = next((step for step in steps if step.name == StepName.COMPATIBILITY), None)
    may_choose = access.may(Capability.DRAFT_MIGRATION)
    if step is None or not may_choose or not reads_source(migration):
        return {"shows_reading": False, "opens_reading": False, "chosen_values": None}
    fit_failed = step.status == StepStatus.FAILED
    typed = any(form.errors for form in (values, derby_login) if form)
    values = values or ValuesForm.of(migration)
    return {
        "shows_reading": True,
        "values": values,
        "derby_login": derby_login or DerbyLoginForm.of(migration),
        "has_derby_login": has_secret(migration, "derby_boot_password")
        or bool(migration.derby_user),
        "fit_failed": fit_failed,
        "opens_reading": fit_failed or typed,
        "chosen_values": len(values.initial),
    }
