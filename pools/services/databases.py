"""Database configurations: entering, changing and checking them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from console.accounts.models import User
from pools.broadcast.events import announce_database
from pools.checks.database import run_checks
from pools.checks.report import LOGIN_REFUSED, CheckResult, DatabaseReport
from pools.databases.connection import DatabaseLogin
from pools.models import DatabaseConfiguration, DatabaseFinding
from pools.models.secret import SecretUnreadable
from pools.services import audit
from pools.services.isolation import isolated
from pools.services.rejected_logins import RejectedLogins, database_credential
from pools.services.rows import change_row, enter_row
from pools.services.schema_levels import store_checked_level
from pools.services.task_queue import queue_task
from pools.states import SchemaMode, Severity, TlsMode


def create_database(
    name: str,
    *,
    actor: User | None,
    engine: str,
    host: str,
    port: int,
    database_name: str,
    username: str,
    password: str,
    schema: str = "",
    schema_mode: str = SchemaMode.AUTOMATIC,
    jdbc_properties: str = "",
    tls_mode: str = TlsMode.PREFERRED,
    ca_certificate: str = "",
    allow_cleartext: bool = False,
) -> DatabaseConfiguration:
    """Keep an address and a login; nothing is connected to. Raises ValidationError."""
    configuration = DatabaseConfiguration(
        name=name,
        engine=engine,
        host=host,
        port=port,
        database_name=database_name,
        username=username,
        password=password,
        schema=schema,
        schema_mode=schema_mode,
        jdbc_properties=jdbc_properties,
        tls_mode=tls_mode,
        ca_certificate=ca_certificate,
        allow_cleartext=allow_cleartext,
    )
    return enter_row(configuration, actor=actor, action="create_database")


def update_database(
    configuration: DatabaseConfiguration,
    *,
    actor: User | None,
    same_place: bool = False,
    **changes: Any,
) -> DatabaseConfiguration:
    """Change it; an empty password stays as it was. What the last check saw no longer counts.

    `same_place`: the database is the same one under another address. Raises ValidationError, or
    the ServiceError of a guard.
    """
    with transaction.atomic():
        before = _as_stored(configuration)
        change_row(
            configuration,
            actor=actor,
            action="update_database",
            changes=changes,
            same_place=same_place,
        )
        if _as_stored(configuration) != before:
            configuration.findings.all().delete()
            DatabaseConfiguration.objects.filter(pk=configuration.pk).update(
                checked_at=None,
                reachable=False,
                version="",
                round_trip_ms=None,
                schema_level="",
                schema_level_at=None,
                schema_level_failure="",
            )
            configuration.refresh_from_db()
    return configuration


def _as_stored(configuration: DatabaseConfiguration) -> tuple[Any, ...]:
    """What `login()` is made of. A password that cannot be decrypted can be replaced, so it is not
    read for this."""
    return tuple(
        configuration.__dict__[name]
        for name in (
            *("engine", "host", "port", "database_name", "username", "password", "schema"),
            *("tls_mode", "ca_certificate", "allow_cleartext"),
        )
    )


def request_check(configuration: DatabaseConfiguration, *, actor: User | None) -> None:
    """Have a worker check it."""
    with transaction.atomic():
        audit.record(actor=actor, action="check_database", target=str(configuration))
        queue_task("check_database", configuration.pk)


def check_database(configuration: DatabaseConfiguration) -> list[DatabaseFinding]:
    """Check it now and replace the findings of the last check, all or none. Workers only.

    A configuration that was changed meanwhile keeps no finding of the old address.
    """
    try:
        login = configuration.login()
    except SecretUnreadable as error:
        return _keep_unreadable(configuration, error)
    report = report_of(configuration, login)
    with transaction.atomic():
        current = (
            DatabaseConfiguration.objects.select_for_update().filter(pk=configuration.pk).first()
        )
        if current is None or current.login() != login:
            return []
        return store_report(current, report)


def store_report(
    configuration: DatabaseConfiguration, report: DatabaseReport
) -> list[DatabaseFinding]:
    """Put a check's lines and their summary in the place of those of the last one."""
    _save_summary(configuration, report)
    _note_login(configuration, report)
    return _replace_findings(configuration, report)


@transaction.atomic
def _keep_unreadable(
    configuration: DatabaseConfiguration, error: SecretUnreadable
) -> list[DatabaseFinding]:
    DatabaseConfiguration.objects.filter(pk=configuration.pk).update(
        checked_at=timezone.now(), reachable=False
    )
    line = CheckResult("password", "Password", Severity.BLOCKER, passed=False, seen=str(error))
    return _replace_findings(configuration, DatabaseReport((line,)))


def _replace_findings(
    configuration: DatabaseConfiguration, report: DatabaseReport
) -> list[DatabaseFinding]:
    announce_database(configuration.pk)
    configuration.findings.all().delete()
    return DatabaseFinding.objects.bulk_create(
        DatabaseFinding(
            database=configuration,
            position=position,
            check_id=line.check_id,
            title=line.title,
            severity=line.severity,
            passed=line.passed,
            seen=line.seen,
            remedy=line.remedy,
        )
        for position, line in enumerate(report.results, start=1)
    )


def report_of(configuration: DatabaseConfiguration, login: DatabaseLogin) -> DatabaseReport:
    """What the check saw; an error that nobody foresaw is a line of it, as any other failure."""
    failures: list[str] = []

    def secrets() -> list[str]:
        return [login.password]

    with isolated(configuration, doing="The check", keep=failures.append, secrets=secrets):
        return run_checks(login, schema_mode=configuration.schema_mode)
    line = CheckResult(
        check_id="unforeseen",
        title="The check came to its end",
        severity=Severity.BLOCKER,
        passed=False,
        seen=failures[0],
        remedy="Check again; report it if it comes again.",
    )
    return DatabaseReport((line,))


def is_due(configuration: DatabaseConfiguration) -> bool:
    """Whether the check by itself may send its login; a person's check always does."""
    try:
        return not RejectedLogins().why_not(database_credential(configuration))
    except SecretUnreadable:
        return True


def _note_login(configuration: DatabaseConfiguration, report: DatabaseReport) -> None:
    line = report.line("login")
    if line is not None and (line.passed or line.fact == LOGIN_REFUSED):
        RejectedLogins().note(database_credential(configuration), refused=not line.passed)


def _save_summary(configuration: DatabaseConfiguration, report: DatabaseReport) -> None:
    version, round_trip = report.line("version"), report.line("round_trip")
    configuration.checked_at = timezone.now()
    configuration.reachable = report.reachable
    configuration.version = version.fact[:120] if version else ""
    configuration.round_trip_ms = round_trip.figure if round_trip else None
    configuration.save(update_fields=["checked_at", "reachable", "version", "round_trip_ms"])
    store_checked_level(configuration, configuration.login(), report)
