"""Db2's part of the statements."""

from __future__ import annotations

from collections.abc import Mapping

from migrations_ui.transfer.engines.set_statements import ORDINAL, SetDialect
from migrations_ui.transfer.engines.value_dialect import is_bytes, is_text, staging_name
from migrations_ui.transfer.tables import ColumnPlan, TablePlan


def quote(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def staged(table: TablePlan, name: str) -> str:
    # In capitals, as names without quotes are kept.
    return quote(staging_name(table, name).upper())


def exact(column: ColumnPlan, one: str, other: str) -> str:
    """Comparisons go by the database's collation, and pad with blanks, even bytes. What is in a
    key is short enough for HEX."""
    if is_text(column) or is_bytes(column):
        return f"HEX({one}) = HEX({other})"
    return ""


WORDS = SetDialect(quote=quote, staged=staged, exact=exact)


def create_staging(table: TablePlan, types: Mapping[str, str], name: str) -> str:
    """`types` has each column's type as it is declared."""
    columns = "".join(f", {quote(column)} {types[column]}" for column in table.column_names)
    return (
        f"CREATE TABLE {staged(table, name)} "
        f"({ORDINAL} BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY{columns})"
    )


def whole_rows(table: TablePlan) -> str:
    """Every row after what says where it is."""
    columns = ", ".join(f"t.{quote(column)}" for column in table.column_names)
    return f"SELECT RID_BIT(t), {columns} FROM {quote(table.name)} t"


def delete_at(table: TablePlan) -> str:
    return f"DELETE FROM {quote(table.name)} t WHERE RID_BIT(t) = %s"


def furthest(table: str, column: str, least: int, most: int, *, rising: bool) -> str:
    """The last number within bounds, in the direction in which they are given."""
    return (
        f"SELECT {'MAX' if rising else 'MIN'}({quote(column)}) FROM {quote(table)} "
        f"WHERE {quote(column)} BETWEEN {least} AND {most}"
    )


def restart_identity(table: str, column: str, number: int) -> str:
    return f"ALTER TABLE {quote(table)} ALTER COLUMN {quote(column)} RESTART WITH {number}"
