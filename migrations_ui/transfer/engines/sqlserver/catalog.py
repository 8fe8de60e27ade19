"""What SQL Server's catalogue says about tables, columns and keys, in the reader's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from migrations_ui.transfer.tables import TargetColumn, TargetTable

COLUMNS = """
    SELECT t.name, c.name, y.name, c.max_length, c.precision, c.scale, c.collation_name,
           c.is_nullable,
           CASE WHEN c.default_object_id <> 0 OR c.is_identity = 1 OR c.is_computed = 1
                  OR y.name = 'timestamp' THEN 1 ELSE 0 END,
           c.is_computed
      FROM sys.tables t
      JOIN sys.columns c ON c.object_id = t.object_id
      JOIN sys.types y ON y.user_type_id = c.system_type_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME())
     ORDER BY t.name, c.column_id
"""
TABLES = "SELECT name FROM sys.tables WHERE schema_id = SCHEMA_ID(SCHEMA_NAME())"
# Pages of 8 kB; a row of large values is found by its partition, the others by heap or index.
BYTES = """
    SELECT t.name, SUM(a.total_pages) * 8192
      FROM sys.tables t
      JOIN sys.partitions p ON p.object_id = t.object_id
      JOIN sys.allocation_units a
        ON a.container_id = CASE WHEN a.type = 2 THEN p.partition_id ELSE p.hobt_id END
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND LEFT(t.name, 3) = 'lg_'
     GROUP BY t.name
"""
# One that is switched off asks for nothing, whoever did it.
PARENTS = """
    SELECT DISTINCT t.name, p.name
      FROM sys.foreign_keys f
      JOIN sys.tables t ON t.object_id = f.parent_object_id
      JOIN sys.tables p ON p.object_id = f.referenced_object_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND p.schema_id = t.schema_id
       AND f.is_disabled = 0
     ORDER BY t.name, p.name
"""
FOREIGN_KEYS = """
    SELECT f.name, t.name, p.name, c.name, r.name
      FROM sys.foreign_keys f
      JOIN sys.foreign_key_columns k ON k.constraint_object_id = f.object_id
      JOIN sys.tables t ON t.object_id = f.parent_object_id
      JOIN sys.tables p ON p.object_id = f.referenced_object_id
      JOIN sys.columns c ON c.object_id = t.object_id AND c.column_id = k.parent_column_id
      JOIN sys.columns r ON r.object_id = p.object_id AND r.column_id = k.referenced_column_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND p.schema_id = t.schema_id
       AND f.is_disabled = 0
     ORDER BY t.name, f.name, k.constraint_column_id
"""
# A filtered index holds for some rows only: what breaks it is found out by the insert.
UNIQUE_KEYS = """
    SELECT i.index_id, c.name
      FROM sys.indexes i
      JOIN sys.index_columns x ON x.object_id = i.object_id AND x.index_id = i.index_id
      JOIN sys.columns c ON c.object_id = i.object_id AND c.column_id = x.column_id
      JOIN sys.tables t ON t.object_id = i.object_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND t.name = %s
       AND i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0 AND x.is_included_column = 0
     ORDER BY i.index_id, x.key_ordinal
"""
IDENTITY = """
    SELECT c.name FROM sys.identity_columns c JOIN sys.tables t ON t.object_id = c.object_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND t.name = %s
"""

SIMPLE_FORMS = {
    "smallint": "int2",
    "int": "int4",
    "bigint": "int8",
    "bit": "bool",
    "real": "float4",
    "float": "float8",
    "date": "date",
    "time": "time",
}
# Lengths of text count UTF-16 units, half as many as bytes. A NUL is a character like others.
ANY_TEXT = f"text:{2**31 - 1}:nul"
NO_LIMIT = -1
UNIT_BYTES = 2
MICROSECOND_PLACES = 6


@dataclass(frozen=True, slots=True)
class SqlServerColumnType:
    """A row of sys.columns; `length` in bytes, -1 for the types without limit."""

    name: str
    length: int
    precision: int
    scale: int
    collation: str

    @property
    def title(self) -> str:
        """As people write it."""
        match self.name:
            case "decimal" | "numeric":
                return f"{self.name}({self.precision},{self.scale})"
            case "nvarchar" | "nchar" if self.length != NO_LIMIT:
                return f"{self.name}({self.length // UNIT_BYTES})"
            case "varchar" | "char" | "varbinary" | "binary" if self.length != NO_LIMIT:
                return f"{self.name}({self.length})"
            case "nvarchar" | "varchar" | "varbinary":
                return f"{self.name}(max)"
            case "datetime2" | "time" | "datetimeoffset":
                return f"{self.name}({self.scale})"
        return self.name

    @property
    def form(self) -> str:
        """The reader's name for the type; empty for one it cannot write exactly."""
        form = FORMS.get(self.name)
        return form(self) if form else SIMPLE_FORMS.get(self.name, "")

    @property
    def unlimited(self) -> bool:
        return self.length == NO_LIMIT

    @property
    def keeps_utf8(self) -> bool:
        """Else its code page turns other characters into question marks, and says nothing."""
        return "_UTF8" in self.collation


FORMS: dict[str, Callable[[SqlServerColumnType], str]] = {
    "nvarchar": lambda of: (
        ANY_TEXT if of.unlimited else f"varchar:{of.length // UNIT_BYTES}:nul:units"
    ),
    "nchar": lambda of: f"bpchar:{of.length // UNIT_BYTES}:nul:units",
    "varchar": lambda of: (
        "" if not of.keeps_utf8 else ANY_TEXT if of.unlimited else f"text:{of.length}:nul"
    ),
    "decimal": lambda of: f"numeric:{of.precision}:{of.scale}",
    "numeric": lambda of: f"numeric:{of.precision}:{of.scale}",
    "varbinary": lambda of: "bytea" if of.unlimited else f"bytea:{of.length}",
    "binary": lambda of: f"bytea:{of.length}:fixed",
    "datetime2": lambda of: (
        "timestamp" if of.scale >= MICROSECOND_PLACES else f"timestamp:{of.scale}"
    ),
    # It has no sign.
    "tinyint": lambda of: "int2:0:255",
}


def read_tables(
    rows: Iterable[tuple[Any, ...]], foreign_keys: Iterable[tuple[Any, ...]] = ()
) -> tuple[TargetTable, ...]:
    """The tables that COLUMNS returned, and what PARENTS returned for each."""
    parents: dict[str, list[str]] = defaultdict(list)
    for child, parent in foreign_keys:
        parents[child].append(parent)
    columns: dict[str, list[TargetColumn]] = defaultdict(list)
    for table, name, kind, length, precision, scale, collation, nullable, fills, computed in rows:
        described = SqlServerColumnType(kind, length, precision, scale, collation or "")
        if not computed:
            columns[table].append(
                TargetColumn(name, described.title, described.form, bool(nullable), bool(fills))
            )
    return tuple(
        TargetTable(name, tuple(members), tuple(parents[name])) for name, members in columns.items()
    )


def read_unique_keys(rows: Iterable[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """The columns of each index that UNIQUE_KEYS returned."""
    keys: dict[int, list[str]] = defaultdict(list)
    for index, column in rows:
        keys[index].append(column)
    return [tuple(columns) for columns in keys.values()]
