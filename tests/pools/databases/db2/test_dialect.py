"""Db2's dialect on recorded answers and real exceptions of its driver; no server runs."""

from __future__ import annotations

import socket
from dataclasses import replace

import ibm_db
import ibm_db_dbi
import pytest

from console.supervision.ports import free_port
from pools.databases.connection import DatabaseLogin, open_connection, prepare_connection
from pools.databases.db2 import checks, errors
from pools.databases.engines import ENGINES
from pools.databases.errors import (
    DatabaseConnectionLost,
    DatabaseError,
    DatabaseFull,
    DatabaseLoginRefused,
    DatabaseMissing,
    DatabasePortClosed,
    DatabaseTimedOut,
    HostUnknown,
    LoginUnusable,
    OnlyReadable,
    PrivilegeMissing,
    TooManyConnections,
)
from pools.domain.versions import at_least
from tests.pools.databases.scripted import ScriptedCursor, driver_error, scripted

LOGIN = DatabaseLogin("db2", "127.0.0.1", 50000, "TRAVELER", "lntuser", "secret-of-the-test")
COMMUNICATION = (
    "[IBM][CLI Driver] SQL30081N  A communication error has been detected. Communication protocol "
    'being used: "TCP/IP".  Communication API being used: "SOCKETS".  Location where the error was '
    'detected: "10.0.0.5".  Communication function detecting the error: "{}".  Protocol specific '
    'error code(s): "{}", "*", "*".  SQLSTATE=08001 SQLCODE=-30081'
)


def reported(text: str) -> DatabaseError:
    """What a person is shown when the driver raises that text."""
    cause = ibm_db_dbi._get_exception(Exception(text))
    assert isinstance(cause, ibm_db_dbi.Error)
    return errors.translate(driver_error(cause), "Db2 at db:50000/TRAVELER")


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        (
            (
                "[IBM][CLI Driver] SQL30082N  Security processing failed with reason "
                '"24" ("USERNAME AND/OR PASSWORD INVALID").  SQLSTATE=08001 SQLCODE=-30082'
            ),
            DatabaseLoginRefused,
            "SQL30082N reason 24",
        ),
        (
            (
                "[IBM][CLI Driver] SQL1013N  The database alias name or database name "
                '"NOSUCH" could not be found.  SQLSTATE=42705 SQLCODE=-1013'
            ),
            DatabaseMissing,
            "SQL1013N",
        ),
        (
            (
                "[IBM][CLI Driver] SQL30061N  The database alias or database name "
                '"NOSUCH            " was not found at the remote node.  SQLSTATE=08004 '
                "SQLCODE=-30061"
            ),
            DatabaseMissing,
            "SQL30061N",
        ),
        (
            (
                '[IBM][CLI Driver] SQL1336N  The remote host "nowhere" was not found.  '
                "SQLSTATE=08001 "
                "SQLCODE=-1336"
            ),
            HostUnknown,
            "SQL1336N",
        ),
        (COMMUNICATION.format("connect", "111"), DatabasePortClosed, "SQL30081N"),
        (COMMUNICATION.format("selectForConnectTimeout", "115"), DatabasePortClosed, "SQL30081N"),
        (COMMUNICATION.format("selectForRecvTimeout", "0"), DatabaseTimedOut, "SQL30081N"),
        (COMMUNICATION.format("recv", "104"), DatabaseConnectionLost, "SQL30081N"),
        (
            (
                '[IBM][CLI Driver][DB2/LINUXX8664] SQL0551N  "LNTUSER" does not have the required '
                'authorization or privilege to perform operation "SELECT" on object "LNT.USERS".  '
                "SQLSTATE=42501 SQLCODE=-551"
            ),
            PrivilegeMissing,
            "SQL0551N",
        ),
        (
            (
                '[IBM][CLI Driver][DB2/LINUXX8664] SQL0552N  "LNTUSER" does not have the '
                "privilege to "
                'perform operation "CREATE TABLE".  SQLSTATE=42502 SQLCODE=-552'
            ),
            PrivilegeMissing,
            "SQL0552N",
        ),
        (
            (
                "[IBM][CLI Driver][DB2/LINUXX8664] SQL0289N  Unable to allocate new pages in table "
                'space "USERSPACE1".  SQLSTATE=57011 SQLCODE=-289'
            ),
            DatabaseFull,
            "SQL0289N",
        ),
        (
            (
                "[IBM][CLI Driver][DB2/LINUXX8664] SQL0964C  The transaction log for the "
                "database is "
                "full.  SQLSTATE=57011 SQLCODE=-964"
            ),
            DatabaseFull,
            "SQL0964C",
        ),
        (
            (
                "[IBM][CLI Driver] SQL1040N  The maximum number of applications is already "
                "connected "
                "to the database.  SQLSTATE=57030 SQLCODE=-1040"
            ),
            TooManyConnections,
            "SQL1040N",
        ),
        (
            (
                "[IBM][CLI Driver] SQL1776N  The command cannot be issued on an HADR database.  "
                'Reason code = "1".  SQLCODE=-1776'
            ),
            OnlyReadable,
            "SQL1776N",
        ),
        (
            (
                "[IBM][CLI Driver] SQL1224N  The database manager is not able to accept new "
                "requests.  "
                "SQLSTATE=55032 SQLCODE=-1224"
            ),
            DatabaseConnectionLost,
            "SQL1224N",
        ),
        ("[IBM][CLI Driver] SQL0901N  A nonsevere system error.", DatabaseError, "SQL0901N"),
        ("[IBM][CLI Driver] CLI0106E  Connection is closed.", DatabaseError, ""),
    ],
)
def test_each_error_has_words_and_keeps_its_code(
    text: str, kind: type[DatabaseError], code: str
) -> None:
    error = reported(text)

    assert type(error) is kind
    assert error.code == code
    assert code in str(error)
    assert error.remedy
    assert "LNTUSER" not in str(error)


def test_the_time_limit_and_the_schema_reach_the_driver() -> None:
    given = prepare_connection(replace(LOGIN, schema="LNT"), connect_timeout=7)

    assert given.settings_dict["OPTIONS"]["conn_options"] == {
        ibm_db.SQL_ATTR_AUTOCOMMIT: ibm_db.SQL_AUTOCOMMIT_ON,
        ibm_db.SQL_ATTR_LOGIN_TIMEOUT: 7,
    }
    assert given.get_connection_params()["currentschema"] == "LNT"
    assert "currentschema" not in prepare_connection(LOGIN).get_connection_params()


@pytest.mark.parametrize("part", ["name", "user", "password", "schema", "host"])
def test_nothing_typed_becomes_a_setting_of_the_driver(part: str) -> None:
    login = replace(LOGIN, **{part: "x;PROTOCOL=LOCAL"})  # type: ignore[arg-type]

    with pytest.raises(LoginUnusable, match="takes no “;” in the") as caught:
        prepare_connection(login)
    assert "PROTOCOL" not in str(caught.value)


def test_the_driver_s_own_faults_are_diagnosed() -> None:
    closed = replace(LOGIN, port=free_port())
    with pytest.raises(DatabasePortClosed, match="nothing listens"), open_connection(closed):
        pytest.fail("must not open")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        login = replace(LOGIN, port=silent.getsockname()[1])
        with (
            pytest.raises(DatabaseTimedOut, match="SQL30081N"),
            open_connection(login, connect_timeout=1),
        ):
            pytest.fail("must not open")


@pytest.mark.parametrize(
    ("level", "version", "enough"),
    [
        ("DB2 v9.7.0.4", "Db2 9.7.0.4", False),
        ("DB2 v9.7.0.5", "Db2 9.7.0.5", True),
        ("DB2 v10.5.0.8", "Db2 10.5.0.8", True),
        ("DB2 v11.5.9.0", "Db2 11.5.9.0", True),
    ],
)
def test_the_article_s_fix_pack_is_the_minimum(level: str, version: str, enough: bool) -> None:
    seen = checks.version(scripted({"ENV_INST_INFO": level}))
    minimum = ENGINES["db2"].minimum(seen)

    assert seen == version
    assert minimum is not None
    assert at_least(seen, minimum.version) is enough
    assert "latest fix pack" in minimum.recommended


def configured(**values: str) -> list[dict[str, object]]:
    """Rows of SYSIBMADM.DBCFG, padded as it pads them."""
    return [{"NAME": name, "VALUE": f"{value}   "} for name, value in values.items()]


def test_the_code_set_is_the_database_s_own() -> None:
    good = checks.code_set(scripted({"DBCFG": configured(codeset="UTF-8", db_collname="IDENTITY")}))
    assert (good.name, good.suffices, good.folding) == ("UTF-8", True, "")

    old = checks.code_set(scripted({"DBCFG": configured(codeset="ISO8859-1")}))
    assert (old.name, old.suffices) == ("ISO8859-1", False)

    folding = configured(codeset="UTF-8", db_collname="CLDR181_LEN_S1")
    assert checks.code_set(scripted({"DBCFG": folding})).folding == "CLDR181_LEN_S1"


def test_missing_privileges_are_named() -> None:
    def missing(*held: str, foreign: tuple[str, ...] = ()) -> list[str]:
        answers = {
            "AUTH_LIST": [{"AUTHORITY": name} for name in held],
            "SYSCAT.TABLES": [{"TABNAME": name} for name in foreign],
        }
        return checks.missing_privileges(scripted(answers), "")  # type: ignore[arg-type]

    assert missing("CONNECT", "CREATETAB") == []
    assert missing("CONNECT", "DBADM", foreign=("USERS",)) == []
    assert missing("CONNECT") == ["CREATETAB on the database"]
    assert missing("CREATETAB", foreign=("USERS",)) == [
        "SELECT, INSERT, UPDATE and DELETE on USERS"
    ]


def test_room_in_table_spaces_and_below_them() -> None:
    spaces = [{"TBSP_NAME": "USERSPACE1", "FREE": 3 * 1024**3, "GROWS": 0}]
    fixed = checks.room(scripted({"MON_GET_TABLESPACE": spaces}))
    assert fixed.free == 3 * 1024**3
    assert "USERSPACE1 3.0 GB" in fixed.text

    growing = checks.room(
        scripted(
            {
                "MON_GET_TABLESPACE": [{**spaces[0], "GROWS": 1}],
                "MON_GET_CONTAINER": 40 * 1024**3,
            }
        )
    )
    assert growing.free == 40 * 1024**3


STANDBY = [{"HADR_STATE": "PEER", "HADR_CONNECT_STATUS": "CONNECTED"}]
NO_ROUTINE = driver_error(
    ibm_db_dbi.ProgrammingError(
        '[IBM][CLI Driver][DB2/LINUXX8664] SQL0440N  No authorized routine named "MON_GET_HADR" of '
        'type "FUNCTION" having compatible arguments was found.  SQLSTATE=42884 SQLCODE=-440'
    )
)


def test_hadr_in_each_of_its_roles() -> None:
    none = checks.availability(scripted({"DBCFG": configured(hadr_db_role="STANDARD")}))
    assert (none.redundant, none.text) == (False, "HADR is not set up.")

    primary = checks.availability(
        scripted({"MON_GET_HADR": STANDBY, "DBCFG": configured(hadr_db_role="PRIMARY")})
    )
    assert (primary.redundant, primary.read_only) == (True, False)
    assert primary.text == "HADR primary: PEER, CONNECTED."

    alone = [{"HADR_STATE": "DISCONNECTED", "HADR_CONNECT_STATUS": "DISCONNECTED"}]
    cut_off = checks.availability(
        scripted({"MON_GET_HADR": alone, "DBCFG": configured(hadr_db_role="PRIMARY")})
    )
    assert not cut_off.redundant

    standby = checks.availability(
        scripted({"MON_GET_HADR": STANDBY, "DBCFG": configured(hadr_db_role="STANDBY")})
    )
    assert standby.read_only


def test_db2_9_7_is_asked_in_its_own_way() -> None:
    cursor = ScriptedCursor(
        {
            "MON_GET_HADR": NO_ROUTINE,
            "SNAPHADR": STANDBY,
            "DBCFG": configured(hadr_db_role="PRIMARY"),
        }
    )
    assert checks.availability(cursor).redundant  # type: ignore[arg-type]
    assert "SNAPHADR" in cursor.statements[-1]


def test_hadr_that_the_login_may_not_see_is_raised_for_the_report() -> None:
    denied = driver_error(
        ibm_db_dbi.ProgrammingError(
            "[IBM][CLI Driver] SQL0551N  privilege  SQLSTATE=42501 SQLCODE=-551"
        )
    )
    answers = {"MON_GET_HADR": denied, "DBCFG": configured(hadr_db_role="PRIMARY")}
    with pytest.raises(type(denied)):
        checks.availability(scripted(answers))  # type: ignore[arg-type]
