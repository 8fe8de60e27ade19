"""Substrings in folded keys, by an index of trigrams where the console's database has one.

No engine's own index is part of the portable models (docs/architecture.md), so it is added after
each migration, where the engine in use offers one: FTS5 in SQLite, pg_trgm in PostgreSQL.
Elsewhere a substring costs a scan of the keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from django.db import Error, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

from pools.models import Device, TravelerUser

Row = TypeVar("Row", bound=Model)

# In SQLite's words.
NO_LIMIT = -1
# Trigrams know nothing of shorter texts.
SHORTEST = 3
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


def containing(
    rows: QuerySet[Row], key: str, text: str, *, limit: int, narrowed: bool = False
) -> QuerySet[Row]:
    """At most `limit` rows whose folded `key` holds `text`; none for a text that is too short.

    `rows` are those present, the indexes know no others; or, `narrowed`, some of those: then the
    limit counts these only.
    """
    if len(text) < SHORTEST:
        return rows.none()
    index = TRIGRAMS.get(connections[rows.db].vendor)
    candidates = NO_LIMIT if narrowed else limit
    found = index.narrow(rows, key, text, candidates) if index else rows
    return found.filter(**{f"{key}__contains": text}).order_by()[:limit]


def _fts_table(model: type[Model]) -> str:
    return f"{model._meta.db_table}_trigrams"


def _ensure_fts5(connection: BaseDatabaseWrapper) -> None:
    """Tables beside the model's own, kept in step by triggers; they hold the rows that are present.

    Django changes a SQLite table by building it again, and the triggers go with the old one: then,
    and where the triggers are those of another version, the index is made again.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for model, keys in KEYS.items():
            table, index = model._meta.db_table, _fts_table(model)
            names = {
                "table": table,
                "index": index,
                "keys": ", ".join(keys),
                "old": ", ".join(f"old.{key}" for key in keys),
                "new": ", ".join(f"new.{key}" for key in keys),
                "differs": " OR ".join(f"old.{key} <> new.{key}" for key in keys),
            }
            triggers = {
                f"{index}_{name}": body.format(name=f"{index}_{name}", **names)
                for name, body in FTS5_TRIGGERS.items()
            }
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
                " AND name LIKE %s",
                [table, f"{index}%"],
            )
            if dict(cursor.fetchall()) == triggers:
                continue
            cursor.execute(FTS5_TABLE.format(**names))
            for name, body in triggers.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(body)
            for statement in FTS5_FILL:
                cursor.execute(statement.format(**names))


def _narrow_by_fts5(rows: QuerySet[Row], key: str, text: str, limit: int) -> QuerySet[Row]:
    """As many as are wanted: without a limit of its own, SQLite would collect every match there is.

    GLOB, because FTS5 answers it from trigrams and, unlike its LIKE, it can be set to take a
    wildcard of the text for itself.
    """
    query = FTS5_FIND.format(index=_fts_table(rows.model), key=key)
    literal = _GLOB_WILDCARD.sub(r"[\g<0>]", text)
    return rows.filter(pk__in=RawSQL(query, [f"*{literal}*", limit]))  # noqa: S611 - names of ours


_GLOB_WILDCARD = re.compile(r"[*?\[]")
# detail=column: positions are not needed, but without the column a text that is common in one key
# would be looked up row by row in the other.
FTS5_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING fts5"
    " ({keys}, content='{table}', content_rowid='id', tokenize='trigram', detail='column')"
)
# Not FTS5's own "rebuild", which would take in the rows that are gone.
FTS5_FILL = (
    "INSERT INTO {index} ({index}) VALUES ('delete-all')",
    "INSERT INTO {index} (rowid, {keys}) SELECT id, {keys} FROM {table} WHERE gone_at IS NULL",
)
FTS5_FIND = "SELECT rowid FROM {index} WHERE {key} GLOB %s LIMIT %s"
# What was never entered must not be taken out: FTS5 would keep a wrong count of it.
_FORGET = (
    "INSERT INTO {index} ({index}, rowid, {keys})"
    " SELECT 'delete', old.id, {old} WHERE old.gone_at IS NULL;"
)
_ENTER = "INSERT INTO {index} (rowid, {keys}) SELECT new.id, {new} WHERE new.gone_at IS NULL;"
FTS5_TRIGGERS = {
    "added": "CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN " + _ENTER + " END",
    "removed": "CREATE TRIGGER {name} AFTER DELETE ON {table} BEGIN " + _FORGET + " END",
    "changed": (
        "CREATE TRIGGER {name} AFTER UPDATE OF {keys}, gone_at ON {table}"
        " WHEN {differs} OR (old.gone_at IS NULL) <> (new.gone_at IS NULL) BEGIN "
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
                    # Of an older version: it held the rows that are gone as well.
                    cursor.execute(f"DROP INDEX IF EXISTS {table}_{key}_trigrams")
                    cursor.execute(
                        f"CREATE INDEX IF NOT EXISTS {table}_{key}_present"
                        f" ON {table} USING gin ({key} gin_trgm_ops) WHERE gone_at IS NULL"
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
