"""How an engine's sessions are marked, found by their mark and ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionMarks:
    """Statements. `mark` takes the text; `find` takes it too and gives the numbers of this user's
    other sessions with it; `end` has a place for such a number."""

    mark: str
    find: str
    end: str


POSTGRESQL = SessionMarks(
    mark="SELECT set_config('application_name', %s, false)",
    find=(
        "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND usename = current_user "
        "AND datname = current_database() AND pid <> pg_backend_pid()"
    ),
    end="SELECT pg_terminate_backend({})",
)
# A lock by name, because attributes of connections are shown by some servers only. Its name has
# the session's number, so that all sessions of an attempt can have one.
MYSQL = SessionMarks(
    mark="SELECT GET_LOCK(CONCAT(%s, ' ', CONNECTION_ID()), 0)",
    find=(
        "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
        "AND IS_USED_LOCK(CONCAT(%s, ' ', id)) = id"
    ),
    end="KILL {}",
)
# The server fills what it keeps up with zeros; it shows other sessions to VIEW SERVER STATE only.
SQLSERVER = SessionMarks(
    mark=(
        "DECLARE @mark varbinary(128) = CONVERT(varbinary(128), CONVERT(varchar(128), %s)); "
        "SET CONTEXT_INFO @mark"
    ),
    find=(
        "SELECT session_id FROM sys.dm_exec_sessions "
        "WHERE LEFT(CONVERT(varchar(128), context_info), 100) "
        "= LEFT(CONVERT(varchar(128), CONVERT(binary(128), CONVERT(varchar(128), %s))), 100) "
        "AND original_login_name = ORIGINAL_LOGIN() AND session_id <> @@SPID"
    ),
    end="KILL {}",
)
DB2 = SessionMarks(
    mark="CALL SYSPROC.WLM_SET_CLIENT_INFO(NULL, NULL, %s, NULL, NULL)",
    find=(
        "SELECT APPLICATION_HANDLE FROM TABLE(MON_GET_CONNECTION(CAST(NULL AS BIGINT), -1)) "
        "WHERE CLIENT_APPLNAME = %s AND SESSION_AUTH_ID = SESSION_USER "
        "AND APPLICATION_HANDLE <> MON_GET_APPLICATION_HANDLE()"
    ),
    end="CALL SYSPROC.ADMIN_CMD('FORCE APPLICATION ({})')",
)
