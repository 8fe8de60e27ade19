"""A misfit's state: whether it stops the move, and else what happens to its values."""

from __future__ import annotations

from typing import Protocol

from migrations_ui.states import Outcome
from migrations_ui.transfer.value_loss import Treatment


class Told(Protocol):
    """A finding, or its line in the report."""

    outcome: str
    treatment: str


WORDS: dict[str, str] = {Treatment.REJECT: "kept back", Treatment.CONVERT: "converted"}


def misfit_word(misfit: Told) -> str:
    if misfit.outcome == Outcome.BLOCKER:
        return "stops the move"
    return WORDS.get(misfit.treatment, "note")


def misfit_shape(misfit: Told) -> str:
    if misfit.outcome == Outcome.BLOCKER:
        return "bad"
    return "warn" if misfit.treatment in WORDS else "unknown"
