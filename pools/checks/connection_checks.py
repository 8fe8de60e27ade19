"""What is asked of an open connection: one small function a check."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from pools.databases.connection import DatabaseLogin
from pools.databases.engine import DatabaseEngine
from pools.databases.errors import (
    DatabaseFull,
    OnlyReadable,
    VersionTooOld,
)
from pools.databases.protection import assess_protection
from pools.domain.versions import at_least
from pools.states import SchemaMode, Severity
from pools.store.kit.next_file import UnknownLevelFound, next_file
from pools.store.levels import level_names
from pools.store.schema import REQUIRED_LEVEL, schema_level

# The vendor wants the servers and their database this close (domain.md 7).
ROUND_TRIP_LIMIT_MS = 50.0
SHORTEST_SHOWN_MS = 0.05
ROUND_TRIP_SAMPLES = 5
# Begins the names of what migrations keep in the database about themselves.
OWN_TABLES = "lg_"
# The fact of the schema line when there is no level.
NO_TABLES = "none"
# Ours, to warn in time: a pool grows by this much in no hurry. Bytes.
LEAST_ROOM = 1024**3


@dataclass(frozen=True, slots=True)
class Subject:
    """What a connection check looks at."""

    connection: BaseDatabaseWrapper
    engine: DatabaseEngine
    login: DatabaseLogin
    schema_mode: str

    @property
    def schema(self) -> str:
        return self.login.schema


@dataclass(frozen=True, slots=True)
class Seen:
    """A check's own verdict; the registry adds the title, and the severity unless it is here.

    `ends`: the connection is lost, so that there is nothing more to ask.
    """

    passed: bool
    text: str
    remedy: str = ""
    figure: float | None = None
    fact: str = ""
    severity: Severity | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class ConnectionCheck:
    """A question to the open connection.

    `may_be_denied`: it takes a privilege that Traveler's login need not have, so that being
    refused is an answer as well.
    """

    check_id: str
    title: str
    severity: Severity
    ask: Callable[[Subject], Seen]
    may_be_denied: bool = False


def connection_is_protected(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        found = subject.engine.dialect.encryption(cursor, subject.login)
    protection = assess_protection(subject.login, found)
    return Seen(
        not protection.remedy,
        protection.text,
        protection.remedy,
        fact=found.text if found.encrypted else "",
        severity=protection.severity,
    )


def version_suffices(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        version = subject.engine.dialect.version(cursor)
    # The engine's name stands before it wherever it is shown; MariaDB's is not that of MySQL.
    number = version.removeprefix(f"{subject.engine.name} ")
    minimum = subject.engine.minimum(version)
    if minimum is None or (new_enough := at_least(version, minimum.version)) is None:
        return Seen(True, f"{version or 'unknown'}: too old or not is not known.", fact=number)
    wanted = f"{minimum.product} {minimum.version} or newer is {minimum.why}"
    if not new_enough:
        return Seen(
            False,
            f"{version} is too old: {wanted}.",
            VersionTooOld.remedy,
            fact=number,
            severity=Severity.BLOCKER,
        )
    advice = f"; {minimum.recommended}" if minimum.recommended else ""
    return Seen(True, f"{version} ({wanted}{advice})", fact=number)


def code_set_suffices(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        code_set = subject.engine.dialect.code_set(cursor)
    if code_set.suffices:
        return Seen(True, code_set.name, fact=code_set.name)
    return Seen(
        False,
        f"The code set is {code_set.name}, not UTF-8: names with national characters would be "
        "damaged.",
        f"Create a new database with {subject.engine.code_set}; what is in one keeps its code set.",
        fact=code_set.name,
    )


def case_is_significant(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        folding = subject.engine.dialect.code_set(cursor).folding
    if not folding:
        return Seen(True, "Names that differ only in case are different, as in Derby.")
    return Seen(
        False,
        f"Under the collation {folding} names that differ only in case are one; in Derby they "
        "are two, and a migration would meet conflicts where a server has both.",
        "For a new database choose a collation that tells case apart, or see to it that no two "
        "names differ in case only.",
    )


def privileges_suffice(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        missing = subject.engine.dialect.missing_privileges(cursor, subject.schema)
    if not missing:
        return Seen(True, "The login may create tables, and read and write those that exist.")
    return Seen(
        False,
        f"The login lacks {_listed(missing)}.",
        "Have the DBA grant it, or use a login that owns the schema.",
    )


def schema_is_current(subject: Subject) -> Seen:
    if subject.schema_mode == SchemaMode.EXISTING:
        return _tables_are_there(subject)
    level = schema_level(subject.connection)
    fact = level or NO_TABLES
    if level == REQUIRED_LEVEL:
        return Seen(True, f"level {level}", fact=fact)
    try:
        file = next_file(level_names(), level or "")
    except UnknownLevelFound as error:
        return Seen(False, str(error), error.remedy, fact=fact)
    seen = f"level {level}, needed {REQUIRED_LEVEL}" if level else "no Traveler tables yet"
    if subject.schema_mode == SchemaMode.AUTOMATIC:
        return Seen(True, f"{seen}; created by the first migration (automatic schema)", fact=fact)
    return Seen(
        False,
        seen,
        f"Have the DBA run {file} of the pool's “Schema for the DBA”, then check again.",
        fact=fact,
    )


def _tables_are_there(subject: Subject) -> Seen:
    """Which level they are of is nobody's question; a migration compares them with the server's."""
    names = [name.casefold() for name in subject.connection.introspection.table_names()]
    count = sum(not name.startswith(OWN_TABLES) for name in names)
    if count:
        return Seen(True, f"tables: {count}, left as they are")
    return Seen(
        False,
        "There are no tables, and this console is to make none.",
        "Have Traveler or the DBA make them, or choose on the database's page who else does.",
    )


def round_trip_is_short(subject: Subject) -> Seen:
    milliseconds = measure_round_trip(subject.connection)
    if milliseconds <= ROUND_TRIP_LIMIT_MS:
        shown = f"{milliseconds:.1f}" if milliseconds >= SHORTEST_SHOWN_MS else "less than 0.1"
        return Seen(True, f"{shown} ms from the worker", figure=milliseconds)
    return Seen(
        False,
        f"{milliseconds:.0f} ms from the worker; the vendor asks for less than "
        f"{ROUND_TRIP_LIMIT_MS:.0f} ms between servers and database.",
        "Keep the pool's servers and its database at one site.",
        milliseconds,
    )


def space_is_left(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        room = subject.engine.dialect.room(cursor)
    if room.free is None or room.free >= LEAST_ROOM:
        return Seen(True, room.text, figure=room.free)
    return Seen(False, room.text, DatabaseFull.remedy, figure=room.free, severity=Severity.WARNING)


def database_is_redundant(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        availability = subject.engine.dialect.availability(cursor)
    if availability.read_only:
        return Seen(
            False,
            f"{availability.text} It takes no changes.",
            OnlyReadable.remedy,
            severity=Severity.BLOCKER,
        )
    if availability.redundant:
        return Seen(True, availability.text)
    return Seen(
        False,
        f"{availability.text} When this server fails, the whole pool stops.",
        "A highly available database is recommended for a pool. All Traveler servers have to use "
        "the same database server, and fail over to the same standby.",
    )


CONNECTION_CHECKS: tuple[ConnectionCheck, ...] = (
    ConnectionCheck("tls", "Connection is encrypted", Severity.WARNING, connection_is_protected),
    ConnectionCheck("version", "Server version", Severity.INFORMATION, version_suffices, True),
    ConnectionCheck("encoding", "UTF-8 code set", Severity.BLOCKER, code_set_suffices, True),
    ConnectionCheck(
        "collation", "Case-sensitive names", Severity.WARNING, case_is_significant, True
    ),
    ConnectionCheck("privileges", "Privileges", Severity.BLOCKER, privileges_suffice, True),
    ConnectionCheck("schema", "Schema level", Severity.BLOCKER, schema_is_current),
    ConnectionCheck("room", "Free space", Severity.INFORMATION, space_is_left, True),
    ConnectionCheck("round_trip", "Round-trip time", Severity.WARNING, round_trip_is_short),
    ConnectionCheck(
        "availability", "High availability", Severity.WARNING, database_is_redundant, True
    ),
)


def measure_round_trip(connection: BaseDatabaseWrapper) -> float:
    """Median of a few `SELECT 1`, in milliseconds."""
    samples = []
    with connection.cursor() as cursor:
        for _ in range(ROUND_TRIP_SAMPLES):
            started = time.perf_counter()
            cursor.execute(f"SELECT 1{connection.features.bare_select_suffix}")
            cursor.fetchone()
            samples.append((time.perf_counter() - started) * 1000)
    return statistics.median(samples)


def _listed(words: list[str], *, limit: int = 6) -> str:
    more = f" and {len(words) - limit} more" if len(words) > limit else ""
    return ", ".join(words[:limit]) + more
