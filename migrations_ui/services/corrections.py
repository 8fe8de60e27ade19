"""What a person types in place of values that did not fit: judged before a worker is asked, and
kept once the row is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from migrations_ui.errors import ActionRefused, CorrectionsRefused
from migrations_ui.models import Correction, Migration, Reject, Verification
from migrations_ui.models.correction import SHOWN
from migrations_ui.models.table_transfer import RejectedColumn
from migrations_ui.steps.transfer.masking import MASKING
from migrations_ui.transfer.corrections.parse import parse_value
from migrations_ui.transfer.errors import CorrectionRefused
from migrations_ui.transfer.masking import hidden_text
from migrations_ui.transfer.plan.planner import TransferPlan

# How a row is shown that was written without a correction: its column was widened since.
AS_IT_IS = "as it is in the source"


def require_compatible(reject: Reject, values: Mapping[str, str]) -> None:
    """Raises CorrectionsRefused for values that do not fit, and ActionRefused for other columns
    than those that did not. No values at all: a worker sees whether the row fits by now."""
    if not values:
        return
    rejected = {each.column: each for each in reject.rejected_columns}
    if values.keys() != rejected.keys():
        raise ActionRefused(
            f"Exactly these columns of the row have to be corrected: {', '.join(rejected)}."
        )
    faults = {name: fault_of(rejected[name], text) for name, text in values.items()}
    found = {name: fault for name, fault in faults.items() if fault}
    if found:
        raise CorrectionsRefused(found)


def fault_of(rejected: RejectedColumn, text: str) -> str:
    """What is wrong with `text` for this column; empty when it fits, as far as can be seen here."""
    if not rejected.form:
        return ""
    try:
        value = parse_value(text, rejected.form, rejected.options)
    except CorrectionRefused as error:
        return str(error)
    if value is None and rejected.in_key:
        return "It is part of the row's key, which wants a value."
    return ""


def store_correction(reject: Reject, verification: Verification) -> Correction:
    """What the row was written with: the source does not say it so."""
    changes = [
        (rejected.column, rejected.preview[:SHOWN], _now(reject, rejected, verification)[:SHOWN])
        for rejected in reject.rejected_columns
    ]
    return Correction.objects.create(
        migration_id=reject.migration_id,
        table=reject.table,
        row_key=reject.row_key,
        changes=json.dumps(changes),
        corrected_by=verification.asked_by,
    )


def is_hidden(reject: Reject, rejected: RejectedColumn) -> bool:
    """Whether what is in that column is private: shown neither as it was nor as it was typed."""
    return MASKING.hides(reject.table, rejected.column, rejected.form, in_key=rejected.in_key)


def _now(reject: Reject, rejected: RejectedColumn, verification: Verification) -> str:
    typed = verification.corrections.get(rejected.column)
    if typed is None:
        return AS_IT_IS
    return hidden_text(typed) if is_hidden(reject, rejected) else typed


def learn_columns(migration: Migration, plan: TransferPlan) -> None:
    """What the columns of rejects take now: somebody may have widened them since the copy."""
    tables = {table.name: table for table in plan.tables}
    for reject in migration.rejects.exclude(rejected="[]"):
        table = tables.get(reject.table)
        if table is None:
            continue
        now = json.dumps([asdict(each.as_planned(table)) for each in reject.rejected_columns])
        if now != reject.rejected:
            Reject.objects.filter(pk=reject.pk).update(rejected=now)
