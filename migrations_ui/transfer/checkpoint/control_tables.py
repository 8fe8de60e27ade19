"""The shape of the control tables, in column types of whatever backend the target has.

Names are written without quotes everywhere, so each engine folds them its own way; none of them
is a reserved word of any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigIntegerField,
    BinaryField,
    CharField,
    Field,
    SmallIntegerField,
    TextField,
)

from migrations_ui.transfer.digests import DIGEST_BYTES
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.errors import TargetRefused

SHORT_TEXT = 400
FOREIGN_KEYS_FROM = 1_000
ATTEMPT = "attempt"

_RUN = CharField(max_length=64)
_NAME = CharField(max_length=128)
_ROW = BigIntegerField()
_FLAG = SmallIntegerField()
_SHORT = CharField(max_length=SHORT_TEXT)
_TIME = CharField(max_length=32)

Columns = dict[str, "Field[Any, Any]"]


@dataclass(frozen=True, slots=True)
class ControlTable:
    """One table; every column is required except those in `optional`."""

    name: str
    columns: Columns
    key: tuple[str, ...]
    optional: frozenset[str] = frozenset()

    def ddl(self, backend: BaseDatabaseWrapper, suffix: str = "") -> str:
        """The CREATE TABLE statement; `suffix` is what the engine wants behind it."""
        lines = [
            f"{name} {field.db_type(backend)}{'' if name in self.optional else ' NOT NULL'}"
            for name, field in self.columns.items()
        ]
        lines.append(f"PRIMARY KEY ({', '.join(self.key)})")
        return f"CREATE TABLE {self.name} ({', '.join(lines)}){suffix}"

    @property
    def insert(self) -> str:
        """An INSERT of one row, with a placeholder for each column."""
        marks = ", ".join(["%s"] * len(self.columns))
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({marks})"  # noqa: S608


TABLE = ControlTable(
    "lg_table",
    {
        "run_id": _RUN,
        "table_name": _NAME,
        "way": CharField(max_length=8),
        "rows_total": _ROW,
        "next_row": _ROW,
        # Inserted, then what met a row of the pool's, then what could not go along: together
        # they are the rows before next_row.
        "rows_written": _ROW,
        "rows_updated": _ROW,
        "rows_equal": _ROW,
        "rows_kept": _ROW,
        "rows_rejected": _ROW,
        "finished": _FLAG,
        # The highest number that a worker has written under: lower ones are refused.
        ATTEMPT: _ROW,
    },
    key=("run_id", "table_name"),
)
CHUNK = ControlTable(
    "lg_chunk",
    {
        "run_id": _RUN,
        "table_name": _NAME,
        "first_row": _ROW,
        "next_row": _ROW,
        "rows_written": _ROW,
        "rows_rejected": _ROW,
        "digests": BinaryField(max_length=DIGEST_BYTES),
        "committed_at": _TIME,
    },
    key=("run_id", "table_name", "first_row"),
)
# One line a value that does not fit: of a row with several, they follow each other. `source_row` is
# null where the target found the conflict: then only the key says which row.
REJECT = ControlTable(
    "lg_reject",
    {
        "run_id": _RUN,
        "table_name": _NAME,
        "first_row": _ROW,
        "position": _ROW,
        "source_row": _ROW,
        "row_key": TextField(),
        "column_name": _NAME,
        "reason": _SHORT,
        "preview": _SHORT,
    },
    key=("run_id", "table_name", "first_row", "position"),
    optional=frozenset({"source_row"}),
)
# Keys and indexes first, then, from FOREIGN_KEYS_FROM on, the foreign keys, which lean on them. Of
# these, one statement counts the rows that refer to nothing; another makes it again, where it was
# dropped.
DEFERRED = ControlTable(
    "lg_deferred",
    {
        "run_id": _RUN,
        "table_name": _NAME,
        "position": _FLAG,
        "object_name": _NAME,
        "statement": TextField(),
    },
    key=("run_id", "table_name", "position"),
)
CONTROL_TABLES = (TABLE, CHUNK, REJECT, DEFERRED)


def create_missing(target: Target) -> None:
    """Create the control tables that are not there. Call outside of a transaction: some engines
    commit with each statement of this kind."""
    present = target.introspection.table_names()
    for table in CONTROL_TABLES:
        if table.name in present:
            continue
        try:
            target.execute(table.ddl(target.backend, target.schema_editor.control_suffix))
        except TargetRefused:
            # A twin created it in the same moment, or it is really refused.
            if table.name not in target.introspection.table_names():
                raise
    if TABLE.name in present:
        _add_attempt(target)


def _add_attempt(target: Target) -> None:
    """The column that a table made by an earlier version lacks."""
    try:
        target.execute(f"SELECT {ATTEMPT} FROM {TABLE.name} WHERE 1 = 0")  # noqa: S608
    except TargetRefused:
        kind = TABLE.columns[ATTEMPT].db_type(target.backend)
        target.execute(f"ALTER TABLE {TABLE.name} ADD {ATTEMPT} {kind} DEFAULT 0 NOT NULL")


def fitting(text: str) -> str:
    """The beginning of a text that a column of SHORT_TEXT takes, whatever that counts."""
    return text.encode()[:SHORT_TEXT].decode(errors="ignore")
