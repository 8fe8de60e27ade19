"""What `db check` asks Db2. No server runs where this is tested (docs/engines.md)."""

from __future__ import annotations

import re
from typing import Any

from django.db import Error
from django.db.backends.utils import CursorWrapper

from pools.databases.db2.errors import error_code
from pools.databases.dialect import (
    CodeSet,
    Encryption,
    Redundancy,
    Room,
)
from pools.databases.login import DatabaseLogin
from pools.databases.queries import all_rows, single_value
from pools.domain.sizes import in_words
from pools.states import TlsMode

NO_SUCH_ROUTINE = "SQL0440N"
SERVICE_LEVEL = "SELECT SERVICE_LEVEL FROM SYSIBMADM.ENV_INST_INFO"
CONFIGURATION = """
    SELECT NAME, VALUE FROM SYSIBMADM.DBCFG
     WHERE NAME IN ('codeset', 'db_collname', 'hadr_db_role')
"""
AUTHORITIES = """
    SELECT AUTHORITY FROM TABLE(SYSPROC.AUTH_LIST_AUTHORITIES_FOR_AUTHID(SESSION_USER, 'U')) AS A
     WHERE 'Y' IN (D_USER, D_GROUP, D_PUBLIC, ROLE_USER, ROLE_GROUP, ROLE_PUBLIC)
"""
FOREIGN_TABLES = """
    SELECT TABNAME FROM SYSCAT.TABLES
     WHERE TABSCHEMA = CURRENT SCHEMA AND TYPE = 'T' AND OWNER <> SESSION_USER
       AND TABNAME NOT IN (
           SELECT TABNAME FROM SYSCAT.TABAUTH
            WHERE TABSCHEMA = CURRENT SCHEMA AND SELECTAUTH <> 'N' AND INSERTAUTH <> 'N'
              AND UPDATEAUTH <> 'N' AND DELETEAUTH <> 'N'
              AND (GRANTEETYPE <> 'U' OR GRANTEE = SESSION_USER))
"""
# MON_GET_TABLESPACE and MON_GET_CONTAINER are there from 9.7 on. The page size is in bytes.
TABLE_SPACES = """
    SELECT TBSP_NAME, TBSP_FREE_PAGES * TBSP_PAGE_SIZE AS FREE, TBSP_AUTO_RESIZE_ENABLED AS GROWS
      FROM TABLE(MON_GET_TABLESPACE('', -1)) AS T
     WHERE TBSP_CONTENT_TYPE IN ('ANY', 'LARGE') AND TBSP_NAME <> 'SYSCATSPACE'
"""
CONTAINERS = """
    SELECT MIN(FS_TOTAL_SIZE - FS_USED_SIZE) FROM TABLE(MON_GET_CONTAINER('', -1)) AS C
"""
# From 10.1 on; before, the snapshot view.
HADR = """
    SELECT HADR_STATE, HADR_CONNECT_STATUS FROM TABLE(MON_GET_HADR(-1)) AS H
"""
HADR_OF_9_7 = """
    SELECT HADR_STATE, HADR_CONNECT_STATUS FROM SYSIBMADM.SNAPHADR
"""


def encryption(_cursor: CursorWrapper, login: DatabaseLogin) -> Encryption:
    """The client vouches: with SECURITY=SSL it opens nothing without TLS, and else it uses none."""
    required = login.tls in {TlsMode.REQUIRED, TlsMode.VERIFIED}
    return Encryption("TLS, which the client requires", encrypted=required)


def version(cursor: CursorWrapper) -> str:
    """`Db2 11.5.9.0`, as the instance says it; the fourth number is the fix pack of old ones."""
    db2_error_level = str(single_value(cursor, SERVICE_LEVEL) or "")
    number = re.search(r"\d+(?:\.\d+)+", db2_error_level)
    return f"Db2 {number[0]}" if number else db2_error_level


def code_set(cursor: CursorWrapper) -> CodeSet:
    """The code set that the database was created with; IDENTITY and SYSTEM tell case apart."""
    configured = _configuration(cursor)
    name, collation = configured.get("codeset", ""), configured.get("db_collname", "")
    exact = collation.startswith(("IDENTITY", "SYSTEM", "NLSCHAR")) or not collation
    return CodeSet(name, suffices=name == "UTF-8", folding="" if exact else collation)


def missing_privileges(cursor: CursorWrapper, _schema: str) -> list[str]:
    """What this login lacks, in words a DBA can act on; empty when it may do its work."""
    held = {str(row["authority"]) for row in all_rows(cursor, AUTHORITIES)}
    if held & {"DBADM", "DATAACCESS"} and held & {"DBADM", "CREATETAB"}:
        return []
    missing = [] if held & {"DBADM", "CREATETAB"} else ["CREATETAB on the database"]
    return missing + [
        f"SELECT, INSERT, UPDATE and DELETE on {row['tabname']}"
        for row in all_rows(cursor, FOREIGN_TABLES)
    ]


def room(cursor: CursorWrapper) -> Room:
    """Room in the table spaces, or below them where they grow by themselves."""
    spaces = all_rows(cursor, TABLE_SPACES)
    listed = ", ".join(f"{each['tbsp_name']} {in_words(int(each['free'] or 0))}" for each in spaces)
    if spaces and not any(each["grows"] for each in spaces):
        free = max(int(each["free"] or 0) for each in spaces)
        return Room(f"Free in the table spaces, which do not grow: {listed}.", free)
    below = single_value(cursor, CONTAINERS)
    if below is None:
        return Room(f"Free in the table spaces: {listed}.")
    return Room(f"The table spaces grow; {in_words(int(below))} free below them.", int(below))


def availability(cursor: CursorWrapper) -> Redundancy:
    """HADR: whether it is set up takes no privilege, whether the standby follows takes one."""
    role = _configuration(cursor).get("hadr_db_role", "")
    if role in {"", "STANDARD"}:
        return Redundancy("HADR is not set up.", redundant=False)
    rows = _hadr(cursor)
    states = [f"{row['hadr_state']}, {row['hadr_connect_status']}" for row in rows]
    connected = any(row["hadr_connect_status"] == "CONNECTED" for row in rows)
    return Redundancy(
        f"HADR {role.casefold()}: {'; '.join(states) or 'no standby is known'}.",
        redundant=connected,
        read_only=role == "STANDBY",
    )


def _hadr(cursor: CursorWrapper) -> list[dict[str, Any]]:
    try:
        return all_rows(cursor, HADR)
    except Error as error:
        if error_code(str(error)) != NO_SUCH_ROUTINE:
            raise
    return all_rows(cursor, HADR_OF_9_7)


def _configuration(cursor: CursorWrapper) -> dict[str, str]:
    """By the parameter's name; a partitioned database has a row a member, all alike."""
    rows = all_rows(cursor, CONFIGURATION)
    return {str(row["name"]): str(row["value"] or "").strip() for row in rows}
