"""Foreign keys that are deferred on Db2: dropped, and made again from what its catalogue says.

Not altered to NOT ENFORCED: the optimizer would go on to believe in one, so that rows that refer to
nothing might not even be counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from migrations_ui.transfer.engines.db2.words import quote
from migrations_ui.transfer.tables import ForeignKey

# What FOREIGN_KEYS of the catalogue does not say of each, and a definition needs.
RULES = """
    SELECT r.CONSTNAME, r.DELETERULE, r.UPDATERULE, k.ENABLEQUERYOPT, k.REMARKS
      FROM SYSCAT.REFERENCES r
      JOIN SYSCAT.TABCONST k
        ON k.CONSTNAME = r.CONSTNAME AND k.TABSCHEMA = r.TABSCHEMA AND k.TABNAME = r.TABNAME
     WHERE r.TABSCHEMA = CURRENT SCHEMA AND r.TABNAME = %s
"""
# Of each table: whether it may be altered, and referred to. A group or role may be the login's.
RIGHTS = """
    SELECT t.TABNAME,
           MAX(CASE WHEN t.OWNER = SESSION_USER OR a.CONTROLAUTH = 'Y' OR a.ALTERAUTH <> 'N'
                    THEN 1 ELSE 0 END),
           MAX(CASE WHEN t.OWNER = SESSION_USER OR a.CONTROLAUTH = 'Y' OR a.REFAUTH <> 'N'
                    THEN 1 ELSE 0 END)
      FROM SYSCAT.TABLES t
      LEFT JOIN SYSCAT.TABAUTH a
        ON a.TABSCHEMA = t.TABSCHEMA AND a.TABNAME = t.TABNAME
       AND (a.GRANTEETYPE <> 'U' OR a.GRANTEE = SESSION_USER)
     WHERE t.TABSCHEMA = CURRENT SCHEMA AND t.TYPE = 'T'
     GROUP BY t.TABNAME
"""
IS_ADMINISTRATOR = """
    SELECT COUNT(*) FROM TABLE(SYSPROC.AUTH_LIST_AUTHORITIES_FOR_AUTHID(SESSION_USER, 'U')) AS a
     WHERE a.AUTHORITY = 'DBADM'
       AND 'Y' IN (a.D_USER, a.D_GROUP, a.D_PUBLIC, a.ROLE_USER, a.ROLE_GROUP, a.ROLE_PUBLIC)
"""
MAY_NOT = "the login may not both alter {table} and refer to {parent}, as it would have to for that"

NEITHER = (0, 0)
WORDS = {"A": "NO ACTION", "C": "CASCADE", "N": "SET NULL", "R": "RESTRICT"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What becomes of a row whose parent goes or changes, in the catalogue's letters; whether the
    optimizer may reckon with the foreign key; and the comment on it."""

    on_delete: str = "A"
    on_update: str = "A"
    optimized: bool = True
    remark: str = ""


def drop(key: ForeignKey) -> str:
    return f"ALTER TABLE {quote(key.table)} DROP FOREIGN KEY {quote(key.name)}"


def make(key: ForeignKey, rules: Rules) -> str:
    """Every row that is there is looked at."""
    own, its = (", ".join(map(quote, names)) for names in (key.columns, key.parent_columns))
    optimized = "" if rules.optimized else " DISABLE QUERY OPTIMIZATION"
    return (
        f"ALTER TABLE {quote(key.table)} ADD CONSTRAINT {quote(key.name)} FOREIGN KEY ({own}) "
        f"REFERENCES {quote(key.parent)} ({its}) ON DELETE {WORDS[rules.on_delete]} "
        f"ON UPDATE {WORDS[rules.on_update]}{optimized}"
    )


def comment(key: ForeignKey, rules: Rules) -> list[str]:
    """What puts its comment back, if it has one."""
    if not rules.remark:
        return []
    text = rules.remark.replace("'", "''")
    return [f"COMMENT ON CONSTRAINT {quote(key.table)}.{quote(key.name)} IS '{text}'"]


def as_allowed(
    keys: Iterable[ForeignKey], rights: Iterable[tuple[Any, ...]]
) -> tuple[ForeignKey, ...]:
    """With the reason where the login may not drop one and make it again; `rights` are what RIGHTS
    found."""
    may = {table: (alter, refer) for table, alter, refer in rights}
    return tuple(
        key
        if may.get(key.table, NEITHER)[0] and may.get(key.parent, NEITHER)[1]
        else replace(key, kept=MAY_NOT.format(table=key.table, parent=key.parent))
        for key in keys
    )


def read_rules(rows: Iterable[tuple[Any, ...]]) -> dict[str, Rules]:
    """By name, of the table that RULES was asked for."""
    return {
        name: Rules(on_delete, on_update, optimized == "Y", remark or "")
        for name, on_delete, on_update, optimized, remark in rows
    }
