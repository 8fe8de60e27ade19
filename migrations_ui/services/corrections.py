"""What a person types in place of values that did not fit: judged before a worker is asked, and
kept once the row is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from migrations_ui.errors import ActionRefused, CorrectionsRefused
from migrations_ui.models import Correction, Migration, Recheck, Reject
from migrations_ui.models.correction import SHOWN
from migrations_ui.models.table_transfer import UnfitColumn
from migrations_ui.steps.transfer.masking import MASKING
from migrations_ui.transfer.corrections.parse import parse_value
from migrations_ui.transfer.errors import NotReplayable
from migrations_ui.transfer.masking import hidden_text
from migrations_ui.transfer.plan.planner import TransferPlan

# How a row is shown that was written without a correction: its column was widened since.
AS_IT_IS = "as it is in the source"


def require_fit(reject: Reject, values: Mapping[str, str]) -> None:
    """Raises CorrectionsRefused for values that do not fit, and ActionRefused for other columns
    than those that did not. No values at all: a worker sees whether the row fits by now."""
    if not values:
        return
    unfit = {each.column: each for each in reject.unfit_columns}
    if values.keys() != unfit.keys():
        raise ActionRefused(
            f"Exactly these columns of the row have to be corrected: {', '.join(unfit)}."
        )
    faults = {name: fault_of(unfit[name], text) for name, text in values.items()}
    found = {name: fault for name, fault in faults.items() if fault}
    if found:
        raise CorrectionsRefused(found)


def fault_of(unfit: UnfitColumn, text: str) -> str:
    """What is wrong with `text` for this column; empty when it fits, as far as can be seen here."""
    if not unfit.form:
        return ""
    try:
        value = parse_value(text, unfit.form, unfit.options)
    except NotReplayable as error:
        return str(error)
    if value is None and unfit.in_key:
        return "It is part of the row's key, which wants a value."
    return ""


def keep_correction(reject: Reject, recheck: Recheck) -> Correction:
    """What the row was written with: the source does not say it so."""
    changes = [
        (unfit.column, unfit.preview[:SHOWN], _now(reject, unfit, recheck)[:SHOWN])
        for unfit in reject.unfit_columns
    ]
    return Correction.objects.create(
        migration_id=reject.migration_id,
        table=reject.table,
        row_key=reject.row_key,
        changes=json.dumps(changes),
        corrected_by=recheck.asked_by,
    )


def is_hidden(reject: Reject, unfit: UnfitColumn) -> bool:
    """Whether what is in that column is private: shown neither as it was nor as it was typed."""
    return MASKING.hides(reject.table, unfit.column, unfit.form, in_key=unfit.in_key)


def _now(reject: Reject, unfit: UnfitColumn, recheck: Recheck) -> str:
    typed = recheck.corrections.get(unfit.column)
    if typed is None:
        return AS_IT_IS
    return hidden_text(typed) if is_hidden(reject, unfit) else typed


def learn_columns(migration: Migration, plan: TransferPlan) -> None:
    """What the columns of rejects take now: somebody may have widened them since the copy."""
    tables = {table.name: table for table in plan.tables}
    for reject in migration.rejects.exclude(unfit="[]"):
        table = tables.get(reject.table)
        if table is None:
            continue
        now = json.dumps([asdict(each.as_planned(table)) for each in reject.unfit_columns])
        if now != reject.unfit:
            Reject.objects.filter(pk=reject.pk).update(unfit=now)
