"""travelerUtil on a host, and what a start makes of the setting: joining, refusing, going back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import asyncssh
import httpx
import pytest
from pytest_django.plugin import DjangoDbBlocker

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from pools.databases.connection import DatabaseLogin, open_connection
from pools.lab.faults import set_fault
from pools.lab.people import People
from pools.lab.pool import PoolDatabase
from pools.lab.vendor_transfer import TRANSFERRED
from pools.store.schema import REQUIRED_LEVEL, apply_schema, schema_level
from tests.lab_fixture import RunningLab, running_lab
from tests.waiting import wait_until

NAME = "CN=trav32/O=Acme"


@pytest.fixture(scope="module")
def lab(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql: EmbeddedPostgreSQL,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[RunningLab]:
    """Hosts of its own, because these tests change what a server is."""
    # No test is marked for the database: pytest-django would run the marked ones first.
    with (
        django_db_blocker.unblock(),
        running_lab(
            tmp_path_factory.mktemp("joining"),
            postgresql,
            hosts=["trav32", "trav-old"],
            scale=0.5,
        ) as lab,
    ):
        yield lab


@pytest.fixture
def database(lab: RunningLab) -> DatabaseLogin:
    return lab.directory.databases["empty"]


def data(lab: RunningLab, name: str = "trav32") -> Path:
    return lab.directory.data(lab.host(name))


def url(login: DatabaseLogin) -> str:
    return f"jdbc:postgresql://{login.host}:{login.port}/{login.name}"


def utility(
    lab: RunningLab, options: str, *, name: str = "trav32", stdin: str | None = None
) -> tuple[int, str]:
    command = f"{data(lab, name)}/traveler/util/travelerUtil {options}"
    return lab.run(name, command, stdin=stdin)


def test_a_running_traveler_refuses_a_new_setting(lab: RunningLab, database: DatabaseLogin) -> None:
    status, output = utility(lab, f"db set url={url(database)} user=u pw=p")
    assert (status, "Stop it first" in output) == (1, True)


def test_a_wrong_password_is_not_stored(lab: RunningLab, database: DatabaseLogin) -> None:
    lab.run("trav32", "domino stop")
    options = f"db set url={url(database)} user={database.user} pw=wrong"
    status, output = utility(lab, options)
    assert status == 1
    assert "refuses this user name or password" in output
    assert "Derby" in (utility(lab, "db show"))[1]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("url=jdbc:nonsense user=u pw=p path=x", "not valid"),
        ("url=jdbc:oracle://h:1521/x user=u pw=p path=x.jar", "no driver"),
        ("url={url} user={user} pw={pw} path=/missing.jar", "JDBC driver was not found"),
    ],
)
def test_a_setting_that_cannot_be_right_is_not_stored(
    lab: RunningLab, database: DatabaseLogin, options: str, complaint: str
) -> None:
    given = options.format(url=url(database), user=database.user, pw=database.password)
    status, output = utility(lab, f"db set {given}")
    assert status == 1
    assert complaint in output


def test_an_empty_password_is_not_stored(lab: RunningLab, database: DatabaseLogin) -> None:
    options = f"db set url={url(database)} user={database.user}"
    status, output = utility(lab, options, stdin="\n")
    assert (status, "all needed" in output) == (1, True)


async def test_the_password_is_asked_for_without_an_echo(
    lab: RunningLab, database: DatabaseLogin
) -> None:
    util = data(lab) / "traveler" / "util" / "travelerUtil"
    async with lab.ssh("trav32") as connection:
        process = await connection.create_process(
            f"{util} db set url={url(database)} user={database.user}",
            term_type="dumb",
            stderr=asyncssh.STDOUT,
        )
        asked = await process.stdout.readuntil("Password: ")
        process.stdin.write(database.password + "\n")
        answer = await process.stdout.read()
        await process.wait_closed()
    assert process.exit_status == 0
    assert database.password not in asked + answer
    assert "has been stored" in answer


def test_the_stored_setting_is_shown_and_checked(lab: RunningLab, database: DatabaseLogin) -> None:
    _, shown = utility(lab, "db show")
    assert f"URL: {url(database)}" in shown
    assert f"User: {database.user}" in shown
    assert "postgresql-jdbc.jar" in shown
    assert database.password not in shown
    assert utility(lab, "db check") == (0, "The database configuration is valid.\n")


def test_a_server_whose_data_are_not_in_the_pool_does_not_start_when_their_transfer_fails(
    lab: RunningLab, database: DatabaseLogin
) -> None:
    set_fault(lab.directory, lab.host("trav32"), "fail-transfer", active=True)
    lab.run("trav32", "domino start")
    console_log = data(lab) / "IBM_TECHNICAL_SUPPORT" / "console.log"
    wait_until(lambda: "did not start" in console_log.read_text(encoding="utf-8"), seconds=60)
    set_fault(lab.directory, lab.host("trav32"), "fail-transfer", active=False)
    log = (data(lab) / "IBM_TECHNICAL_SUPPORT" / "console.log").read_text(encoding="utf-8")
    assert "20 users and 30 devices of the local database are not in the enterprise" in log
    assert "Server did not start." in log
    assert (data(lab) / "traveler" / "ntsdb" / "service.properties").exists()
    lab.run("trav32", "domino stop")
    _empty(database)


def test_a_server_whose_data_are_in_the_pool_joins_and_loses_its_derby(
    lab: RunningLab, database: DatabaseLogin
) -> None:
    _copy_people(lab, database)
    lab.run("trav32", "domino start")
    assert NAME in lab.console("trav32", "tell traveler hadr show")
    assert not (data(lab) / "traveler" / "ntsdb").exists()
    users = lab.host("trav32").base_url + "/api/traveler/users"
    assert httpx.get(users, auth=lab.administrator).json()["totalRecords"] == "20"
    pool = PoolDatabase(database)
    try:
        owners = {row[0] for row in pool.rows("SELECT owner FROM settings")}
    finally:
        pool.close()
    assert {"*", NAME} <= owners


def test_going_back_to_derby_begins_with_an_empty_one(lab: RunningLab) -> None:
    lab.run("trav32", "domino stop")
    assert (utility(lab, "db remove"))[0] == 0
    lab.run("trav32", "domino start")
    users = lab.host("trav32").base_url + "/api/traveler/users"
    assert httpx.get(users, auth=lab.administrator).json()["totalRecords"] == "0"


def test_an_old_version_cannot_join(lab: RunningLab, database: DatabaseLogin) -> None:
    lab.run("trav-old", "domino stop")
    options = f"db set url={url(database)} user={database.user} pw={database.password}"
    assert (utility(lab, options, name="trav-old"))[0] == 0
    lab.run("trav-old", "domino start")
    log = data(lab, "trav-old") / "IBM_TECHNICAL_SUPPORT" / "console.log"
    assert "8.5.3.0 does not support" in log.read_text(encoding="utf-8")
    lab.run("trav-old", "domino stop")


@pytest.mark.parametrize("parameter", ["NTS_AUTO_DBSCHEMA", "NTS_AUTO_DB_SCHEMA"])
def test_a_manual_schema_is_waited_for(
    lab: RunningLab, database_login: DatabaseLogin, parameter: str
) -> None:
    notes_ini = data(lab) / "notes.ini"
    before = notes_ini.read_text(encoding="utf-8")
    lab.run("trav32", "domino stop")
    login = database_login
    utility(lab, f"db set url={url(login)} user={login.user} pw={login.password}")
    notes_ini.write_text(f"{before}{parameter}=false\n", encoding="utf-8")
    lab.run("trav32", "domino start")
    log = (data(lab) / "IBM_TECHNICAL_SUPPORT" / "console.log").read_text(encoding="utf-8")
    assert f"needed is {REQUIRED_LEVEL}" in log
    with open_connection(login) as connection:
        assert schema_level(connection) is None
    lab.run("trav32", "domino stop")
    utility(lab, "db remove")
    notes_ini.write_text(before, encoding="utf-8")


def test_logs_are_collected_and_cleared(lab: RunningLab) -> None:
    status, output = utility(lab, "log collect")
    assert status == 0
    archive = output.strip().removesuffix(".").rpartition(" ")[2]
    assert Path(archive).exists()
    assert (utility(lab, "log clear"))[0] == 0


def test_anything_else_prints_the_usage(lab: RunningLab) -> None:
    status, output = utility(lab, "db nonsense")
    assert (status, "Usage: travelerUtil" in output) == (1, True)


def _empty(login: DatabaseLogin) -> None:
    """Take out what the transfer had brought before it failed."""
    pool = PoolDatabase(login)
    try:
        for model in TRANSFERRED:
            pool.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608
    finally:
        pool.close()


def _copy_people(lab: RunningLab, login: DatabaseLogin) -> None:
    """What a transfer would have brought: the same generated rows."""
    with open_connection(login) as connection:
        apply_schema(connection)
    people = People(
        lab.host("trav32").plan.population,
        organization="Acme",
        seed=lab.directory.seed,
        settings_owner=NAME,
    )
    pool = PoolDatabase(login)
    try:
        for model, rows in people.tables():
            pool.insert_rows(model, rows)
    finally:
        pool.close()
