"""SQL Server's sequences that a column's default names.

An identity column goes on after the rows by itself, a sequence does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from migrations_ui.transfer.engines.sqlserver.words import quote

DEFAULTS = """
    SELECT c.name, d.definition
      FROM sys.default_constraints d
      JOIN sys.tables t ON t.object_id = d.parent_object_id
      JOIN sys.columns c ON c.object_id = t.object_id AND c.column_id = d.parent_column_id
      JOIN sys.types y ON y.user_type_id = c.system_type_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND t.name = %s
       AND d.definition LIKE '%NEXT VALUE FOR%'
       AND y.name IN ('tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric')
"""
SEQUENCE = """
    SELECT CAST(increment AS decimal(38, 0)), CAST(minimum_value AS decimal(38, 0)),
           CAST(maximum_value AS decimal(38, 0)), CAST(current_value AS decimal(38, 0))
      FROM sys.sequences WHERE object_id = OBJECT_ID(%s)
"""
# The server writes every part of a name in brackets.
PART = r"\[(?:[^\]]|\]\])+\]"
NAMED = re.compile(rf"NEXT VALUE FOR ({PART}(?:\.{PART})*)", re.IGNORECASE)

Query = Callable[..., list[tuple[Any, ...]]]


def advance(query: Query, table: str) -> None:
    """Set them past the table's rows, and never backwards.

    Values outside of a sequence's own bounds are none that it will ever give.
    """
    for column, definition in query(DEFAULTS, [table]):
        for sequence in NAMED.findall(definition):
            for step, least, most, current in query(SEQUENCE, [sequence]):
                rising = step > 0
                ((value,),) = query(
                    f"SELECT {'MAX' if rising else 'MIN'}({quote(column)}) "
                    f"FROM {quote(table)} WHERE {quote(column)} BETWEEN {least} AND {most}"
                )
                if value is None or (value < current if rising else value > current):
                    continue
                following = int(value) + int(step)
                if least <= following <= most:
                    query(f"ALTER SEQUENCE {sequence} RESTART WITH {following}")
