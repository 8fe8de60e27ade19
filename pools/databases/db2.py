"""Db2: how to connect, what its errors mean, and what to ask it.

Its Django backend patches Django when imported, so nothing here imports it: Django does, in a
worker that opens such a database. No server runs where this is tested (docs/engines.md).
"""

from __future__ import annotations

import re
from typing import Any

from django.db import Error
from django.db.backends.utils import CursorWrapper

from console.database_options import DB2_KEYWORDS
from pools.databases.errors import (
    DatabaseConnectionLost,
    DatabaseError,
    DatabaseFull,
    DatabaseLoginRefused,
    DatabaseMissing,
    DatabasePortClosed,
    DatabaseTimedOut,
    EncryptionFailed,
    HostUnknown,
    OnlyReadable,
    PrivilegeMissing,
    TooManyConnections,
    told,
)
from pools.databases.facts import (
    CodeSet,
    Dialect,
    Encryption,
    EngineFacts,
    Minimum,
    Redundancy,
    Room,
)
from pools.databases.login import DatabaseLogin
from pools.databases.questions import all_rows, single_value
from pools.databases.trust import ca_file
from pools.domain.sizes import in_words
from pools.states import TlsMode

BY_CODE: dict[str, type[DatabaseError]] = {
    "SQL30082N": DatabaseLoginRefused,
    "SQL20576N": EncryptionFailed,
    "SQL1060N": PrivilegeMissing,
    "SQL0551N": PrivilegeMissing,
    "SQL0552N": PrivilegeMissing,
    "SQL0567N": PrivilegeMissing,
    "SQL1092N": PrivilegeMissing,
    "SQL1013N": DatabaseMissing,
    "SQL30061N": DatabaseMissing,
    "SQL1031N": DatabaseMissing,
    "SQL1336N": HostUnknown,
    "SQL30080N": DatabaseConnectionLost,
    "SQL1224N": DatabaseConnectionLost,
    "SQL1229N": DatabaseConnectionLost,
    "SQL1024N": DatabaseConnectionLost,
    "SQL0900N": DatabaseConnectionLost,
    "SQL1032N": DatabasePortClosed,
    "SQL1035N": DatabaseTimedOut,
    "SQL1776N": OnlyReadable,
    "SQL1773N": OnlyReadable,
    "SQL0289N": DatabaseFull,
    "SQL0964C": DatabaseFull,
    "SQL0968C": DatabaseFull,
    "SQL0902C": DatabaseError,
    "SQL1040N": TooManyConnections,
    "SQL1226N": TooManyConnections,
}
NO_SUCH_ROUTINE = "SQL0440N"
# SQL30081N names the call that failed: the kind of fault is in that name.
FAILED_CALL = re.compile(r'function detecting the error: "(\w+)"', re.IGNORECASE)
WAITING_IN_VAIN = "selectforrecvtimeout"

# SQL_ATTR_AUTOCOMMIT and SQL_ATTR_LOGIN_TIMEOUT of the call-level interface: the driver's module
# has names for them, but importing it here would load it into every process.
AUTOCOMMIT, LOGIN_TIMEOUT = 102, 103

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


def settings(schema: str, connect_timeout: int) -> dict[str, Any]:
    """Driver options. Without a schema it is the user's name (domain.md 4); with one, the value
    of NTS_DB2_SCHEMA. Keepalives are set in the client's db2dsdriver.cfg only."""
    chosen = {"CURRENTSCHEMA": schema} if schema else {}
    return {"OPTIONS": {"conn_options": {AUTOCOMMIT: 1, LOGIN_TIMEOUT: connect_timeout}}} | chosen


def secure(login: DatabaseLogin) -> dict[str, Any]:
    """TLS, and no password as it is without it, unless that is allowed.

    The client compares the server's certificate in both modes of TLS, with the authority that is
    given and those it knows; the server's name only where that is asked for (11.5.6 and later).
    """
    if login.tls in {TlsMode.REQUIRED, TlsMode.VERIFIED}:
        chosen: dict[str, Any] = {"SECURITY": "SSL"}
        if login.ca_pem:
            chosen["SSLSERVERCERTIFICATE"] = ca_file(login.ca_pem)
        if login.is_verified:
            chosen[DB2_KEYWORDS] = {"SSLCLIENTHOSTNAMEVALIDATION": "Basic"}
        return chosen
    return {} if login.allow_cleartext else {DB2_KEYWORDS: {"AUTHENTICATION": "SERVER_ENCRYPT"}}


def encryption(_cursor: CursorWrapper, login: DatabaseLogin) -> Encryption:
    """The client vouches: with SECURITY=SSL it opens nothing without TLS, and else it uses none."""
    told_to = login.tls in {TlsMode.REQUIRED, TlsMode.VERIFIED}
    return Encryption("TLS, which the client requires", encrypted=told_to)


def loaded() -> None:
    """Undo what the backend's patches break on every other engine: a moment plus a duration.

    It puts its own kind of value into such expressions of the whole process, which asks the
    engine's operations for a method that only Db2's have.
    """
    from django.db.models import Value
    from ibm_db_django.expressions import DurationValue

    for vendor in ("sqlite", "postgresql", "mysql", "microsoft"):
        setattr(DurationValue, f"as_{vendor}", Value.as_sql)


def translate(error: Error, address: str) -> DatabaseError:
    """The `DatabaseError` for a driver error; never repeats the driver's text, which may hold
    addresses and names."""
    text = str(error.__cause__ or error)
    code = _code(text)
    kind = _communication_error(text) if code == "SQL30081N" else BY_CODE.get(code, DatabaseError)
    reason = re.search(r'reason "?(\d+)"?', text)
    detail = f"{code} reason {reason[1]}" if code == "SQL30082N" and reason else code
    return told(kind, address, detail)


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


def _communication_error(text: str) -> type[DatabaseError]:
    found = FAILED_CALL.search(text)
    call = found[1].casefold() if found else ""
    if "connect" in call:
        return DatabasePortClosed
    return DatabaseTimedOut if call == WAITING_IN_VAIN else DatabaseConnectionLost


def _hadr(cursor: CursorWrapper) -> list[dict[str, Any]]:
    try:
        return all_rows(cursor, HADR)
    except Error as error:
        if _code(str(error)) != NO_SUCH_ROUTINE:
            raise
    return all_rows(cursor, HADR_OF_9_7)


def _configuration(cursor: CursorWrapper) -> dict[str, str]:
    """By the parameter's name; a partitioned database has a row a member, all alike."""
    rows = all_rows(cursor, CONFIGURATION)
    return {str(row["name"]): str(row["value"] or "").strip() for row in rows}


def _code(text: str) -> str:
    found = re.search(r"\bSQL\d{4,5}[CNW]\b", text)
    return found[0] if found else ""


FACTS = EngineFacts(
    name="Db2",
    backend="ibm_db_django",
    drivers=("ibm_db_django", "ibm_db", "jinja2"),
    install="pip install ibm_db_django jinja2",
    default_port=50000,
    jdbc_jar="db2jcc4.jar",
    vendor_supported=True,
    minimums=(
        Minimum(
            "Db2",
            "9.7.0.5",
            "asked for by IBM's article on Traveler 8.5.3 pools",
            "it recommends the latest fix pack",
        ),
    ),
    schema_rule="the user's name, unless NTS_DB2_SCHEMA says otherwise",
    schema_parameter="NTS_DB2_SCHEMA",
    code_set="USING CODESET UTF-8",
    # The driver's connection string has no way to quote it.
    unsayable=";",
    dialect=Dialect(
        settings=settings,
        loaded=loaded,
        translate=translate,
        version=version,
        code_set=code_set,
        missing_privileges=missing_privileges,
        room=room,
        availability=availability,
        secure=secure,
        encryption=encryption,
    ),
)
