"""MariaDB's sequences that a column's default names; MySQL has none.

What counts by itself (AUTO_INCREMENT) follows the rows that are written, a sequence does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from migrations_ui.transfer.engines.mysql.names import quote

DEFAULTS = """
    SELECT column_name, column_default
      FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = %s
       AND LOCATE('nextval(', column_default) > 0
       AND data_type IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal')
"""
PART = r"`(?:[^`]|``)+`"
NAMED = re.compile(rf"nextval\(({PART}\.{PART})\)", re.IGNORECASE)

Query = Callable[..., list[tuple[Any, ...]]]


def advance(query: Query, table: str) -> None:
    """Set them past the table's rows; the server itself lets none go backwards.

    Values outside of a sequence's own bounds are none that it will ever give.
    """
    for column, default in query(DEFAULTS, [table]):
        for sequence in NAMED.findall(default):
            ((least, most, step),) = query(
                f"SELECT minimum_value, maximum_value, increment FROM {sequence}"
            )
            end = "MIN" if step < 0 else "MAX"
            ((value,),) = query(
                f"SELECT {end}({quote(column)}) FROM {quote(table)} "
                f"WHERE {quote(column)} BETWEEN {least} AND {most}"
            )
            if value is not None:
                query(f"SELECT SETVAL({sequence}, {int(value)})")
