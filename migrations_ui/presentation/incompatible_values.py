"""An incompatible value's state: whether it stops the migration, and else what happens to its
values."""

from __future__ import annotations

from typing import Protocol

from migrations_ui.states import Outcome
from migrations_ui.transfer.value_loss import Treatment


class IncompatibleValue(Protocol):
    """A finding, or its line in the report."""

    outcome: str
    treatment: str


WORDS: dict[str, str] = {Treatment.REJECT: "kept back", Treatment.CONVERT: "converted"}


def treatment_word(incompatible: IncompatibleValue) -> str:
    if incompatible.outcome == Outcome.BLOCKER:
        return "stops the migration"
    return WORDS.get(incompatible.treatment, "note")


def treatment_shape(incompatible: IncompatibleValue) -> str:
    if incompatible.outcome == Outcome.BLOCKER:
        return "bad"
    return "warn" if incompatible.treatment in WORDS else "unknown"
