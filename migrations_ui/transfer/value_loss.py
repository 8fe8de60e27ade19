"""Values that would lose something on their way, and what a run does with them."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from migrations_ui.transfer.tables import TargetColumn


class Loss(enum.StrEnum):
    """What a value would lose. INCOMPATIBLE is what no conversion helps: the value does not fit."""

    NANOSECONDS = "nanoseconds"
    NUL = "nul"
    CHARACTER = "character"
    BLANKS = "blanks"
    INCOMPATIBLE = "incompatible"


class Treatment(enum.StrEnum):
    """What becomes of such values: nothing is copied, their rows are rejected, or they change."""

    STOP = "stop"
    REJECT = "reject"
    CONVERT = "convert"


# A loss that is not named stops the run.
Treatments = Mapping[Loss, Treatment]

TIMES = frozenset({"timestamp"})
TEXTS = frozenset({"text", "varchar", "bpchar"})


def column_options(
    column: TargetColumn, treatments: Treatments | None, *, in_key: bool = False
) -> tuple[str, ...]:
    """The reader's options for a column; without `treatments` its own rules hold.

    A run that stops on a loss has found none, and is read as if it kept such rows back: what the
    measuring missed must not get through changed. Nor is a value changed that is `in_key`: two
    rows could become one.
    """
    kind = column.form.partition(":")[0]
    charset = (f"charset={column.charset}",) if column.charset and kind in TEXTS else ()
    if treatments is None:
        return charset
    losses: tuple[Loss, ...] = ()
    if kind in TIMES:
        losses = (Loss.NANOSECONDS,)
    elif kind in TEXTS:
        losses = (Loss.NUL, Loss.CHARACTER, Loss.BLANKS)
    words = (
        f"{loss}={_reader_word(treatment_of(loss, treatments, in_key=in_key))}" for loss in losses
    )
    return (*words, *charset)


def treatment_of(loss: Loss, treatments: Treatments, *, in_key: bool) -> Treatment:
    """What becomes of values of a column, which is part of its table's key or not."""
    chosen = treatments.get(loss, Treatment.STOP)
    return Treatment.REJECT if in_key and chosen is Treatment.CONVERT else chosen


def _reader_word(treatment: Treatment) -> str:
    return Treatment.CONVERT if treatment is Treatment.CONVERT else Treatment.REJECT
