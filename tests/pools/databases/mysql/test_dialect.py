"""MySQL's dialect against a real MariaDB: every fault has words of its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import MySQLdb
import pytest
from django.db import DataError, Error
from hypothesis import given
from hypothesis import strategies as st

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.ports import free_port
from pools.checks.database import run_checks
from pools.checks.report import CheckResult, DatabaseReport
from pools.databases.connection import DatabaseLogin, open_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import (
    ABOUT_THE_ADDRESS,
    DatabaseConnectionLost,
    DatabaseError,
    DatabaseLoginRefused,
    DatabasePortClosed,
    HostUnknown,
    OnlyReadable,
    PrivilegeMissing,
    TooManyConnections,
)
from pools.databases.mysql import errors
from pools.databases.mysql.privileges import GRANTS_NEEDED, granted_on
from pools.states import SchemaMode, Severity
from pools.store.schema import apply_schema
from tests.waiting import wait_until


def line(report: DatabaseReport, check_id: str) -> CheckResult:
    found = report.line(check_id)
    assert found is not None
    assert found.passed or found.remedy
    return found


def refused(report: DatabaseReport, check_id: str) -> str:
    last = report.results[-1]
    assert (last.check_id, last.passed, last.severity) == (check_id, False, Severity.BLOCKER)
    assert last.remedy
    return last.seen


def test_a_good_database_lacks_only_a_second_copy(mariadb_login: DatabaseLogin) -> None:
    report = run_checks(mariadb_login)

    assert report.passed
    assert [each.check_id for each in report.results if not each.passed] == ["availability"]
    assert line(report, "availability").severity == Severity.WARNING
    assert "No replica is connected" in line(report, "availability").seen


def test_the_version_is_measured_by_mariadb_s_own_minimum(mariadb_login: DatabaseLogin) -> None:
    version = line(run_checks(mariadb_login), "version")

    assert version.severity == Severity.INFORMATION
    assert version.fact.startswith("MariaDB 1")
    assert "MariaDB 10.5 or newer is needed by this console" in version.seen


def test_an_unresolvable_name(mariadb_login: DatabaseLogin) -> None:
    report = run_checks(replace(mariadb_login, host="no-such-host.invalid"))

    assert "cannot be resolved" in refused(report, "host")


def test_a_closed_port(mariadb_login: DatabaseLogin) -> None:
    assert "nothing listens" in refused(
        run_checks(replace(mariadb_login, port=free_port())), "port"
    )


def test_a_wrong_password_and_an_unknown_user(mariadb_login: DatabaseLogin) -> None:
    wrong = replace(mariadb_login, password="not-the-password")
    for login in (wrong, replace(wrong, user="nobody")):
        report = run_checks(login)

        assert "user name or password. (1045)" in refused(report, "login")
        assert "not-the-password" not in str(report)


def test_a_missing_database(mariadb_login: DatabaseLogin, mariadb: EmbeddedMariaDB) -> None:
    with mariadb.connect() as cursor:
        cursor.execute("GRANT ALL PRIVILEGES ON never_created.* TO %s@'%%'", [mariadb_login.user])

    report = run_checks(replace(mariadb_login, name="never_created"))

    assert "no database of that name. (1049)" in refused(report, "login")


def test_a_database_of_somebody_else(
    mariadb_login: DatabaseLogin, mariadb: EmbeddedMariaDB
) -> None:
    mariadb.create_database(f"{mariadb_login.name}_other")

    report = run_checks(replace(mariadb_login, name=f"{mariadb_login.name}_other"))

    assert "may not do what is needed. (1044)" in refused(report, "login")


def test_other_servers_behind_the_port(
    mariadb_login: DatabaseLogin, redis: EmbeddedRedis, postgresql: EmbeddedPostgreSQL
) -> None:
    for port, title in ((redis.port, "Redis"), (postgresql.port, "PostgreSQL")):
        report = run_checks(replace(mariadb_login, port=port))

        assert f"is not MySQL: {title} answers there" in refused(report, "engine")


def test_mariadb_where_postgresql_was_chosen(mariadb_login: DatabaseLogin) -> None:
    report = run_checks(replace(mariadb_login, engine="postgresql"))

    assert "is not PostgreSQL: MySQL or MariaDB answers there" in refused(report, "engine")


@pytest.mark.parametrize("collation", ["latin1_bin", "utf8mb3_bin", "ucs2_bin"])
def test_a_database_that_is_not_utf8(
    mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin, collation: str
) -> None:
    name = f"{mariadb_login.name}_{collation}"
    mariadb.create_database(name, collation=collation, owner=mariadb_login.user)

    code_set = line(run_checks(replace(mariadb_login, name=name)), "encoding")

    assert (code_set.passed, code_set.severity) == (False, Severity.BLOCKER)
    assert f"The code set is {collation.removesuffix('_bin')}" in code_set.seen
    assert "CHARACTER SET utf8mb4" in code_set.remedy


def test_a_collation_that_folds_case_is_a_warning(
    mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin
) -> None:
    name = f"{mariadb_login.name}_ci"
    mariadb.create_database(name, collation="utf8mb4_general_ci", owner=mariadb_login.user)

    collation = line(run_checks(replace(mariadb_login, name=name)), "collation")

    assert (collation.passed, collation.severity) == (False, Severity.WARNING)
    assert "utf8mb4_general_ci" in collation.seen


def test_missing_privileges_are_named(
    mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin
) -> None:
    mariadb.create_role("guest", "guest-secret")
    with mariadb.connect() as cursor:
        cursor.execute(f"GRANT SELECT, INSERT ON `{mariadb_login.name}`.* TO guest@'%'")

    report = run_checks(replace(mariadb_login, user="guest", password="guest-secret"))

    privileges = line(report, "privileges")
    assert not privileges.passed
    assert f"UPDATE on {mariadb_login.name}.*" in privileges.seen
    assert f"CREATE on {mariadb_login.name}.*" in privileges.seen
    assert "SELECT" not in privileges.seen


def test_the_temporary_tables_of_a_migration_need_a_privilege(
    mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin
) -> None:
    mariadb.create_role("staging", "guest-secret")
    others = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX"
    with mariadb.connect() as cursor:
        cursor.execute(f"GRANT {others} ON `{mariadb_login.name}`.* TO staging@'%'")

    report = run_checks(replace(mariadb_login, user="staging", password="guest-secret"))

    lacking = line(report, "privileges").seen
    assert f"lacks CREATE TEMPORARY TABLES on {mariadb_login.name}.*" in lacking


def test_privileges_by_pattern_and_by_role_count(
    mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin
) -> None:
    pattern = mariadb_login.name.replace("_", "\\_")[:-2] + "%"
    for number, grant in enumerate(
        [
            f"GRANT ALL PRIVILEGES ON `{pattern}`.* TO guest{{}}@'%'",
            "GRANT ALL PRIVILEGES ON *.* TO guest{}@'%'",
        ]
    ):
        mariadb.create_role(f"guest{number}", "guest-secret")
        with mariadb.connect() as cursor:
            cursor.execute(grant.format(number))

        report = run_checks(replace(mariadb_login, user=f"guest{number}", password="guest-secret"))

        assert line(report, "privileges").passed


def test_the_schema_level_in_both_modes(mariadb_login: DatabaseLogin) -> None:
    manual = line(run_checks(mariadb_login, schema_mode=SchemaMode.MANUAL), "schema")
    assert not manual.passed
    assert "no Traveler tables yet" in manual.seen

    with open_connection(mariadb_login) as connection:
        apply_schema(connection)

    assert line(run_checks(mariadb_login, schema_mode=SchemaMode.MANUAL), "schema").passed


def test_too_many_connections_of_one_login(
    mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin
) -> None:
    with mariadb.connect() as cursor:
        cursor.execute("ALTER USER %s@'%%' WITH MAX_USER_CONNECTIONS 1", [mariadb_login.user])
    with (
        open_connection(mariadb_login),
        pytest.raises(TooManyConnections, match=r"no further connection. \(1226\)"),
        open_connection(mariadb_login),
    ):
        pytest.fail("must not open")


def _open_many(held: ExitStack, login: DatabaseLogin, count: int) -> None:
    for _ in range(count):
        held.enter_context(open_connection(login))


def test_too_many_connections_of_all(tmp_path: Path) -> None:
    with EmbeddedMariaDB(tmp_path / "mariadb") as server:
        server.create_database("traveler")
        login = DatabaseLogin(
            "mysql", "127.0.0.1", server.port, "traveler", server.user, server.password
        )
        with server.connect() as cursor:
            cursor.execute("CREATE USER plain@'%' IDENTIFIED BY 'plain-secret'")
            cursor.execute("GRANT ALL PRIVILEGES ON traveler.* TO plain@'%'")
            # The least that MariaDB takes; one more is kept for those who may do everything.
            cursor.execute("SET GLOBAL max_connections = 10")
            plain = replace(login, user="plain", password="plain-secret")
            with ExitStack() as held, pytest.raises(TooManyConnections, match=r"\(1040\)"):
                _open_many(held, plain, 11)


def test_a_read_only_server_blocks(tmp_path: Path) -> None:
    with EmbeddedMariaDB(tmp_path / "mariadb") as server:
        server.create_role("plain", "plain-secret")
        server.create_database("traveler", owner="plain")
        login = DatabaseLogin(
            "mysql", "127.0.0.1", server.port, "traveler", "plain", "plain-secret"
        )
        with server.connect() as cursor:
            cursor.execute("SET GLOBAL read_only = 1")

        report = run_checks(login)

        availability = line(report, "availability")
        assert (availability.passed, availability.severity) == (False, Severity.BLOCKER)
        assert "takes no changes" in availability.seen
        engine = ENGINES["mysql"]
        with (
            open_connection(login) as connection,
            pytest.raises(OnlyReadable, match="1290"),
            engine.translated_errors("h", 1, "traveler"),
        ):
            connection.cursor().execute("CREATE TABLE t (a int)")


@contextmanager
def replicating(directory: Path) -> Iterator[EmbeddedMariaDB]:
    """A server with a replica that follows it."""
    with (
        EmbeddedMariaDB(directory / "first", options=("--log-bin", "--server-id=1")) as first,
        EmbeddedMariaDB(directory / "second", options=("--server-id=2",)) as second,
    ):
        with second.connect() as cursor:
            cursor.execute(
                "CHANGE MASTER TO master_host='127.0.0.1', master_port=%s, master_user=%s,"
                " master_password=%s, master_use_gtid=slave_pos, master_connect_retry=1",
                [first.port, first.user, first.password],
            )
            cursor.execute("START SLAVE")
        yield first


def test_a_replica_that_follows_is_high_availability(tmp_path: Path) -> None:
    with replicating(tmp_path) as first:
        first.create_database("traveler")
        login = DatabaseLogin("mysql", "127.0.0.1", first.port, "traveler", "plain", "plain-secret")
        # An ordinary login, as Traveler's is.
        first.create_role("plain", "plain-secret")
        with first.connect() as cursor:
            cursor.execute("GRANT ALL PRIVILEGES ON traveler.* TO plain@'%'")
        wait_until(lambda: line(run_checks(login), "availability").passed, seconds=60)

        assert "Connected replicas: 1" in line(run_checks(login), "availability").seen


def test_values_are_never_cut_short(mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin) -> None:
    with mariadb.connect() as cursor:
        cursor.execute("SELECT @@GLOBAL.sql_mode")
        usual = cursor.fetchone()[0]
        cursor.execute("SET GLOBAL sql_mode = ''")
    try:
        with open_connection(mariadb_login) as connection, connection.cursor() as lax:
            lax.execute("CREATE TABLE t (a varchar(3))")
            with pytest.raises(DataError):
                lax.execute("INSERT INTO t VALUES ('four')")
    finally:
        with mariadb.connect() as cursor:
            cursor.execute("SET GLOBAL sql_mode = %s", [usual])


def test_a_connection_that_the_server_ended_is_lost(
    mariadb: EmbeddedMariaDB, mariadb_login: DatabaseLogin
) -> None:
    engine = ENGINES["mysql"]
    with open_connection(mariadb_login) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        with mariadb.connect() as other:
            other.execute("KILL %s", [cursor.fetchone()[0]])
        with (
            pytest.raises(DatabaseConnectionLost),
            engine.translated_errors("h", 1, "d"),
        ):
            cursor.execute("SELECT 1")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1045, DatabaseLoginRefused),
        (1130, DatabaseLoginRefused),
        (1142, PrivilegeMissing),
        (2003, DatabasePortClosed),
        (2005, HostUnknown),
        (2013, DatabaseConnectionLost),
        (4031, DatabaseConnectionLost),
    ],
)
def test_codes_that_no_server_here_gives(code: int, kind: type[DatabaseError]) -> None:
    error = Error()
    error.__cause__ = MySQLdb.OperationalError(code, "text with lntuser:secret@host")

    reported = errors.translate(error, "MySQL at db:3306/traveler")

    assert type(reported) is kind
    assert str(reported).endswith(f"({code})")
    assert "secret" not in str(reported)


def test_an_unknown_code_stays_visible() -> None:
    error = Error()
    error.__cause__ = MySQLdb.OperationalError(3999, "…")

    assert str(errors.translate(error, "MySQL at db")).endswith("(3999)")
    assert not isinstance(errors.translate(error, "MySQL at db"), ABOUT_THE_ADDRESS)


@given(st.text("ab_%\\", max_size=8))
def test_a_database_is_covered_by_its_own_escaped_name(name: str) -> None:
    escaped = name.replace("_", "\\_").replace("%", "\\%")
    if "\\" not in name:
        grant = f"GRANT ALL PRIVILEGES ON `{escaped or 'x'}`.* TO `u`@`%`"
        assert granted_on(name or "x", [grant]) == set(GRANTS_NEEDED)
        assert granted_on(f"{name}z", [grant]) == set()


def test_grants_elsewhere_do_not_count() -> None:
    grants = [
        "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*0123'",
        "GRANT ALL PRIVILEGES ON `other`.* TO `u`@`%`",
        "GRANT SELECT ON `traveler`.`users` TO `u`@`%`",
        "GRANT `monitor` TO `u`@`%`",
    ]
    assert granted_on("traveler", grants) == {"USAGE"}


def test_a_vanished_server_is_noticed_within_a_minute(mariadb_login: DatabaseLogin) -> None:
    with (
        open_connection(mariadb_login) as connection,
        socket.socket(fileno=os.dup(connection.connection.fileno())) as peer,
    ):
        assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        idle = peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        interval = peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
        count = peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT)
    assert idle + interval * count <= 60
