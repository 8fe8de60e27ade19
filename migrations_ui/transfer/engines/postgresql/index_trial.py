"""Whether an index takes the rows: PostgreSQL compresses long values, so it has to try.

All of it in temporary tables, in a transaction that ends with them: the source's values of the key
and of the index, and an empty table like the real one with such an index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import psycopg
from psycopg import errors, sql

from migrations_ui.transfer.engines.postgresql.staging_sql import names
from migrations_ui.transfer.obstacles import IndexLimit
from migrations_ui.transfer.tables import TablePlan

STAGED = "lg_indexed"
LONG, TRIED = sql.Identifier("lg_long"), sql.Identifier("lg_tried")
# LIKE takes how a column is compressed from this version on; before there was one way only.
COMPRESSION_SINCE = 140_000


def refused(
    connection: psycopg.Connection[Any], table: TablePlan, limit: IndexLimit, *, most: int
) -> list[tuple[Any, ...]]:
    """The keys of the first rows of STAGED that the index refuses, up to `most`; they are empty
    where the table has no key. Call inside a transaction."""
    for statement in _tables(connection, table, limit):
        connection.execute(statement)
    query = sql.SQL("SELECT max(lg_number) FROM {}").format(LONG)
    (last,) = connection.execute(query).fetchone() or (None,)
    numbers = islice(_numbers(connection, limit, 1, last), most) if last else ()
    # Without a column there is no row to fetch.
    key = names(table.key) if table.key else sql.SQL("NULL")
    query = sql.SQL("SELECT {} FROM {} WHERE lg_number = %s").format(key, LONG)
    rows = [connection.execute(query, [number]).fetchone() or () for number in numbers]
    return rows if table.key else [()] * len(rows)


def _tables(
    connection: psycopg.Connection[Any], table: TablePlan, limit: IndexLimit
) -> Iterator[sql.Composed]:
    # As text, no value is shorter than the bytes that it has by its type, but for a few.
    size = sql.SQL(" + ").join(
        sql.SQL("coalesce(octet_length({}::text), 0)").format(sql.Identifier(column))
        for column in limit.columns
    )
    yield sql.SQL(
        "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS "
        "SELECT row_number() OVER () AS lg_number, * FROM {} WHERE {} > {}"
    ).format(LONG, sql.Identifier(STAGED), size, sql.Literal(limit.surely_taken))
    yield sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (lg_number)").format(LONG)
    including = "INCLUDING STORAGE"
    if connection.info.server_version >= COMPRESSION_SINCE:
        including += " INCLUDING COMPRESSION"
    yield sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {} {}) ON COMMIT DROP").format(
        TRIED, sql.Identifier(table.name), sql.SQL(including)
    )
    others = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_temp.lg_tried'::regclass "
        "AND attnum > 0 AND attname <> ALL (%s)",
        [list(limit.columns)],
    ).fetchall()
    for (column,) in others:
        yield sql.SQL("ALTER TABLE {} DROP COLUMN {}").format(TRIED, sql.Identifier(column))
    yield sql.SQL("CREATE INDEX ON {} ({})").format(TRIED, names(limit.columns))


def _numbers(
    connection: psycopg.Connection[Any], limit: IndexLimit, first: int, last: int
) -> Iterator[int]:
    """Of the rows that are refused: all are tried at once, then halves of what was not taken."""
    if _takes(connection, limit.columns, first, last):
        return
    if first == last:
        yield first
        return
    middle = (first + last) // 2
    yield from _numbers(connection, limit, first, middle)
    yield from _numbers(connection, limit, middle + 1, last)


def _takes(
    connection: psycopg.Connection[Any], columns: Sequence[str], first: int, last: int
) -> bool:
    listed = names(columns)
    statement = sql.SQL(
        "INSERT INTO {} ({}) SELECT {} FROM {} WHERE lg_number BETWEEN %s AND %s"
    ).format(TRIED, listed, listed, LONG)
    try:
        with connection.transaction():
            connection.execute(statement, [first, last])
    except errors.ProgramLimitExceeded:
        return False
    return True
