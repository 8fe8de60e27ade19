"""Statements over rows that were staged in a temporary table beside the real one.

Temporary tables come and go without a commit. Each is named once in a statement: MySQL opens
none of them twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrations_ui.transfer.engines.mysql.names import listed, quote
from migrations_ui.transfer.engines.mysql.read_back import is_large, packed_value
from migrations_ui.transfer.engines.pgcopy import arguments_of, kind_of
from migrations_ui.transfer.tables import ColumnPlan, TablePlan

TEXT = frozenset({"text", "varchar", "bpchar"})
MOST_KEY_COLUMNS = 16
# So much of a long column distinguishes its rows well enough, and fits an index with fifteen
# others.
KEY_PREFIX = 40
DISPLAYED = 400


def create(table: TablePlan, name: str) -> str:
    """The columns' types without their constraints, and an index to find rows by their key."""
    key = ", ".join(key_parts(table)[:MOST_KEY_COLUMNS])
    index = f"(KEY lg_key ({key})) " if key else ""
    return (
        f"CREATE TEMPORARY TABLE {quote(name)} {index}ENGINE=InnoDB AS "
        f"SELECT {listed(table.column_names)} FROM {quote(table.name)} WHERE FALSE"
    )


def key_parts(table: TablePlan) -> list[str]:
    """The key's columns as an index has them."""
    return [_indexed(table.columns[index]) for index in table.key_indexes]


def drop(name: str) -> str:
    return f"DROP TEMPORARY TABLE IF EXISTS {quote(name)}"


def conflicts(table: TablePlan, name: str) -> str:
    """The keys of staged rows that the table holds, as its own key compares them."""
    return (
        f"SELECT {listed(table.key, 's')} FROM {quote(name)} s "
        f"JOIN {quote(table.name)} t ON {_same_key(table)}"
    )


def drop_conflicts(table: TablePlan, name: str) -> str:
    return f"DELETE s FROM {quote(name)} s JOIN {quote(table.name)} t ON {_same_key(table)}"


def insert(table: TablePlan, name: str, *, ignore: bool = False) -> str:
    columns = listed(table.column_names)
    return (
        f"INSERT {'IGNORE ' if ignore else ''}INTO {quote(table.name)} ({columns}) "
        f"SELECT {columns} FROM {quote(name)}"
    )


def left_out(table: TablePlan, name: str) -> str:
    """The keys of staged rows that the table has not."""
    return (
        f"SELECT {listed(table.key, 's')} FROM {quote(name)} s LEFT JOIN {quote(table.name)} t "
        f"ON {exactly_same_key(table)} WHERE {_absent(table, 't')}"
    )


def delete_by_key(table: TablePlan, name: str) -> str:
    return f"DELETE t FROM {quote(table.name)} t JOIN {quote(name)} s ON {exactly_same_key(table)}"


def subtract(table: TablePlan, name: str, other: str) -> str:
    return f"DELETE s FROM {quote(name)} s JOIN {quote(other)} t ON {exactly_same_key(table)}"


def drop_equal(table: TablePlan, name: str) -> str:
    """Take out of the staging table what the real one has just so."""
    return (
        f"DELETE s FROM {quote(name)} s JOIN {quote(table.name)} t "
        f"ON {exactly_same_key(table)} WHERE {_all_equal(table)}"
    )


def missing(table: TablePlan, name: str, other: str) -> str:
    return (
        f"SELECT {listed(table.key, 's')} FROM {quote(name)} s LEFT JOIN {quote(other)} t "
        f"ON {exactly_same_key(table)} WHERE {_absent(table, 't')}"
    )


def unexpected(table: TablePlan, name: str, other: str) -> str:
    return (
        f"SELECT {listed(table.key, 't')} FROM {quote(other)} t LEFT JOIN {quote(name)} s "
        f"ON {exactly_same_key(table)} WHERE {_absent(table, 's')}"
    )


def differing(table: TablePlan, name: str, other: str) -> str:
    """Key, and for each column whether it differs."""
    flags = ", ".join(f"NOT ({equal(column)})" for column in table.columns)
    return (
        f"SELECT {listed(table.key, 's')}, {flags} FROM {quote(name)} s JOIN {quote(other)} t "
        f"ON {exactly_same_key(table)} WHERE NOT ({_all_equal(table)})"
    )


def compare_whole_rows(table: TablePlan, name: str, other: str) -> str:
    """The beginning of each row, and how many more of it `name` has than `other`."""
    image, shown = whole_row(table.columns), _displayed(table.columns)
    one = "SELECT {} AS image, {} AS shown, {} AS n FROM {}"
    here, there = (
        one.format(image, shown, sign, quote(each)) for each, sign in ((name, 1), (other, -1))
    )
    return (
        f"SELECT MIN(shown), CAST(SUM(n) AS SIGNED) FROM ({here} UNION ALL {there}) b "
        "GROUP BY image HAVING SUM(n) <> 0"
    )


def whole_row(columns: Sequence[ColumnPlan]) -> str:
    """A row as one short value, equal for equal rows only; their own bytes are too long to group
    by. Large columns come in as digests of their own, for the same reason."""
    values = ", ".join(map(_hashable, columns))
    return f"SHA2(CONCAT(_binary'', {values}), 256)"


def _hashable(column: ColumnPlan) -> str:
    if is_large(column):
        return f"IFNULL(SHA2({quote(column.target)}, 256), '-')"
    return packed_value(column)


def _displayed(columns: Sequence[ColumnPlan]) -> str:
    values = ", ',', ".join(f"IFNULL({_readable(column)}, '')" for column in columns)
    return f"LEFT(CONCAT('(', {values}, ')'), {DISPLAYED})"


def _readable(column: ColumnPlan) -> str:
    name = quote(column.target)
    if kind_of(column.form) == "bytea":
        return f"HEX(LEFT({name}, {DISPLAYED}))"
    return f"LEFT({name}, {DISPLAYED})"


def _indexed(column: ColumnPlan) -> str:
    kind, arguments = kind_of(column.form), arguments_of(column.form)
    long = (kind in TEXT or kind == "bytea") and arguments[0] > KEY_PREFIX
    return f"{quote(column.target)}({KEY_PREFIX})" if long else quote(column.target)


def _same_key(table: TablePlan, one: str = "t", other: str = "s") -> str:
    """As the table's own key compares: perhaps without regard to case."""
    return " AND ".join(f"{one}.{quote(name)} = {other}.{quote(name)}" for name in table.key)


def exactly_same_key(table: TablePlan, one: str = "t", other: str = "s") -> str:
    """The first comparison finds the row by an index, the second looks at its bytes."""
    exact = [
        equal(table.columns[index], one, other)
        for index in table.key_indexes
        if kind_of(table.columns[index].form) in TEXT
    ]
    return " AND ".join([_same_key(table, one, other), *exact])


def _all_equal(table: TablePlan) -> str:
    return " AND ".join(equal(column) for column in table.columns)


def equal(column: ColumnPlan, one: str = "s", other: str = "t") -> str:
    """Byte by byte; two nulls are equal."""
    name = quote(column.target)
    if kind_of(column.form) in TEXT:
        return f"CAST({one}.{name} AS BINARY) <=> CAST({other}.{name} AS BINARY)"
    return f"{one}.{name} <=> {other}.{name}"


def _absent(table: TablePlan, alias: str) -> str:
    return f"{alias}.{quote(table.key[0])} IS NULL"
