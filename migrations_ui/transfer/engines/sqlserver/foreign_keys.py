"""Foreign keys that are deferred on SQL Server: switched off, for everybody, and on again.

The definition stays where it is. What was switched off is not trusted afterwards, and the optimizer
reckons with none such, until it is switched on with a look at every row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from migrations_ui.transfer.engines.sqlserver.words import quote
from migrations_ui.transfer.tables import ForeignKey

# Of each: whether the login may switch it, and whether it is known to hold for every row.
FACTS = """
    SELECT t.name, f.name,
           HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME()) + '.' + QUOTENAME(t.name), 'OBJECT', 'ALTER'),
           CASE f.is_not_trusted WHEN 0 THEN 1 ELSE 0 END
      FROM sys.foreign_keys f
      JOIN sys.tables t ON t.object_id = f.parent_object_id
     WHERE t.schema_id = SCHEMA_ID(SCHEMA_NAME()) AND f.is_disabled = 0
"""
MAY_NOT = "the login may not alter {table}, as it would have to for that"


def switch_off(key: ForeignKey) -> str:
    return f"ALTER TABLE {quote(key.table)} NOCHECK CONSTRAINT {quote(key.name)}"


def switch_on(key: ForeignKey, *, checked: bool) -> str:
    """`checked`: every row is looked at; else only those that come in from then on."""
    look = "CHECK" if checked else "NOCHECK"
    return f"ALTER TABLE {quote(key.table)} WITH {look} CHECK CONSTRAINT {quote(key.name)}"


def as_allowed(
    keys: Iterable[ForeignKey], facts: Iterable[tuple[Any, ...]]
) -> tuple[ForeignKey, ...]:
    """With the reason where the login may not switch one."""
    kept = {(table, name) for table, name, may, _ in facts if not may}
    return tuple(
        replace(key, kept=MAY_NOT.format(table=key.table)) if (key.table, key.name) in kept else key
        for key in keys
    )


def trusted(facts: Iterable[tuple[Any, ...]]) -> set[tuple[str, str]]:
    """Table and name of those that are known to hold for every row."""
    return {(table, name) for table, name, _, holds in facts if holds}
