"""`db check`: the checks in the order in which their answers build on one another.

The first ask the address, the later ones an open connection; when one that the rest depends on
fails, the report ends with it, because there is nothing more to ask.
"""

from __future__ import annotations

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from pools.checks.address_checks import ADDRESS_CHECKS
from pools.checks.connection_checks import CONNECTION_CHECKS, ConnectionCheck, Seen, Subject
from pools.checks.report import LOGIN_REFUSED, LOGIN_TITLE, CheckResult, DatabaseReport
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import (
    ABOUT_THE_ADDRESS,
    DatabaseError,
    DatabaseLoginRefused,
    DriverFailed,
    PrivilegeMissing,
)
from pools.states import SchemaMode, Severity


def run_checks(
    login: DatabaseLogin,
    *,
    schema_mode: str = SchemaMode.AUTOMATIC,
    connect_timeout: int = 10,
) -> DatabaseReport:
    """Ask everything that can be asked. Whatever the database does becomes a line, no exception."""
    lines: list[CheckResult] = []
    for check in ADDRESS_CHECKS:
        try:
            lines.append(_passed(check.check_id, check.title, check.ask(login)))
        except DatabaseError as error:
            return DatabaseReport((*lines, _refused(check.check_id, check.title, error)))
    try:
        with open_connection(login, connect_timeout=connect_timeout) as connection:
            lines.append(_passed("login", LOGIN_TITLE, f"{login.user} on {login.name}"))
            return _ask_connection(login, connection, schema_mode, lines)
    except DatabaseError as error:
        return DatabaseReport((*lines, _refused("login", LOGIN_TITLE, error)))


def _ask_connection(
    login: DatabaseLogin,
    connection: BaseDatabaseWrapper,
    schema_mode: str,
    lines: list[CheckResult],
) -> DatabaseReport:
    subject = Subject(connection, ENGINES[login.engine], login, schema_mode)
    for check in CONNECTION_CHECKS:
        seen = _ask(check, subject, f"{subject.engine.name} {login.host}:{login.port}")
        lines.append(
            CheckResult(
                check.check_id,
                check.title,
                seen.severity or check.severity,
                seen.passed,
                seen.text,
                seen.remedy,
                seen.figure,
                seen.fact,
            )
        )
        if seen.ends:
            break
    return DatabaseReport(tuple(lines))


def _ask(check: ConnectionCheck, subject: Subject, address: str) -> Seen:
    try:
        return check.ask(subject)
    except Error as error:
        failure = subject.engine.dialect.translate(error, address)
        if check.may_be_denied and isinstance(failure, PrivilegeMissing):
            text = f"Not seen: the login may not ask for it. {failure}"
            return Seen(True, text, severity=Severity.INFORMATION)
        if isinstance(failure, ABOUT_THE_ADDRESS):
            return Seen(False, str(failure), failure.remedy, severity=Severity.BLOCKER, ends=True)
        return Seen(False, str(failure), failure.remedy)
    except Exception as error:  # noqa: BLE001  a driver's own, or an answer that is none
        failed = DriverFailed(address, error)
        return Seen(False, str(failed), failed.remedy)


def _passed(check_id: str, title: str, seen: str) -> CheckResult:
    return CheckResult(check_id, title, Severity.BLOCKER, True, seen)


def _refused(check_id: str, title: str, error: DatabaseError) -> CheckResult:
    fact = LOGIN_REFUSED if isinstance(error, DatabaseLoginRefused) else ""
    return CheckResult(
        check_id, title, Severity.BLOCKER, False, str(error), error.remedy, fact=fact
    )
