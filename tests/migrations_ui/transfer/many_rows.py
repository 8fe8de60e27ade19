"""A table large enough for many slices, made inside Derby, and its twin in PostgreSQL."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg

from tests.migrations_ui.transfer.derby_sample import DerbySample

DERBY_COLUMNS = (
    "k1 VARCHAR(40) NOT NULL, k2 INTEGER NOT NULL, note VARCHAR(60), amount DECIMAL(12,3)"
)
TARGET_COLUMNS = (
    "k1 varchar(40) NOT NULL, k2 integer NOT NULL, note varchar(60), amount numeric(12,3)"
)
KEY = "CONSTRAINT {table}_key PRIMARY KEY (k1, k2)"


_made: dict[tuple[str, int, bool], Path] = {}


def create_in_derby(derby: DerbySample, table: str, rows: int, *, key: bool = True) -> None:
    """Rows whose keys come in no order. A database with the same single table is made only once
    a session, and copied after that."""
    made = _made.get((table, rows, key))
    fresh = not derby.directory.exists()
    if fresh and made is not None:
        shutil.copytree(made, derby.directory)
        return
    _create(derby, table, rows, key)
    if fresh:
        kept = derby.directory.with_name("as-made")
        shutil.copytree(derby.directory, kept)
        _made[table, rows, key] = kept


def _create(derby: DerbySample, table: str, rows: int, key: bool) -> None:
    columns = f"{DERBY_COLUMNS}, {KEY.format(table=table)}" if key else DERBY_COLUMNS
    derby.run(
        "CREATE TABLE digit (d INTEGER)",
        "INSERT INTO digit VALUES 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
        f"CREATE TABLE {table} ({columns})",
        f"""INSERT INTO {table}
            SELECT 'key ' || TRIM(CHAR(MOD(n * 7919, 100003))), n,
                   CASE WHEN MOD(n, 7) = 0 THEN NULL ELSE 'note ' || TRIM(CHAR(n)) END,
                   CAST(n AS DECIMAL(12,3)) / 8
              FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d
                      FROM digit a, digit b, digit c, digit e, digit f) AS number (n)
             WHERE n < {rows}""",  # noqa: S608
        "DROP TABLE digit",
    )


def create_in_target(target: psycopg.Connection[Any], table: str, *, key: bool = True) -> None:
    columns = f"{TARGET_COLUMNS}, {KEY.format(table=table)}" if key else TARGET_COLUMNS
    target.execute(f"CREATE TABLE {table} ({columns})")
    target.execute(f"CREATE INDEX {table}_note ON {table} (note)")


def differences(derby: DerbySample, target: psycopg.Connection[Any], table: str) -> tuple[Any, ...]:
    """Rows lost and rows too many, as sorted by both databases' own SQL."""
    query = f"SELECT k1, k2, note, amount FROM {table}"  # noqa: S608
    here, there = derby.query(query), target.execute(query).fetchall()
    lost, gained = set(here) - set(there), set(there) - set(here)
    return lost, gained, len(there) - len(here)


NO_DIFFERENCES: tuple[Any, ...] = (set(), set(), 0)
