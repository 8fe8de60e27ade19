"""What Db2's catalogue says about tables, columns and keys, in the reader's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from migrations_ui.transfer.tables import TargetColumn, TargetTable

# From 10.5 on a length may count characters; before, it counts bytes.
HAS_UNITS = """
    SELECT COUNT(*) FROM SYSCAT.COLUMNS
     WHERE TABSCHEMA = 'SYSCAT' AND TABNAME = 'COLUMNS' AND COLNAME = 'STRINGUNITSLENGTH'
"""
UNITS = "c.TYPESTRINGUNITS, c.STRINGUNITSLENGTH"
NO_UNITS = "'OCTETS', c.LENGTH"
COLUMNS = """
    SELECT c.TABNAME, c.COLNAME, c.TYPENAME, c.LENGTH, c.SCALE, c.CODEPAGE, {units},
           CASE c.NULLS WHEN 'Y' THEN 1 ELSE 0 END,
           CASE WHEN c.DEFAULT IS NOT NULL OR c.GENERATED <> ' ' THEN 1 ELSE 0 END,
           CASE c.GENERATED WHEN 'A' THEN 1 ELSE 0 END,
           CASE c.IDENTITY WHEN 'Y' THEN 1 ELSE 0 END
      FROM SYSCAT.COLUMNS c
      JOIN SYSCAT.TABLES t ON t.TABSCHEMA = c.TABSCHEMA AND t.TABNAME = c.TABNAME
     WHERE c.TABSCHEMA = CURRENT SCHEMA AND t.TYPE = 'T'
     ORDER BY c.TABNAME, c.COLNO
"""
# One that is not enforced asks for nothing.
PARENTS = """
    SELECT DISTINCT r.TABNAME, r.REFTABNAME
      FROM SYSCAT.REFERENCES r
      JOIN SYSCAT.TABCONST k
        ON k.CONSTNAME = r.CONSTNAME AND k.TABSCHEMA = r.TABSCHEMA AND k.TABNAME = r.TABNAME
     WHERE r.TABSCHEMA = CURRENT SCHEMA AND r.REFTABSCHEMA = CURRENT SCHEMA AND k.ENFORCED = 'Y'
     ORDER BY r.TABNAME, r.REFTABNAME
"""
FOREIGN_KEYS = """
    SELECT r.CONSTNAME, r.TABNAME, r.REFTABNAME, c.COLNAME, p.COLNAME
      FROM SYSCAT.REFERENCES r
      JOIN SYSCAT.TABCONST k
        ON k.CONSTNAME = r.CONSTNAME AND k.TABSCHEMA = r.TABSCHEMA AND k.TABNAME = r.TABNAME
      JOIN SYSCAT.KEYCOLUSE c
        ON c.CONSTNAME = r.CONSTNAME AND c.TABSCHEMA = r.TABSCHEMA AND c.TABNAME = r.TABNAME
      JOIN SYSCAT.KEYCOLUSE p
        ON p.CONSTNAME = r.REFKEYNAME AND p.TABSCHEMA = r.REFTABSCHEMA
       AND p.TABNAME = r.REFTABNAME AND p.COLSEQ = c.COLSEQ
     WHERE r.TABSCHEMA = CURRENT SCHEMA AND r.REFTABSCHEMA = CURRENT SCHEMA AND k.ENFORCED = 'Y'
     ORDER BY r.TABNAME, r.CONSTNAME, c.COLSEQ
"""
TABLES = "SELECT TABNAME FROM SYSCAT.TABLES WHERE TABSCHEMA = CURRENT SCHEMA AND TYPE = 'T'"
# In kB; one row for each partition of a database that has several.
BYTES = """
    SELECT TABNAME, SUM(DATA_OBJECT_P_SIZE + INDEX_OBJECT_P_SIZE + LONG_OBJECT_P_SIZE
                        + LOB_OBJECT_P_SIZE + XML_OBJECT_P_SIZE) * 1024
      FROM SYSIBMADM.ADMINTABINFO
     WHERE TABSCHEMA = CURRENT SCHEMA AND LEFT(LOWER(TABNAME), 3) = 'lg_'
     GROUP BY TABNAME
"""
UNIQUE_KEYS = """
    SELECT i.INDNAME, u.COLNAME
      FROM SYSCAT.INDEXES i
      JOIN SYSCAT.INDEXCOLUSE u ON u.INDSCHEMA = i.INDSCHEMA AND u.INDNAME = i.INDNAME
     WHERE i.TABSCHEMA = CURRENT SCHEMA AND i.TABNAME = %s
       AND i.UNIQUERULE IN ('P', 'U') AND u.COLORDER <> 'I'
     ORDER BY i.INDNAME, u.COLSEQ
"""
IDENTITIES = """
    SELECT COLNAME, NEXTCACHEFIRSTVALUE, INCREMENT, MINVALUE, MAXVALUE
      FROM SYSCAT.COLIDENTATTRIBUTES
     WHERE TABSCHEMA = CURRENT SCHEMA AND TABNAME = %s
"""

SIMPLE_FORMS = {
    "SMALLINT": "int2",
    "INTEGER": "int4",
    "BIGINT": "int8",
    "REAL": "float4",
    "DOUBLE": "float8",
    "DATE": "date",
    "TIME": "time",
    "BOOLEAN": "bool",
}
TEXT = frozenset({"CHARACTER", "VARCHAR", "LONG VARCHAR", "CLOB"})
WITHOUT_LENGTH = frozenset({"LONG VARCHAR"})
BITS_PAGE = 0
MICROSECOND_PLACES = 6


@dataclass(frozen=True, slots=True)
class Db2ColumnType:
    """A row of SYSCAT.COLUMNS; `length` in bytes, `units` what `unit_length` counts."""

    name: str
    length: int
    scale: int
    bits: bool
    units: str
    unit_length: int

    @property
    def title(self) -> str:
        """As it is declared."""
        if self.name in TEXT:
            units = "" if self.bits or self.units in {"", "OCTETS"} else f" {self.units}"
            length = self.unit_length if units else self.length
            declared = self.name if self.name in WITHOUT_LENGTH else f"{self.name}({length}{units})"
            return f"{declared} FOR BIT DATA" if self.bits else declared
        match self.name:
            case "DECIMAL":
                return f"DECIMAL({self.length}, {self.scale})"
            case "TIMESTAMP":
                return f"TIMESTAMP({self.scale})"
            case "BLOB" | "BINARY" | "VARBINARY" | "VARGRAPHIC" | "GRAPHIC" | "DBCLOB":
                return f"{self.name}({self.length})"
        return self.name

    @property
    def form(self) -> str:
        """The reader's name for the type; empty for one it cannot write exactly."""
        if self.name in TEXT:
            return self._bits_form() if self.bits else self._text_form()
        form = FORMS.get(self.name)
        return form(self) if form else SIMPLE_FORMS.get(self.name, "")

    def _bits_form(self) -> str:
        return f"bytea:{self.length}:fixed" if self.name == "CHARACTER" else f"bytea:{self.length}"

    def _text_form(self) -> str:
        fixed = self.name == "CHARACTER"
        match self.units:
            case "CODEUNITS32":
                return f"{'bpchar' if fixed else 'varchar'}:{self.unit_length}"
            case "CODEUNITS16":
                return f"{'bpchar' if fixed else 'varchar'}:{self.unit_length}:units"
        return f"bpchar:{self.length}:octets" if fixed else f"text:{self.length}"


FORMS: dict[str, Callable[[Db2ColumnType], str]] = {
    "DECIMAL": lambda of: f"numeric:{of.length}:{of.scale}",
    "TIMESTAMP": lambda of: (
        "timestamp" if of.scale >= MICROSECOND_PLACES else f"timestamp:{of.scale}"
    ),
    "BLOB": lambda of: f"bytea:{of.length}",
    "VARBINARY": lambda of: f"bytea:{of.length}",
    "BINARY": lambda of: f"bytea:{of.length}:fixed",
    "VARGRAPHIC": lambda of: f"varchar:{of.length}:units",
}


def read_tables(
    rows: Iterable[tuple[Any, ...]], foreign_keys: Iterable[tuple[Any, ...]] = ()
) -> tuple[TargetTable, ...]:
    """The tables that COLUMNS returned, and what PARENTS returned for each."""
    parents: dict[str, list[str]] = defaultdict(list)
    for child, parent in foreign_keys:
        parents[child].append(parent)
    columns: dict[str, list[TargetColumn]] = defaultdict(list)
    for table, name, *described, nullable, fills, always, identity in rows:
        kind, length, scale, page, units, unit_length = described
        type_ = Db2ColumnType(
            *(kind.strip(), int(length), int(scale or 0), page == BITS_PAGE),
            *((units or "").strip(), int(unit_length or length)),
        )
        if always and not identity:
            continue
        # A number that is always generated cannot be given.
        form = "" if always else type_.form
        columns[table].append(TargetColumn(name, type_.title, form, bool(nullable), bool(fills)))
    return tuple(
        TargetTable(name, tuple(members), tuple(parents[name])) for name, members in columns.items()
    )


def read_unique_keys(rows: Iterable[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """The columns of each index that UNIQUE_KEYS returned."""
    keys: dict[str, list[str]] = defaultdict(list)
    for index, column in rows:
        keys[index].append(column)
    return [tuple(columns) for columns in keys.values()]
