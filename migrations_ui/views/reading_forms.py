"""The two forms about reading the source, for the pages that show them."""

from __future__ import annotations

from collections.abc import Iterable

from migrations_ui.forms.reading import DerbyLoginForm, ValuesForm
from migrations_ui.models import Migration, Step
from migrations_ui.states import ENDED, StepName, StepStatus


def reading_forms(
    migration: Migration,
    *,
    steps: Iterable[Step],
    values: ValuesForm | None = None,
    derby_login: DerbyLoginForm | None = None,
) -> dict[str, object]:
    """Shown until the values are measured; as typed, or as the move has it."""
    step = next((step for step in steps if step.name == StepName.FIT), None)
    if step is None or step.status == StepStatus.DONE or migration.state in ENDED:
        return {"shows_reading": False}
    values = values or ValuesForm.of(migration)
    return {
        "shows_reading": True,
        "values": values,
        "derby_login": derby_login or DerbyLoginForm.of(migration),
        "has_derby_login": bool(migration.derby_boot_password or migration.derby_user),
        "fit_failed": step.status == StepStatus.FAILED,
        "chosen_values": len(values.initial),
    }
