"""Rows that refer to others, in SQL that every engine takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from migrations_ui.transfer.engines.session import Session
from migrations_ui.transfer.tables import ForeignKey, TablePlan

Quote = Callable[[str], str]


def foreign_keys_of(rows: Iterable[Sequence[Any]]) -> tuple[ForeignKey, ...]:
    """From a catalogue's rows, one a column and in the key's order: name, table, the table
    referred to, the column and the one referred to."""
    return tuple(
        ForeignKey(
            *(name, table, tuple(own for *_, own, _ in members), parent),
            tuple(its for *_, its in members),
        )
        for (name, table, parent), group in groupby(rows, key=lambda row: tuple(row[:3]))
        for members in [list(group)]
    )


def count_dangling(key: ForeignKey, quote: Quote) -> str:
    """How many rows refer to nothing. One with a null in it refers to nothing rightly."""
    given = " AND ".join(f"c.{quote(name)} IS NOT NULL" for name in key.columns)
    return (
        f"SELECT COUNT(*) FROM {quote(key.table)} c WHERE {given} AND NOT EXISTS "
        f"(SELECT 1 FROM {quote(key.parent)} p WHERE {refers(key, quote, 'c', 'p')})"
    )


def count_referring(key: ForeignKey, session: Session, table: TablePlan, rows: str) -> str:
    """How many rows refer to rows of the table whose keys are among `rows`, and are not among
    them themselves. `rows` is quoted, or a SELECT in brackets."""
    grammar = session.grammar
    counted = (
        f"SELECT COUNT(*) FROM {grammar.quote(key.table)} c WHERE EXISTS "
        f"(SELECT 1 FROM {grammar.quote(table.name)} t JOIN {rows} s "
        f"ON {grammar.same_key(table, 't', 's')} WHERE {refers(key, grammar.quote, 'c', 't')})"
    )
    if key.table != table.name:
        return counted
    among = f"SELECT 1 FROM {rows} s WHERE {grammar.same_key(table, 'c', 's')}"
    return f"{counted} AND NOT EXISTS ({among})"


def count_referring_at_all(key: ForeignKey, quote: Quote) -> str:
    """How many rows refer to any."""
    return (
        f"SELECT COUNT(*) FROM {quote(key.table)} c WHERE EXISTS "
        f"(SELECT 1 FROM {quote(key.parent)} t WHERE {refers(key, quote, 'c', 't')})"
    )


def refers(key: ForeignKey, quote: Quote, one: str, other: str) -> str:
    """True where the row `one` refers to the row `other`."""
    return " AND ".join(
        f"{other}.{quote(its)} = {one}.{quote(own)}"
        for own, its in zip(key.columns, key.parent_columns, strict=True)
    )


def rewrite_in_place(session: Session, table: TablePlan, name: str) -> int:
    """Insert the staged rows that are missing, and set the others right where they are; how many.

    Rows may refer to them: deleting one first would be refused, or would take those along. The
    missing come first, because those that are there may refer to them.
    """
    grammar = session.grammar
    same, staged = grammar.same_key(table, "t", "s"), grammar.staged(table, name)
    columns = ", ".join(f"s.{grammar.quote(column)}" for column in table.column_names)
    inserted = session.change(
        f"{grammar.insert_into(table)} SELECT {columns} FROM {staged} s WHERE NOT EXISTS "
        f"(SELECT 1 FROM {grammar.quote(table.name)} t WHERE {same})"
    )
    if set(table.key) == set(table.column_names):
        return inserted
    # Finds all staged rows by now.
    return session.change(grammar.update_from(table, staged, same))
