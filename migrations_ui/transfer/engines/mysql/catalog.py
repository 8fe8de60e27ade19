"""What information_schema says about tables and columns, in the reader's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from migrations_ui.transfer.engines.references import foreign_keys_of
from migrations_ui.transfer.tables import ForeignKey, TargetColumn, TargetTable

COLUMNS = """
    SELECT c.table_name, c.column_name, c.column_type, c.data_type, c.character_set_name,
           c.character_maximum_length, c.numeric_precision, c.numeric_scale, c.datetime_precision,
           c.is_nullable = 'YES', c.column_default IS NOT NULL OR c.extra LIKE '%auto_increment%',
           COALESCE(e.transactions, 'NO') = 'YES', t.engine
      FROM information_schema.columns c
      JOIN information_schema.tables t
        ON t.table_schema = c.table_schema AND t.table_name = c.table_name
      LEFT JOIN information_schema.engines e ON e.engine = t.engine
     WHERE c.table_schema = DATABASE()
       AND t.table_type = 'BASE TABLE'
       AND COALESCE(c.generation_expression, '') = ''
     ORDER BY c.table_name, c.ordinal_position
"""

# For a driver that takes a percent sign as the beginning of a placeholder.
COLUMNS_OF_ONE = COLUMNS.replace("%", "%%").replace("ORDER BY", "AND c.table_name = %s ORDER BY")

# MySQL remembers such figures for a day.
FRESH_FIGURES = (
    "SET SESSION time_zone = @@time_zone /*!80000 , SESSION information_schema_stats_expiry = 0 */"
)
BYTES = """
    SELECT table_name, data_length + index_length
      FROM information_schema.tables
     WHERE table_schema = DATABASE() AND LEFT(table_name, 3) = 'lg_'
"""
PARENTS = """
    SELECT DISTINCT table_name, referenced_table_name
      FROM information_schema.referential_constraints
     WHERE constraint_schema = DATABASE() AND unique_constraint_schema = DATABASE()
     ORDER BY table_name, referenced_table_name
"""

FOREIGN_KEYS = """
    SELECT constraint_name, table_name, referenced_table_name, column_name, referenced_column_name
      FROM information_schema.key_column_usage
     WHERE table_schema = DATABASE() AND referenced_table_schema = DATABASE()
     ORDER BY table_name, constraint_name, ordinal_position
"""

Rows = Sequence[Sequence[Any]]
Query = Callable[..., Rows]

# The bytes of UTF-8 go in unchanged, so the column has to keep UTF-8; the older one of at most
# three bytes a character takes no others.
CHARSETS = {"utf8mb4": "", "utf8mb3": "bmp", "utf8": "bmp"}
WHOLE = {
    ("tinyint", False): "int1",
    ("smallint", False): "int2",
    ("mediumint", False): f"int4:{-(2**23)}:{2**23 - 1}",
    ("int", False): "int4",
    ("bigint", False): "int8",
    ("tinyint", True): f"int2:0:{2**8 - 1}",
    ("smallint", True): f"int4:0:{2**16 - 1}",
    ("mediumint", True): f"int4:0:{2**24 - 1}",
    ("int", True): f"int8:0:{2**32 - 1}",
    # Derby's own numbers end there.
    ("bigint", True): f"int8:0:{2**63 - 1}",
}


@dataclass(frozen=True, slots=True)
class _Type:
    """A column's type; numbers are None where they mean nothing."""

    title: str
    name: str
    charset: str
    length: int | None
    precision: int | None
    scale: int | None
    places: int | None


def read_tables(query: Query) -> tuple[TargetTable, ...]:
    """The tables of the current database."""
    return _described(query(COLUMNS), query(PARENTS))


def read_table(query: Query, name: str) -> TargetTable | None:
    """One of them, without its parents; None when it is not there."""
    return next(iter(_described(query(COLUMNS_OF_ONE, [name]), ())), None)


def read_foreign_keys(query: Query) -> tuple[ForeignKey, ...]:
    """Those with both ends in the current database."""
    return foreign_keys_of(query(FOREIGN_KEYS))


def _described(rows: Rows, foreign_keys: Rows) -> tuple[TargetTable, ...]:
    columns: dict[str, list[TargetColumn]] = defaultdict(list)
    problems: dict[str, str] = {}
    for table, name, title, kind, charset, *numbers, nullable, fills, safe, engine in rows:
        described = _Type(title, kind, charset or "", *numbers)
        columns[table].append(
            TargetColumn(
                *(name, _title(described), _form(described), bool(nullable), bool(fills)),
                charset=CHARSETS.get(described.charset, ""),
            )
        )
        if not safe:
            problems[table] = (
                f"The target table {table} is kept by {engine}, which has no transactions: an "
                "interruption would leave rows behind. Convert it to InnoDB."
            )
    parents: dict[str, list[str]] = defaultdict(list)
    for table, parent in foreign_keys:
        parents[table].append(parent)
    return tuple(
        TargetTable(name, tuple(members), tuple(parents[name]), problems.get(name, ""))
        for name, members in columns.items()
    )


def _title(type_: _Type) -> str:
    """As people write it; with the character set where that is what does not fit."""
    if type_.charset and type_.charset not in CHARSETS:
        return f"{type_.title} in {type_.charset}"
    return type_.title


def _form(type_: _Type) -> str:
    """The reader's name for a column type; empty for one it cannot write."""
    unsigned = "unsigned" in type_.title
    if type_.name in FRACTIONS and unsigned:
        return ""
    form = FORMS.get(type_.name)
    return form(type_) if form else WHOLE.get((type_.name, unsigned), "")


def _floating_form(type_: _Type) -> str:
    """One with a number of places is rounded by the server."""
    return {"float": "float4", "double": "float8"}[type_.name] if type_.scale is None else ""


def _text_form(type_: _Type) -> str:
    if type_.charset not in CHARSETS:
        return ""
    kind = {"char": "bpchar", "varchar": "varchar"}.get(type_.name, "text")
    return f"{kind}:{type_.length}:nul"


FRACTIONS = frozenset({"decimal", "float", "double"})
FORMS: dict[str, Callable[[_Type], str]] = {
    "decimal": lambda type_: f"numeric:{type_.precision}:{type_.scale}",
    "float": _floating_form,
    "double": _floating_form,
    "char": _text_form,
    "varchar": _text_form,
    "tinytext": _text_form,
    "text": _text_form,
    "mediumtext": _text_form,
    "longtext": _text_form,
    "binary": lambda type_: f"bytea:{type_.length}:fixed",
    "varbinary": lambda type_: f"bytea:{type_.length}",
    "tinyblob": lambda type_: f"bytea:{type_.length}",
    "blob": lambda type_: f"bytea:{type_.length}",
    "mediumblob": lambda type_: f"bytea:{type_.length}",
    "longblob": lambda type_: f"bytea:{type_.length}",
    "date": lambda type_: "date",
    "time": lambda type_: "time",
    "datetime": lambda type_: f"timestamp:{type_.places or 0}",
    "timestamp": lambda type_: f"timestamp:{type_.places or 0}:unix",
}
