"""`db check`: one small function a question, in the order in which the answers build on another.

The first questions ask the address, the later ones an open connection; when one that the rest
depends on fails, the report ends with it, because there is nothing more to see.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from pools.databases.address import knock, require_engine, resolve
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import DatabaseError
from pools.databases.facts import Dialect
from pools.states import SchemaMode, Severity
from pools.store.schema import REQUIRED_LEVEL, schema_level

# The vendor wants the servers and their database this close (domain.md 7).
ROUND_TRIP_LIMIT_MS = 50.0
ROUND_TRIP_SAMPLES = 5
UTF8_NAMES = frozenset({"utf8", "utf-8", "utf8mb4", "1208"})


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the report. `remedy` is empty when it passed."""

    check_id: str
    title: str
    severity: Severity
    passed: bool
    seen: str
    remedy: str = ""
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All lines of one check."""

    results: tuple[CheckResult, ...]

    def line(self, check_id: str) -> CheckResult | None:
        """That check's line, or None when the report ended before it."""
        return next((line for line in self.results if line.check_id == check_id), None)

    @property
    def reachable(self) -> bool:
        """True when the login was accepted."""
        login = self.line("login")
        return login is not None and login.passed

    @property
    def passed(self) -> bool:
        """True when no blocker failed."""
        return all(line.passed or line.severity != Severity.BLOCKER for line in self.results)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a connection check looks at."""

    connection: BaseDatabaseWrapper
    dialect: Dialect
    schema_mode: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A check's own verdict; the registry adds title and severity. `figure` is what it measured."""

    passed: bool
    text: str
    remedy: str = ""
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """A question to the address; the rest of the report depends on its answer."""

    check_id: str
    title: str
    ask: Callable[[DatabaseLogin], str]


@dataclass(frozen=True, slots=True)
class ConnectionCheck:
    """A question to the open connection."""

    check_id: str
    title: str
    severity: Severity
    ask: Callable[[Subject], Seen]


def host_resolves(login: DatabaseLogin) -> str:
    return f"{login.host} is {', '.join(resolve(login.host))}"


def port_answers(login: DatabaseLogin) -> str:
    knock(login.host, login.port)
    return f"{login.host}:{login.port} answers"


def engine_is_right(login: DatabaseLogin) -> str:
    require_engine(login.engine, login.host, login.port)
    return f"nothing else than {ENGINES[login.engine].name} was recognised"


def version_is_known(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        version = subject.dialect.version(cursor)
    return Seen(bool(version), version or "The server does not say its version.")


def code_set_is_utf8(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        encoding = subject.dialect.encoding(cursor)
    if encoding.casefold() in UTF8_NAMES:
        return Seen(True, encoding)
    return Seen(
        False,
        f"The code set is {encoding}, not UTF-8: names with national characters would be damaged.",
        "Create a new database with the UTF-8 code set; it cannot be changed afterwards.",
    )


def privileges_suffice(subject: Subject) -> Seen:
    with subject.connection.cursor() as cursor:
        missing = subject.dialect.missing_privileges(cursor)
    if not missing:
        return Seen(True, "The login may create tables, and read and write those that exist.")
    return Seen(
        False,
        f"The login lacks {_listed(missing)}.",
        "Have the DBA grant it, or use a login that owns the schema.",
    )


def schema_is_current(subject: Subject) -> Seen:
    level = schema_level(subject.connection)
    if level == REQUIRED_LEVEL:
        return Seen(True, f"level {level}")
    seen = f"level {level}, needed {REQUIRED_LEVEL}" if level else "no Traveler tables yet"
    if subject.schema_mode == SchemaMode.AUTOMATIC:
        return Seen(True, f"{seen}; created by the first move (automatic schema)")
    return Seen(
        False,
        seen,
        "Have the DBA run what `manage.py store_schema` prints before a server moves in.",
    )


def round_trip_is_short(subject: Subject) -> Seen:
    milliseconds = measure_round_trip(subject.connection)
    if milliseconds <= ROUND_TRIP_LIMIT_MS:
        return Seen(True, f"{milliseconds:.1f} ms from the worker", figure=milliseconds)
    return Seen(
        False,
        f"{milliseconds:.0f} ms from the worker; the vendor asks for less than "
        f"{ROUND_TRIP_LIMIT_MS:.0f} ms between servers and database.",
        "Keep the pool's servers and its database at one site.",
        milliseconds,
    )


ADDRESS_CHECKS: tuple[AddressCheck, ...] = (
    AddressCheck("host", "Host name resolves", host_resolves),
    AddressCheck("port", "Port answers", port_answers),
    AddressCheck("engine", "The configured engine answers", engine_is_right),
)
CONNECTION_CHECKS: tuple[ConnectionCheck, ...] = (
    ConnectionCheck("version", "Server version", Severity.INFORMATION, version_is_known),
    ConnectionCheck("encoding", "UTF-8 code set", Severity.BLOCKER, code_set_is_utf8),
    ConnectionCheck("privileges", "Privileges", Severity.BLOCKER, privileges_suffice),
    ConnectionCheck("schema", "Schema level", Severity.BLOCKER, schema_is_current),
    ConnectionCheck("round_trip", "Round-trip time", Severity.WARNING, round_trip_is_short),
)


def run_checks(
    login: DatabaseLogin,
    *,
    schema_mode: str = SchemaMode.AUTOMATIC,
    connect_timeout: int = 10,
) -> Report:
    """Ask everything that can be asked. Whatever the database does becomes a line, no exception."""
    lines: list[CheckResult] = []
    for check in ADDRESS_CHECKS:
        try:
            lines.append(_passed(check.check_id, check.title, check.ask(login)))
        except DatabaseError as error:
            return Report((*lines, _refused(check.check_id, check.title, error)))
    try:
        with open_connection(login, connect_timeout=connect_timeout) as connection:
            lines.append(_passed("login", "Login is accepted", f"{login.user} on {login.name}"))
            return _ask_connection(login, connection, schema_mode, lines)
    except DatabaseError as error:
        return Report((*lines, _refused("login", "Login is accepted", error)))


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


def _ask_connection(
    login: DatabaseLogin,
    connection: BaseDatabaseWrapper,
    schema_mode: str,
    lines: list[CheckResult],
) -> Report:
    engine = ENGINES[login.engine]
    dialect = engine.require_dialect()
    subject = Subject(connection, dialect, schema_mode)
    for check in CONNECTION_CHECKS:
        try:
            seen = check.ask(subject)
        except Error as error:
            told = dialect.translate(error, f"{engine.name} {login.host}:{login.port}")
            seen = Seen(False, str(told), told.remedy)
        lines.append(
            CheckResult(
                check.check_id,
                check.title,
                check.severity,
                seen.passed,
                seen.text,
                seen.remedy,
                seen.figure,
            )
        )
    return Report(tuple(lines))


def _passed(check_id: str, title: str, seen: str) -> CheckResult:
    return CheckResult(check_id, title, Severity.BLOCKER, True, seen)


def _refused(check_id: str, title: str, error: DatabaseError) -> CheckResult:
    return CheckResult(check_id, title, Severity.BLOCKER, False, str(error), error.remedy)


def _listed(words: list[str], *, limit: int = 6) -> str:
    more = f" and {len(words) - limit} more" if len(words) > limit else ""
    return ", ".join(words[:limit]) + more
