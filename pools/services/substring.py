"""Substrings in folded keys, by an index of trigrams where the console's database has one.

No engine's own index is part of the portable models (docs/architecture.md), so it is added after
each migration, where the engine in use offers one: FTS5 in SQLite, pg_trgm in PostgreSQL.
Elsewhere a substring costs a scan of the keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from django.db import Error, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

from pools.models import Device, TravelerUser

Row = TypeVar("Row", bound=Model)

# Trigrams know nothing of shorter texts.
SHORTEST = 3
# So many rows are looked at for each one wanted, as some of them may be gone.
CANDIDATES = 8
KEYS: dict[type[Model], tuple[str, ...]] = {
    TravelerUser: ("name_key", "address_key"),
    Device: ("id_key", "type_key"),
}

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TrigramIndex:
    """How one engine keeps the index and narrows a search by it."""

    ensure: Callable[[BaseDatabaseWrapper], None]
    narrow: Callable[[QuerySet[Row], str, str, int], QuerySet[Row]]


def ensure_trigrams(*, using: str = "default") -> None:
    """Make the index of the engine in use, if it has one and if it is not there yet."""
    connection = connections[using]
    index = TRIGRAMS.get(connection.vendor)
    if index is not None:
        index.ensure(connection)


def containing(rows: QuerySet[Row], key: str, text: str, *, limit: int) -> QuerySet[Row]:
    """At most `limit` rows whose folded `key` holds `text`; none for a text that is too short."""
    if len(text) < SHORTEST:
        return rows.none()
    index = TRIGRAMS.get(connections[rows.db].vendor)
    narrowed = index.narrow(rows, key, text, limit) if index else rows
    return narrowed.filter(**{f"{key}__contains": text}).order_by()[:limit]


def _fts_table(model: type[Model]) -> str:
    return f"{model._meta.db_table}_trigrams"


def _ensure_fts5(connection: BaseDatabaseWrapper) -> None:
    """Tables beside the model's own, kept in step by triggers.

    Django changes a SQLite table by building it anew, and the triggers go with the old one: then
    the index is made again.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for model, keys in KEYS.items():
            table, index = model._meta.db_table, _fts_table(model)
            cursor.execute(
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
                " AND name LIKE %s",
                [table, f"{index}%"],
            )
            if cursor.fetchone()[0] == len(FTS5_TRIGGERS):
                continue
            names = {
                "table": table,
                "index": index,
                "keys": ", ".join(keys),
                "old": ", ".join(f"old.{key}" for key in keys),
                "new": ", ".join(f"new.{key}" for key in keys),
                "differs": " OR ".join(f"old.{key} <> new.{key}" for key in keys),
            }
            cursor.execute(FTS5_TABLE.format(**names))
            for name, body in FTS5_TRIGGERS.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {index}_{name}")
                cursor.execute(body.format(name=f"{index}_{name}", **names))
            cursor.execute(FTS5_REBUILD.format(**names))


def _narrow_by_fts5(rows: QuerySet[Row], key: str, text: str, limit: int) -> QuerySet[Row]:
    """The first candidates only: as a subquery, SQLite would collect every match there is.

    LIKE, because that is what FTS5 answers from trigrams; its wildcards in the text, and rows
    that are gone, find more than is wanted, which the caller's own condition takes away again.
    """
    query = FTS5_FIND.format(index=_fts_table(rows.model), key=key)
    with connections[rows.db].cursor() as cursor:
        cursor.execute(query, [f"%{text}%", limit * CANDIDATES])
        return rows.filter(pk__in=[row[0] for row in cursor.fetchall()])


# detail=column: positions are not needed, but without the column a text that is common in one key
# would be looked up row by row in the other.
FTS5_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5"
    " ({keys}, content='{table}', content_rowid='id', tokenize='trigram', detail='column')"
)
FTS5_REBUILD = "INSERT INTO {index} ({index}) VALUES ('rebuild')"
FTS5_FIND = "SELECT rowid FROM {index} WHERE {key} LIKE %s LIMIT %s"
_FORGET = "INSERT INTO {index} ({index}, rowid, {keys}) VALUES ('delete', old.id, {old});"
_ENTER = "INSERT INTO {index} (rowid, {keys}) VALUES (new.id, {new});"
FTS5_TRIGGERS = {
    "added": "CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN " + _ENTER + " END",
    "removed": "CREATE TRIGGER {name} AFTER DELETE ON {table} BEGIN " + _FORGET + " END",
    "changed": (
        "CREATE TRIGGER {name} AFTER UPDATE OF {keys} ON {table} WHEN {differs} BEGIN "
        + _FORGET
        + _ENTER
        + " END"
    ),
}


def _ensure_pg_trgm(connection: BaseDatabaseWrapper) -> None:
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for model, keys in KEYS.items():
                table = model._meta.db_table
                for key in keys:
                    cursor.execute(
                        f"CREATE INDEX IF NOT EXISTS {table}_{key}_trigrams"
                        f" ON {table} USING gin ({key} gin_trgm_ops)"
                    )
    except Error as error:
        # The package postgresql-contrib or the right to add the extension is missing.
        logger.warning(
            "no trigram index, substrings are searched slowly",
            code=getattr(error.__cause__, "sqlstate", ""),
        )


def _narrow_by_planner(rows: QuerySet[Row], key: str, text: str, limit: int) -> QuerySet[Row]:
    """PostgreSQL finds the index by itself."""
    return rows


TRIGRAMS: dict[str, TrigramIndex] = {
    "sqlite": TrigramIndex(_ensure_fts5, _narrow_by_fts5),
    "postgresql": TrigramIndex(_ensure_pg_trgm, _narrow_by_planner),
}
