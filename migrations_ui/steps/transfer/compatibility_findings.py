"""Incompatible values in words, kept as findings of the group "compatibility"."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction

from migrations_ui.models import Finding, Migration
from migrations_ui.models.finding import COMPATIBILITY
from migrations_ui.states import Outcome
from migrations_ui.transfer.plan.compatibility import IncompatibleColumn
from migrations_ui.transfer.plan.planner import PlanFinding
from migrations_ui.transfer.value_loss import Loss, Treatment, Treatments, treatment_of

# After every line of the preflight report.
FIRST_POSITION = 1000
TITLE_LENGTH = 120

# What is wrong with the values, by the reader's word for it.
WRONG: dict[str, str] = {
    "too_long": "longer than the target's column",
    "too_short": "shorter than the target's column, which would fill them up",
    "nul": "with a NUL character, which the target's text cannot hold",
    "character": "with a character that the target's code page does not have",
    "blanks": "with trailing blanks that the target would lose",
    "nanoseconds": "finer than the target's column keeps time",
    "range": "with more digits than the target's column",
    "scale": "with more decimal places than the target's column",
    "digits": "that lose digits in the target's single precision",
    "truth": "neither 0 nor 1, where the target holds true or false",
    "date": "outside the dates of the target's column",
    "null": "missing, where the target requires one",
    "row": "longer than the 64 MiB that are carried, as the target takes rows (escaped on MySQL)",
}
CONVERTED: dict[Loss, str] = {
    Loss.NANOSECONDS: "They are cut to what the target keeps.",
    Loss.NUL: "The NUL characters are removed.",
    Loss.CHARACTER: "U+FFFD (or a question mark, where even that is lacking) stands for each.",
    Loss.BLANKS: "The trailing blanks go.",
}
REJECTED = "Their rows are rejected and are listed as rejects."
OF_KEY = "They are part of the key, which is never changed: two rows could become one."
# What can be done on either side, besides deciding what happens to the values.
MEND: dict[str, str] = {
    "too_long": "Make the column of the pool's database wider",
    "too_short": "Let the column of the pool's database vary in length",
    "range": "Give the column of the pool's database more digits",
    "scale": "Give the column of the pool's database more decimal places",
    "digits": "Give the column of the pool's database double precision",
    "date": "Choose a column type with a wider range in the pool's database",
    "null": "Let the column of the pool's database be null",
    "nanoseconds": "Decide whether they are cut",
    "nul": "Decide whether the NUL characters are removed",
    "character": "Decide whether U+FFFD replaces them",
    "blanks": "Decide whether the blanks may go",
}
OR_LEAVE = "or keep such rows back as rejects"


def save_findings(
    migration: Migration,
    plan: Sequence[PlanFinding],
    found: Sequence[IncompatibleColumn],
    treatments: Treatments,
) -> list[Finding]:
    """Replace what the last measuring found, all or nothing."""
    findings = [_of_plan(each) for each in plan]
    findings += [_of_incompatible(each, treatments) for each in found]
    for position, finding in enumerate(findings, start=FIRST_POSITION):
        finding.migration = migration
        finding.position = position
        finding.group = COMPATIBILITY
        finding.check_id = _check_id(finding)
    with transaction.atomic():
        migration.findings.compatibility().delete()
        Finding.objects.bulk_create(findings)
    return findings


def _of_plan(found: PlanFinding) -> Finding:
    return Finding(
        title=_title(found.table, found.column),
        outcome=Outcome.BLOCKER if found.blocks else Outcome.WARNING,
        seen=found.problem,
        remedy=found.remedy,
        table=found.table[:128],
        column=found.column[:128],
        kind="schema",
    )


def _of_incompatible(incompatible: IncompatibleColumn, treatments: Treatments) -> Finding:
    treatment = treatment_of(incompatible.loss, treatments, in_key=incompatible.in_key)
    subject, wrong = _noun(incompatible), WRONG[incompatible.kind]
    seen = f"{subject} {wrong}{_limit(incompatible)}: {incompatible.count:,}"
    if incompatible.longest is not None and incompatible.kind in ("too_long", "row"):
        seen += f", the longest has {incompatible.longest:,}"
    match treatment:
        case Treatment.CONVERT:
            outcome, seen, remedy = Outcome.WARNING, f"{seen}. {CONVERTED[incompatible.loss]}", ""
        case Treatment.REJECT:
            why = f"{OF_KEY} " if treatments[incompatible.loss] is Treatment.CONVERT else ""
            outcome, seen, remedy = Outcome.WARNING, f"{seen}. {why}{REJECTED}", ""
        case _:
            mend = MEND.get(incompatible.kind, "Correct them on the server before the migration")
            outcome, seen, remedy = Outcome.BLOCKER, f"{seen}.", f"{mend}, {OR_LEAVE}."
    return Finding(
        title=_title(incompatible.table, incompatible.column),
        outcome=outcome,
        seen=seen,
        remedy=remedy,
        table=incompatible.table,
        column=incompatible.column,
        kind=incompatible.kind,
        count=incompatible.count,
        longest=incompatible.longest,
        treatment=treatment,
    )


def _noun(incompatible: IncompatibleColumn) -> str:
    return "Rows" if incompatible.kind == "row" else "Values"


def _limit(incompatible: IncompatibleColumn) -> str:
    """The room of the target's column, as it counts it."""
    if incompatible.kind not in {"too_long", "too_short"} or incompatible.room is None:
        return ""
    number, unit = incompatible.room
    return f" of {number:,} {unit}"


def _title(table: str, column: str) -> str:
    return (f"{table}.{column}" if column else table)[:TITLE_LENGTH]


def _check_id(finding: Finding) -> str:
    """Names of tables and columns together may be longer than a check's name."""
    named = "\0".join((finding.table, finding.column, finding.kind, finding.seen))
    return f"compatibility-{hashlib.sha256(named.encode()).hexdigest()[:24]}"
