"""SQL Server's part of the statements."""

from __future__ import annotations

from collections.abc import Sequence

from migrations_ui.transfer.engines.set_statements import ORDINAL, SetDialect
from migrations_ui.transfer.engines.value_dialect import is_bytes, is_text, staging_name
from migrations_ui.transfer.tables import ColumnPlan, TablePlan


def quote(name: str) -> str:
    return f"[{name.replace(']', ']]')}]"


def staged(table: TablePlan, name: str) -> str:
    return quote(staging_name(table, name))


def exact(column: ColumnPlan, one: str, other: str) -> str:
    """Comparisons pad the shorter text with blanks and the shorter bytes with zeros."""
    lengths = f"DATALENGTH({one}) = DATALENGTH({other})"
    if is_text(column):
        return f"CONVERT(varbinary(max), {one}) = CONVERT(varbinary(max), {other}) AND {lengths}"
    return lengths if is_bytes(column) else ""


WORDS = SetDialect(quote=quote, staged=staged, exact=exact)


def create_staging(table: TablePlan, name: str) -> tuple[str, ...]:
    """The columns with their types and collations. The union drops the identity property."""
    columns = ", ".join(map(quote, table.column_names))
    none = f"SELECT {columns} FROM {quote(table.name)} WHERE 1 = 0"
    return (
        f"SELECT * INTO {staged(table, name)} FROM ({none} UNION ALL {none}) x",
        f"ALTER TABLE {staged(table, name)} ADD {ORDINAL} bigint IDENTITY(1, 1) NOT NULL",
    )


def delete_whole_rows(table: TablePlan, name: str) -> str:
    """As many of each equal row as are staged. Rows are numbered among their equals on both
    sides, by the bytes of their values."""
    images = [image(column) for column in table.columns]
    numbers = f"ROW_NUMBER() OVER (PARTITION BY {', '.join(images)} ORDER BY (SELECT 0))"
    listed = ", ".join(f"{one} AS c{at}" for at, one in enumerate(images))
    same = " AND ".join(
        f"(s.c{at} = t.c{at} AND DATALENGTH(s.c{at}) = DATALENGTH(t.c{at}) "
        f"OR s.c{at} IS NULL AND t.c{at} IS NULL)"
        for at in range(len(images))
    )
    numbered = f"SELECT {listed}, {numbers} AS n FROM"
    return (
        f"WITH t AS ({numbered} {quote(table.name)}) DELETE FROM t WHERE EXISTS "
        f"(SELECT 1 FROM ({numbered} {staged(table, name)}) s WHERE s.n = t.n AND {same})"
    )


def image(column: ColumnPlan) -> str:
    """A column so that equal means the same bytes."""
    name = quote(column.target)
    return f"CONVERT(varbinary(max), {name})" if is_text(column) else name


def identity_insert(table: str, *, on: bool) -> str:
    return f"SET IDENTITY_INSERT {quote(table)} {'ON' if on else 'OFF'}"


def listed(names: Sequence[str]) -> str:
    return ", ".join(map(quote, names))
