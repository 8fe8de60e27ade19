"""The privileges that a migration needs on MySQL and MariaDB, and those that a login has."""

from __future__ import annotations

import re

from django.db.backends.utils import CursorWrapper

from pools.databases.mysql.checks import version
from pools.databases.queries import single_value

# A migration stages rows that may conflict in temporary tables.
GRANTS_NEEDED = (
    *("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX"),
    "CREATE TEMPORARY TABLES",
)


def missing_privileges(cursor: CursorWrapper, _schema: str) -> list[str]:
    """What this login lacks, in words a DBA can act on; empty when it may do its work."""
    return missing_on(cursor, str(single_value(cursor, "SELECT DATABASE()")))


def missing_on(cursor: CursorWrapper, database: str) -> list[str]:
    """The same on a database that need not be there yet."""
    cursor.execute(_show_grants(cursor))
    held = granted_on(database, [str(grant) for (grant,) in cursor.fetchall()])
    return [f"{name} on {database}.*" for name in GRANTS_NEEDED if name not in held]


def granted_on(database: str, grants: list[str]) -> set[str]:
    """The privileges on a whole database, from the lines of SHOW GRANTS."""
    held: set[str] = set()
    for grant in grants:
        match = re.match(r"GRANT (?P<what>.+?) ON (?P<where>\*|`[^`]+`)\.\* TO ", grant)
        if match is None or not _covers(match["where"], database):
            continue
        names = {name.strip() for name in match["what"].split(",")}
        held |= set(GRANTS_NEEDED) if "ALL PRIVILEGES" in names else names
    return held


def _show_grants(cursor: CursorWrapper) -> str:
    """MySQL includes the privileges of roles only where they are named; MariaDB always does."""
    roles = str(single_value(cursor, "SELECT CURRENT_ROLE()") or "NONE")
    if roles == "NONE" or version(cursor).startswith("MariaDB"):
        return "SHOW GRANTS"
    return f"SHOW GRANTS FOR CURRENT_USER() USING {roles}"


def _covers(pattern: str, database: str) -> bool:
    """Whether the database of a grant (`_` and `%` match any unless escaped) is this one."""
    bare = pattern.strip("`")
    if bare == "*":
        return True
    wild = {"_": ".", "%": ".*"}
    parts = re.findall(r"\\[_%]|.", bare)
    expression = "".join(wild.get(part) or re.escape(part.removeprefix("\\")) for part in parts)
    return re.fullmatch(expression, database) is not None
