"""Which sessions are ended, and how: the statements of the engines that no test here can run."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.checkpoint.earlier_sessions import mark_of
from migrations_ui.transfer.engines.session_marks import (
    DB2,
    MYSQL,
    POSTGRESQL,
    SQLSERVER,
    SessionMarks,
)

ENDS = [
    (POSTGRESQL, "SELECT pg_terminate_backend(7)"),
    (MYSQL, "KILL 7"),
    (SQLSERVER, "KILL 7"),
    (DB2, "CALL SYSPROC.ADMIN_CMD('FORCE APPLICATION (7)')"),
]
OWN_USER = {
    POSTGRESQL: "usename = current_user",
    SQLSERVER: "original_login_name = ORIGINAL_LOGIN()",
    DB2: "SESSION_AUTH_ID = SESSION_USER",
}
NOT_ITSELF = {
    POSTGRESQL: "pid <> pg_backend_pid()",
    MYSQL: "id <> CONNECTION_ID()",
    SQLSERVER: "session_id <> @@SPID",
    DB2: "APPLICATION_HANDLE <> MON_GET_APPLICATION_HANDLE()",
}


@pytest.mark.parametrize(("marks", "end"), ENDS)
def test_a_session_is_found_by_its_whole_mark_and_ended_by_its_number(
    marks: SessionMarks, end: str
) -> None:
    assert marks.end.format(7) == end
    assert marks.mark.count("%s") == marks.find.count("%s") == 1
    assert NOT_ITSELF[marks] in marks.find
    assert OWN_USER.get(marks, "") in marks.find


def test_no_mark_is_the_beginning_of_another_and_each_engine_keeps_the_whole() -> None:
    first, later = mark_of("run", 1), mark_of("run", 12)
    assert not later.startswith(first)
    assert mark_of("another run", 1) != first
    # With the number of a session behind it, the name of a lock of MySQL has 64 characters.
    assert len(mark_of("r" * 64, 99_999)) + len(" 18446744073709551615") <= 64
