"""Writes a row that the reader had to reject, with one value corrected by a person.

It goes the way of every row: inserted in a transaction with the checkpoint, which counts it from
then on as written. The shadow keeps it as it was written, because the source does not say it so:
verification and rollback find it there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from migrations_ui.transfer.checkpoint import Checkpoint
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.errors import NotReplayable
from migrations_ui.transfer.loaders import open_target
from migrations_ui.transfer.loaders.rows import RowDecoder, RowEncoder, arguments_of, kind_of
from migrations_ui.transfer.loaders.shadow import Shadow, ensure_shadow
from migrations_ui.transfer.meeting import STAGING
from migrations_ui.transfer.tables import TablePlan
from pools.databases.connection import DatabaseLogin

Row = tuple[Any, ...]
TRUTH = {"true": True, "1": True, "false": False, "0": False}
PARSERS: dict[str, Callable[[str], Any]] = {
    "int2": int,
    "int4": int,
    "int8": int,
    "float4": float,
    "float8": float,
    "numeric": Decimal,
    "bool": lambda text: TRUTH[text.casefold()],
    "bytea": bytes.fromhex,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
}
TEXT = frozenset({"text", "varchar", "bpchar"})


def replay_reject(
    table: TablePlan,
    *,
    source: DerbySource,
    login: DatabaseLogin,
    run_id: str,
    row_number: int,
    column: str,
    value: str,
) -> None:
    """Write source row `row_number` with `value` in `column`, which is the target's or the
    source's name of it. Raises NotReplayable, and NotCopied for a table that is not copied."""
    plan = next(
        (each for each in table.columns if column in {each.source, each.target}),
        None,
    )
    if plan is None or not table.key or plan.target in table.key:
        raise NotReplayable(
            f"{table.name}.{column}: only a column beside the key can be corrected."
        )
    corrected = parse_value(value, plan.form)
    rest = replace(table, columns=tuple(each for each in table.columns if each is not plan))
    values = dict(zip(rest.column_names, _read(rest, source, row_number), strict=True))
    values[plan.target] = corrected
    row = tuple(values[name] for name in table.column_names)
    with open_target(login) as target:
        checkpoint = Checkpoint(target, run_id)
        checkpoint.finished(table)
        ensure_shadow(target, table)
        with target.staging(table, STAGING), target.transaction():
            checkpoint.hold_anywhere(table)
            if not checkpoint.take_reject_back(table, row_number):
                raise NotReplayable(f"{table.name}: row {row_number} is no reject of this run.")
            target.stage_rows(table, STAGING, [row])
            target.execute(Shadow(table, run_id, target).record_replayed(STAGING, row_number))
            if target.insert_staged(table, STAGING):
                raise NotReplayable(
                    f"{table.name}: the pool has a row with this key or with a value that may be "
                    "there only once."
                )


def parse_value(text: str, form: str) -> Any:
    """What a person typed as a value of that form; nothing is null where the form takes it.

    Raises NotReplayable that says what does not fit.
    """
    kind, arguments = kind_of(form), arguments_of(form)
    if kind in TEXT:
        length = len(text.encode()) if kind == "text" or ":octets" in form else len(text)
        if ":units" in form:
            length = len(text.encode("utf-16-le")) // 2
        if arguments and length > arguments[0]:
            raise NotReplayable(f"The value is {length} long, and {arguments[0]} is the most.")
        if "\0" in text:
            raise NotReplayable("The value holds a NUL character.")
        return text
    if not text.strip() and not form.endswith("!"):
        return None
    try:
        value = PARSERS[kind](text.strip())
        RowEncoder([form]).encode((value,))
    except (ValueError, KeyError, InvalidOperation, struct.error, OverflowError):
        raise NotReplayable(f"This is no value of the column's type ({kind}).") from None
    if kind == "bytea" and arguments and len(value) > arguments[0]:
        raise NotReplayable(f"The value has {len(value)} bytes, and {arguments[0]} is the most.")
    return value


def _read(rest: TablePlan, source: DerbySource, row_number: int) -> Row:
    """The other columns of the row."""
    decoder = RowDecoder([column.form for column in rest.columns])
    rows: list[Row] = []
    rejects: list[dict[str, Any]] = []
    with source.rows(rest, first=row_number, until=row_number + 1) as stream:
        for head in stream.slices():
            rejects += head.rejects
            for piece in stream.pieces():
                rows += decoder.feed(piece)
    if rejects:
        first = rejects[0]
        raise NotReplayable(
            f"{rest.name}: another column of the row cannot be written either: "
            f"{first['column']} ({first['reason']})."
        )
    if len(rows) != 1:
        raise NotReplayable(f"{rest.name}: the source has no row {row_number}.")
    return rows[0]
