"""What is chosen under "Options", in a few words each, so that it can stay folded.

`static/migration-choices.js` says the same of what is being typed, from the same pieces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.forms import BaseForm, BoundField, ChoiceField, PasswordInput

from migrations_ui.models import Migration
from migrations_ui.states import ENDED, ConflictPolicy, MigrationStatus, StepName, StepStatus

NEWEST = ConflictPolicy.NEWEST.label
FULL_PACE = "no limit on the pace"
PACE = "{} rows a second at most"
VALUES_STOP = "values that do not fit stop it"
VALUES_DECIDED = "kinds of values decided: {}"
NO_LOGIN = "no Derby login"
LOGIN = "Derby login entered"


@dataclass(frozen=True, slots=True)
class Choice:
    """`empty` as long as its fields are as they were at first, else `filled`: with what the field
    says, or how many of the fields were changed."""

    fields: tuple[str, ...]
    empty: str
    filled: str
    text: str
    only_copy: bool = True


def more_choices(*, destination: BaseForm, values: BaseForm, derby_login: BaseForm) -> list[Choice]:
    """What the wizard's three forms hold."""
    return [
        _choice([destination["conflict_policy"]], NEWEST, "{}"),
        _choice([destination["rows_per_second"]], FULL_PACE, PACE),
        _choice([destination["drain_seconds"]], "", "{} s for running syncs", only_copy=False),
        _choice(values, VALUES_STOP, VALUES_DECIDED),
        _choice(derby_login, NO_LOGIN, LOGIN),
    ]


def choices_mark(migration: Migration) -> str:
    """Another one whenever the panel of a migration under way would offer something else: which
    choices are still open and what was decided. Empty when none is."""
    opened = reads_source(migration), migration.may_choose_policy, migration.may_set_pace
    if not any(opened):
        return ""
    decided = migration.conflict_policy, migration.rows_per_second, migration.chunk_rows
    failed = migration.current_step if migration.state is MigrationStatus.FAILED else ""
    return " ".join(str(part or "-") for part in (*opened, *decided, failed))


def reads_source(migration: Migration) -> bool:
    """True while the values are not measured: how the source is opened and read is open."""
    if migration.state in ENDED:
        return False
    return any(
        step.name == StepName.COMPATIBILITY and step.status != StepStatus.DONE
        for step in migration.steps.all()
    )


def choices_so_far(migration: Migration, *, values: int | None) -> str:
    """What a migration has that may still be changed, as one line; `values` None: measured
    already."""
    rate = migration.rows_per_second
    said = [
        migration.get_conflict_policy_display(),
        PACE.format(f"{rate:,}") if rate else FULL_PACE,
    ]
    if values is not None:
        said.append(VALUES_DECIDED.format(values) if values else VALUES_STOP)
    return "".join(f"· {text} " for text in said)


def _choice(
    fields: Iterable[BoundField], empty: str, filled: str, *, only_copy: bool = True
) -> Choice:
    fields = list(fields)
    said = [text for text in map(_said, fields) if text]
    text = filled.format(said[0] if len(fields) == 1 else len(said)) if said else empty
    return Choice(tuple(field.id_for_label for field in fields), empty, filled, text, only_copy)


def _said(field: BoundField) -> str:
    """What the control shows; nothing for the first of a list, and for what is not sent back."""
    value = str(field.value() or "")
    if isinstance(field.field, ChoiceField):
        _, *others = cast("list[tuple[str, str]]", list(field.field.choices))  # type: ignore[arg-type]
        return next((str(label) for key, label in others if str(key) == value), "")
    return "" if isinstance(field.field.widget, PasswordInput) else value
