"""A table's rows as one string each, put together by the server.

So the driver makes one object a row instead of one a value, and nothing is decoded here: the
reader knows what each value means (derby/java/PackedBack.java).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from MySQLdb import _mysql

from migrations_ui.transfer.engines.mysql.errors import translated
from migrations_ui.transfer.engines.mysql.names import quote
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.tables import ColumnPlan, TablePlan

BLOCK_BYTES = 256 * 1024
MOST_ROWS = 512
# A longer column may not fit the longest string the server puts together (max_allowed_packet).
LONGEST_PACKED = 65_535
PREFIXED = frozenset({"text", "varchar", "bpchar", "bytea"})


def blocks(connection: Any, table: TablePlan) -> Iterator[bytearray]:
    """Rows, joined, and cut anywhere. Read the query to its end, or close the connection."""
    parts, large = _select(table)
    query = f"SELECT {', '.join(parts)} FROM {quote(table.name)}"
    with translated():
        connection.query(query)
        # Not stored first, and without converters: bytes as the server sends them.
        rows = _mysql.result(connection, 1, {})
    yield from _joined(rows, large) if any(large) else _joined_single(rows)


def _joined_single(rows: Any) -> Iterator[bytearray]:
    count = 1
    while True:
        with translated():
            fetched = rows.fetch_row(count, 0)
        if not fetched:
            return
        try:
            block = bytearray().join([row for (row,) in fetched])
        except TypeError:
            raise _too_long() from None
        # As many rows as make a block, whatever their length: memory stays flat.
        count = max(1, min(MOST_ROWS, count * BLOCK_BYTES // len(block)))
        yield block


def _joined(rows: Any, large: list[bool]) -> Iterator[bytearray]:
    """Large columns come by themselves, so their rows one by one."""
    block = bytearray()
    while True:
        with translated():
            fetched = rows.fetch_row(1, 0)
        if not fetched:
            break
        for value, alone in zip(fetched[0], large, strict=True):
            if not alone:
                if value is None:
                    raise _too_long()
                block += value
            elif value is None:
                block += b":"
            else:
                block += b"%d:" % len(value)
                if len(value) < BLOCK_BYTES:
                    block += value
                    continue
                # In pieces: the driver has two copies of a long one already.
                yield block
                block = bytearray()
                for at in range(0, len(value), BLOCK_BYTES):
                    yield bytearray(value[at : at + BLOCK_BYTES])
        # Else they would still be there while the next row is read.
        del fetched, value
        if len(block) >= BLOCK_BYTES:
            yield block
            block = bytearray()
    if block:
        yield block


def _select(table: TablePlan) -> tuple[list[str], list[bool]]:
    """The expressions to select, and which of them are a large column alone."""
    parts: list[str] = []
    large: list[bool] = []
    packed: list[str] = []
    for column in table.columns:
        if is_large(column):
            if packed:
                parts.append(_pack(packed))
                large.append(False)
                packed = []
            parts.append(quote(column.target))
            large.append(True)
        else:
            packed.append(packed_value(column))
    if packed:
        parts.append(_pack(packed))
        large.append(False)
    return parts, large


def _pack(values: list[str]) -> str:
    """The empty binary string makes the whole one: no character set is converted or checked."""
    return f"CONCAT(_binary'', {', '.join(values)})"


def packed_value(column: ColumnPlan) -> str:
    """Arguments of CONCAT that say a value so that its end and its absence are known."""
    name = quote(column.target)
    kind, _, rest = column.form.rstrip("!").partition(":")
    nullable = not column.form.endswith("!")
    if kind not in PREFIXED:
        # Plus zero of a double: by itself a float is shown with six digits.
        shown = f"{name} + 0e0" if kind == "float4" else name
        return f"IFNULL({shown}, ''), ','" if nullable else f"{shown}, ','"
    # The server cuts the blanks that fill a char.
    text = f"RPAD({name}, {rest.partition(':')[0]}, ' ')" if kind == "bpchar" else name
    parts = f"LENGTH({text}), ':', {text}"
    return f"IFNULL(CONCAT({parts}), ':')" if nullable else parts


def is_large(column: ColumnPlan) -> bool:
    """Whether the column's type takes more than can be packed for sure."""
    kind, *arguments = column.form.rstrip("!").split(":")
    return kind in ("text", "bytea") and int(arguments[0]) > LONGEST_PACKED


def _too_long() -> TargetRefused:
    return TargetRefused(
        f"{TargetRefused()} A row is longer than the server's max_allowed_packet lets it show. "
        "Raise it there."
    )
