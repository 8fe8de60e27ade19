"""`db check` against real servers: every fault has words of its own."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from django.db import ProgrammingError
from django.db.backends.utils import CursorWrapper

from console.supervision.embedded.postgresql import POSTGRESQL_BIN, EmbeddedPostgreSQL
from pools.checks import connection_checks
from pools.checks.database import run_checks
from pools.checks.report import CheckResult, DatabaseReport
from pools.databases import address
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.dialect import Redundancy, Room
from pools.databases.engines import ENGINES
from pools.states import SchemaMode, Severity
from pools.store.schema import apply_schema
from tests.pools.checks.reports import last_line
from tests.waiting import wait_until


def test_a_good_database_passes_everything(database_login: DatabaseLogin) -> None:
    report = run_checks(database_login)

    assert report.passed
    assert report.reachable
    assert [line.check_id for line in report.results] == [
        *("host", "port", "engine", "login", "tls"),
        *("version", "encoding", "collation", "privileges"),
        *("schema", "room", "round_trip", "availability"),
    ]
    round_trip = report.line("round_trip")
    assert round_trip is not None
    assert round_trip.figure is not None
    assert 0 < round_trip.figure < 50


def test_a_wrong_password(database_login: DatabaseLogin) -> None:
    report = run_checks(replace(database_login, password="not-the-password"))

    assert last_line(report) == ("login", False)
    assert "user name or password" in report.results[-1].seen
    assert "not-the-password" not in str(report)


def test_a_missing_database(database_login: DatabaseLogin) -> None:
    report = run_checks(replace(database_login, name="never_created"))

    assert last_line(report) == ("login", False)
    assert "no database of that name" in report.results[-1].seen


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_is_not_utf8(
    postgresql: EmbeddedPostgreSQL, database_login: DatabaseLogin, encoding: str
) -> None:
    name = f"{database_login.name}_{encoding.lower()}"
    postgresql.create_database(name, encoding=encoding, owner=database_login.user)

    report = run_checks(replace(database_login, name=name))

    line = report.line("encoding")
    assert line is not None
    assert (line.passed, line.severity) == (False, Severity.BLOCKER)
    assert f"{encoding}, not UTF-8" in line.seen
    assert not report.passed


def test_a_login_without_the_right_to_create(
    postgresql: EmbeddedPostgreSQL, database_login: DatabaseLogin
) -> None:
    guest = f"guest_{database_login.name}"
    postgresql.create_role(guest, "guest-secret")

    report = run_checks(replace(database_login, user=guest, password="guest-secret"))

    line = report.line("privileges")
    assert line is not None
    assert not line.passed
    assert "CREATE on schema public" in line.seen


def test_a_login_that_may_not_read_a_table(
    postgresql: EmbeddedPostgreSQL, database_login: DatabaseLogin
) -> None:
    guest = f"guest_{database_login.name}"
    postgresql.create_role(guest, "guest-secret")
    with psycopg.connect(
        host="127.0.0.1",
        port=postgresql.port,
        dbname=database_login.name,
        user=database_login.user,
        password=database_login.password,
    ) as owner:
        owner.execute("CREATE TABLE devices (id int)")
        owner.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {guest}")

    report = run_checks(replace(database_login, user=guest, password="guest-secret"))

    line = report.line("privileges")
    assert line is not None
    assert "SELECT on public.devices" in line.seen


def test_a_schema_that_does_not_exist(database_login: DatabaseLogin) -> None:
    report = run_checks(replace(database_login, schema='odd "name'))

    line = report.line("privileges")
    assert line is not None
    assert "does not exist" in line.seen


def test_the_schema_level_in_both_modes(database_login: DatabaseLogin) -> None:
    manual = run_checks(database_login, schema_mode=SchemaMode.MANUAL).line("schema")
    assert manual is not None
    assert not manual.passed
    assert "no Traveler tables yet" in manual.seen

    with open_connection(database_login) as connection:
        apply_schema(connection)

    manual = run_checks(database_login, schema_mode=SchemaMode.MANUAL).line("schema")
    assert manual is not None
    assert manual.passed


def test_tables_that_are_to_be_left_have_to_be_there(database_login: DatabaseLogin) -> None:
    none = run_checks(database_login, schema_mode=SchemaMode.EXISTING).line("schema")
    assert none is not None
    assert not none.passed
    assert "no tables" in none.seen

    with open_connection(database_login) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE lg_run (a integer)")
        cursor.execute("CREATE TABLE lntusers (a integer)")

    some = run_checks(database_login, schema_mode=SchemaMode.EXISTING).line("schema")
    assert some is not None
    assert (some.passed, some.seen) == (True, "tables: 1, left as they are")
    # No level was read, so none is kept.
    assert some.fact == ""


def test_a_long_way_is_a_warning(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_checks, "ROUND_TRIP_LIMIT_MS", 0.0)

    report = run_checks(database_login)

    line = report.line("round_trip")
    assert line is not None
    assert (line.passed, line.severity) == (False, Severity.WARNING)
    assert report.passed


def test_a_server_that_never_answers_ends_at_the_time_limit(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        report = run_checks(
            replace(database_login, port=silent.getsockname()[1]), connect_timeout=2
        )

    assert last_line(report) == ("login", False)
    assert "no database answers" in report.results[-1].seen


def without(
    login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch, **changes: object
) -> DatabaseReport:
    """The report when the dialect answers some questions otherwise."""
    facts = ENGINES[login.engine]
    dialect = replace(facts.dialect, **changes)  # type: ignore[arg-type]
    monkeypatch.setitem(ENGINES, login.engine, replace(facts, dialect=dialect))
    return run_checks(login)


def test_a_server_that_is_too_old_blocks(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = without(database_login, monkeypatch, version=lambda _cursor: "PostgreSQL 13.9")

    line = report.line("version")
    assert line is not None
    assert (line.passed, line.severity) == (False, Severity.BLOCKER)
    assert "PostgreSQL 13.9 is too old: PostgreSQL 14.0 or newer is needed" in line.seen
    assert line.remedy


def test_a_version_that_cannot_be_read_is_said_to_be_unknown(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = without(database_login, monkeypatch, version=lambda _cursor: "PostgreSQL devel").line(
        "version"
    )
    assert line is not None
    assert line.passed
    assert "is not known" in line.seen


def denied(*_arguments: object) -> NoReturn:
    error = ProgrammingError("permission denied")
    error.__cause__ = psycopg.errors.InsufficientPrivilege("permission denied")
    raise error


@pytest.mark.parametrize("question", ["room", "availability", "code_set", "missing_privileges"])
def test_what_the_login_may_not_ask_is_said_and_fails_nothing(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    report = without(database_login, monkeypatch, **{question: denied})

    unseen = [line for line in report.results if line.seen.startswith("Not seen")]
    assert report.passed
    assert unseen
    assert all(line.passed and line.severity == Severity.INFORMATION for line in unseen)
    assert all("the login may not ask for it" in line.seen for line in unseen)


def test_what_the_server_cannot_answer_is_a_line_of_its_own(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> NoReturn:
        raise ProgrammingError("syntax error")

    line = without(database_login, monkeypatch, availability=broken).line("availability")
    assert line is not None
    assert not line.passed
    assert line.remedy


@pytest.mark.parametrize(
    ("availability", "passed", "severity"),
    [
        (Redundancy("Connected standbys: 1.", True), True, Severity.WARNING),
        (Redundancy("None.", False), False, Severity.WARNING),
        (Redundancy("A standby.", True, True), False, Severity.BLOCKER),
    ],
)
def test_a_second_copy_is_advised_and_a_standby_refused(
    database_login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
    availability: Redundancy,
    passed: bool,
    severity: Severity,
) -> None:
    line = without(database_login, monkeypatch, availability=lambda _cursor: availability).line(
        "availability"
    )
    assert line is not None
    assert (line.passed, line.severity) == (passed, severity)
    assert availability.text in line.seen


@pytest.mark.parametrize(("free", "passed"), [(None, True), (5 * 1024**3, True), (1024, False)])
def test_little_room_is_a_warning(
    database_login: DatabaseLogin,
    monkeypatch: pytest.MonkeyPatch,
    free: int | None,
    passed: bool,
) -> None:
    report = without(database_login, monkeypatch, room=lambda _cursor: Room("So much.", free))

    line = report.line("room")
    assert line is not None
    assert line.passed is passed
    assert report.passed


@contextmanager
def standby_of(primary: EmbeddedPostgreSQL, directory: Path) -> Iterator[EmbeddedPostgreSQL]:
    """A streaming standby, made from a copy of the server."""
    copy = EmbeddedPostgreSQL(directory / "standby")
    address = f"host=127.0.0.1 port={primary.port} user={primary.user}"
    subprocess.run(
        [
            *(str(POSTGRESQL_BIN / "pg_basebackup"), "--pgdata", str(copy.directory)),
            *("--write-recovery-conf", "--checkpoint=fast", "--dbname", address),
        ],
        env={"PGPASSWORD": primary.password},
        check=True,
    )
    copy.directory.chmod(0o700)
    copy.directory.with_suffix(".password").write_text(primary.password)
    with copy:
        yield copy


def test_a_standby_is_seen_from_both_sides(
    postgresql: EmbeddedPostgreSQL, database_login: DatabaseLogin, tmp_path: Path
) -> None:
    alone = run_checks(database_login).line("availability")
    assert alone is not None
    assert not alone.passed
    assert "No standby is connected" in alone.seen

    with standby_of(postgresql, tmp_path) as standby:

        def seen(port: int) -> CheckResult:
            line = run_checks(replace(database_login, port=port)).line("availability")
            assert line is not None
            return line

        wait_until(lambda: seen(postgresql.port).passed)
        assert "Connected standbys: 1." in seen(postgresql.port).seen

        other = seen(standby.port)
        assert (other.passed, other.severity) == (False, Severity.BLOCKER)
        assert "itself a standby" in other.seen


def test_a_connection_that_is_lost_in_between_ends_the_report(
    database_login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(cursor: CursorWrapper) -> Room:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise AssertionError

    def never(*_arguments: object) -> NoReturn:
        raise AssertionError

    report = without(database_login, monkeypatch, code_set=ended, room=never, availability=never)

    assert last_line(report) == ("encoding", False)
    assert report.results[-1].severity == Severity.BLOCKER
    assert "has gone away" in report.results[-1].seen
    assert report.ending is report.results[-1]
