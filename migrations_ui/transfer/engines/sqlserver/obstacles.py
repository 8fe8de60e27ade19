"""What keeps rows out of a table, or changes them on their way, by SQL Server's catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from migrations_ui.transfer.obstacles import IndexLimit

OBSTACLES = """
    SELECT o.name, RTRIM(o.type), ''
      FROM sys.objects o
     WHERE o.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND o.type IN ('V', 'SN')
    UNION ALL
    SELECT t.name, 'trigger', g.name
      FROM sys.triggers g
      JOIN sys.tables t ON t.object_id = g.parent_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND g.is_disabled = 0
    UNION ALL
    SELECT t.name, 'right', p.name
      FROM sys.tables t
     CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) p (name)
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME())
       AND HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME()) + '.' + QUOTENAME(t.name), 'OBJECT', p.name)
           = 0
    UNION ALL
    SELECT DISTINCT t.name, 'has row-level security in force', 'Have the DBA switch the policy off '
           + 'until the migration has been verified (ALTER SECURITY POLICY … WITH (STATE = OFF)).'
      FROM sys.security_predicates r
      JOIN sys.security_policies y ON y.object_id = r.object_id AND y.is_enabled = 1
      JOIN sys.tables t ON t.object_id = r.target_object_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME())
    UNION ALL
    SELECT DISTINCT t.name, 'is in a filegroup that is read-only',
           'Have the DBA open it for changes '
           + '(ALTER DATABASE … MODIFY FILEGROUP … READ_WRITE).'
      FROM sys.indexes i
      JOIN sys.filegroups f ON f.data_space_id = i.data_space_id AND f.is_read_only = 1
      JOIN sys.tables t ON t.object_id = i.object_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME())
"""
KINDS = {"V": "a view", "SN": "a synonym"}
# The server makes an index whose columns are wider than a key may be, and then refuses long values.
INDEXES = """
    SELECT t.name, i.name, c.name, CASE i.type WHEN 1 THEN 900 ELSE 1700 END
      FROM sys.indexes i
      JOIN sys.index_columns x ON x.object_id = i.object_id AND x.index_id = i.index_id
      JOIN sys.columns c ON c.object_id = i.object_id AND c.column_id = x.column_id
      JOIN sys.tables t ON t.object_id = i.object_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND i.type IN (1, 2) AND i.is_disabled = 0
       AND x.is_included_column = 0
     ORDER BY t.name, i.name, x.key_ordinal
"""


def read_index_limits(rows: Iterable[tuple[Any, ...]]) -> dict[str, tuple[IndexLimit, ...]]:
    """By table, from what INDEXES returned."""
    columns: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for table, index, column, most in rows:
        columns[table, index, most].append(column)
    found: dict[str, list[IndexLimit]] = defaultdict(list)
    for (table, index, most), names in columns.items():
        found[table].append(IndexLimit(index, tuple(names), most, exact=True, utf16=True))
    return {table: tuple(limits) for table, limits in found.items()}
