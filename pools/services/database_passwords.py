"""A database's new password: a worker signs in with it before it takes the place of the old one.

The Traveler servers keep the password themselves, so each of them has the old one until somebody
gives it the new one with `travelerUtil db set`.
"""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.accounts.models import User
from pools.broadcast.events import announce_database
from pools.checks.report import DatabaseReport
from pools.databases.connection import DatabaseLogin
from pools.models import DatabaseConfiguration, OutdatedPassword, Server
from pools.models.secret import SecretUnreadable, holds_secret
from pools.services import audit
from pools.services.databases import report_of, store_report, update_database
from pools.services.task_queue import queue_task

# A try takes as long as the checks of one database; longer than this, nobody is at it.
LOST_AFTER = timedelta(minutes=5)


def ask_for_new_password(
    configuration: DatabaseConfiguration, *, actor: User | None, password: str
) -> None:
    """Have a worker try it. Until it is accepted, the old one and the last findings stay."""
    with transaction.atomic():
        _update(
            configuration,
            new_password=password,
            new_password_at=timezone.now(),
            new_password_failure="",
        )
        audit.record(actor=actor, action="ask_new_password", target=str(configuration))
        queue_task("try_new_password", configuration.pk)
        announce_database(configuration.pk)


def overdue_tries() -> QuerySet[DatabaseConfiguration]:
    """Those whose task was lost. If it only waits, the later one of two finds nothing to try."""
    return DatabaseConfiguration.objects.filter(new_password_at__lt=timezone.now() - LOST_AFTER)


def replace_password(
    configuration: DatabaseConfiguration, *, actor: User | None, password: str, **changes: Any
) -> DatabaseConfiguration:
    """Change it at once, without trying. Raises what `update_database` raises."""
    with transaction.atomic():
        configuration = update_database(configuration, actor=actor, password=password, **changes)
        if password:
            _update(configuration, new_password="", new_password_at=None, new_password_failure="")
            mark_outdated(configuration)
    return configuration


def try_new_password(configuration: DatabaseConfiguration) -> bool:
    """Sign in with it now and keep it, or say why not. Workers only; False when nothing is kept.

    One that was asked for meanwhile is tried by a task of its own.
    """
    try:
        password = configuration.new_password
    except SecretUnreadable as error:
        return _drop_unreadable(configuration, str(error))
    if not password:
        return False
    login = _login_with(configuration, password)
    report = report_of(configuration, login)
    with transaction.atomic():
        current = (
            DatabaseConfiguration.objects.select_for_update().filter(pk=configuration.pk).first()
        )
        if current is None or _login_with(current, password) != login:
            return False
        if not holds_secret(current, "new_password", password):
            return False
        tried: dict[str, Any] = {"new_password": "", "new_password_at": None}
        if not report.reachable:
            reason = _why_not(report)
            _update(current, **tried, new_password_failure=reason)
            audit.record(
                actor=None, action="refuse_new_password", target=str(current), detail=reason
            )
            return False
        _update(current, **tried, new_password_failure="", password=password)
        audit.record(actor=None, action="keep_new_password", target=str(current))
        mark_outdated(current)
        store_report(current, report)
    return True


def _login_with(configuration: DatabaseConfiguration, password: str) -> DatabaseLogin:
    """Its login with that password; its own is not read, and may be one that cannot be."""
    tried = copy(configuration)
    tried.__dict__["password"] = password
    return tried.login()


@transaction.atomic
def _drop_unreadable(configuration: DatabaseConfiguration, reason: str) -> bool:
    """No try can end with it, so it is not kept; one that was entered meanwhile is."""
    current = DatabaseConfiguration.objects.select_for_update().filter(pk=configuration.pk).first()
    if current is not None and _is_unreadable(current):
        _update(current, new_password="", new_password_at=None, new_password_failure=reason)
        audit.record(actor=None, action="refuse_new_password", target=str(current), detail=reason)
    return False


def _is_unreadable(configuration: DatabaseConfiguration) -> bool:
    try:
        _ = configuration.new_password
    except SecretUnreadable:
        return True
    return False


def mark_outdated(configuration: DatabaseConfiguration) -> None:
    """Note which servers of the pool still have the password of before."""
    now = timezone.now()
    for server in Server.objects.in_service().filter(pool__database=configuration):
        OutdatedPassword.objects.update_or_create(
            server=server, defaults={"database": configuration, "since": now}
        )
    announce_database(configuration.pk)


def mark_up_to_date(server: Server, *, actor: User | None = None, how: str) -> None:
    """The server has the password of now: `how` says who found that out."""
    with transaction.atomic():
        outdated = OutdatedPassword.objects.select_for_update().filter(server=server).first()
        if outdated is None:
            return
        outdated.delete()
        audit.record(actor=actor, action="password_is_up_to_date", target=str(server), detail=how)
        announce_database(outdated.database_id)


def _update(configuration: DatabaseConfiguration, **values: Any) -> None:
    """Not by reading the row again: that fails where another secret of it cannot be decrypted."""
    DatabaseConfiguration.objects.filter(pk=configuration.pk).update(**values)
    announce_database(configuration.pk)
    for name, value in values.items():
        setattr(configuration, name, value)


def _why_not(report: DatabaseReport) -> str:
    line = next(line for line in report.results if not line.passed)
    return f"{line.seen} {line.remedy}".strip()
