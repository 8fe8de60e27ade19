"""The schema level of a database: read back by a worker, kept with its age, judged for people."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from console.accounts.models import User
from pools.broadcast.events import announce_database
from pools.checks.connection_checks import NO_TABLES
from pools.checks.report import DatabaseReport
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import DatabaseError
from pools.models import DatabaseConfiguration
from pools.models.secret import SecretUnreadable
from pools.services import audit
from pools.services.isolation import isolated
from pools.services.task_queue import queue_task
from pools.states import SchemaMode
from pools.store.kit.next_file import UnknownLevelFound, next_file
from pools.store.levels import level_names
from pools.store.schema import schema_level


class SchemaState(models.TextChoices):
    """How a database's tables stand to those that are needed."""

    UNREAD = "unread", "not read yet"
    RIGHT = "right", "as needed"
    EMPTY = "empty", "no tables yet"
    BEHIND = "behind", "behind"
    UNKNOWN = "unknown", "not known here"
    LEFT = "left", "left as they are"


@dataclass(frozen=True, slots=True)
class Standing:
    """`file` is the one of the kit to run now; empty when there is none. No level is `needed` of
    tables that are left as they are."""

    state: SchemaState
    found: str
    needed: str
    file: str = ""


def request_schema_level(configuration: DatabaseConfiguration, *, actor: User | None) -> None:
    """Have a worker read the level."""

    def store_reason(reason: str) -> None:
        DatabaseConfiguration.objects.filter(pk=configuration.pk).update(
            schema_level_failure=reason
        )

    with transaction.atomic():
        audit.record(actor=actor, action="read_schema_level", target=str(configuration))
        queue_task("read_schema_level", configuration.pk, if_not=store_reason)


def read_level(configuration: DatabaseConfiguration) -> None:
    """Read it now and keep it, or the reason why it could not be read. Workers only."""
    try:
        login = configuration.login()
    except SecretUnreadable as error:
        DatabaseConfiguration.objects.filter(pk=configuration.pk).update(
            schema_level_failure=str(error)
        )
        announce_database(configuration.pk)
        return
    engine = ENGINES[login.engine]

    def keep(failure: str) -> None:
        _keep(configuration, login, schema_level_failure=failure)

    def secrets() -> list[str]:
        return [login.password]

    with isolated(configuration, doing="Reading the level", keep=keep, secrets=secrets):
        try:
            with (
                open_connection(login) as connection,
                engine.translated_errors(login.host, login.port, login.name),
            ):
                level = schema_level(connection)
        except DatabaseError as error:
            keep(f"{error} {error.remedy}")
        else:
            store_level(configuration, login, level)


def store_level(
    configuration: DatabaseConfiguration, login: DatabaseLogin, level: str | None
) -> None:
    """Keep what somebody has just read there with `login`."""
    _keep(
        configuration,
        login,
        schema_level=level or "",
        schema_level_at=timezone.now(),
        schema_level_failure="",
    )


def store_checked_level(
    configuration: DatabaseConfiguration, login: DatabaseLogin, report: DatabaseReport
) -> None:
    """The same for what a check has seen; a check that did not come so far says nothing."""
    line = report.line("schema")
    if line is not None and line.fact:
        store_level(configuration, login, None if line.fact == NO_TABLES else line.fact)


def standing_of(configuration: DatabaseConfiguration) -> Standing:
    """What the level that was read last means; nothing is opened."""
    levels = level_names()
    found, needed = configuration.schema_level, levels[-1]
    if configuration.schema_mode == SchemaMode.EXISTING:
        return Standing(SchemaState.LEFT, found, "")
    try:
        file = next_file(levels, found)
    except UnknownLevelFound:
        return Standing(SchemaState.UNKNOWN, found, needed)
    if configuration.schema_level_at is None:
        return Standing(SchemaState.UNREAD, "", needed)
    if not file:
        return Standing(SchemaState.RIGHT, found, needed)
    return Standing(SchemaState.BEHIND if found else SchemaState.EMPTY, found, needed, file)


@transaction.atomic
def _keep(configuration: DatabaseConfiguration, login: DatabaseLogin, **facts: object) -> None:
    """A configuration that was changed meanwhile keeps nothing of the old address."""
    current = DatabaseConfiguration.objects.select_for_update().filter(pk=configuration.pk).first()
    if current is not None and current.login() == login:
        DatabaseConfiguration.objects.filter(pk=configuration.pk).update(**facts)
        announce_database(configuration.pk)
