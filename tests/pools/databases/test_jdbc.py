from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.databases.engines import ENGINES
from pools.databases.jdbc import JdbcUrl, parse_jdbc_url, schema_properties
from pools.databases.jdbc_form import NotJdbc

HOSTS = st.from_regex(
    r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z][a-z0-9]{0,10}){0,2}", fullmatch=True
) | st.ip_addresses().map(str)
PORTS = st.integers(1, 65535)
DATABASES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,15}", fullmatch=True).filter(
    lambda name: (
        name.casefold()
        not in ("databasename", "database", "servername", "server", "portnumber", "port")
        and name.casefold() != "instancename"
    )
)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)
DB2_VALUES = st.from_regex(r"[A-Za-z0-9/=:,.@-]{0,20}", fullmatch=True)


def addresses(engine: str) -> st.SearchStrategy[JdbcUrl]:
    values = DB2_VALUES if engine == "db2" else TEXT
    return st.builds(
        JdbcUrl,
        st.just(engine),
        HOSTS,
        PORTS,
        DATABASES,
        st.lists(
            st.tuples(NAMES, values), max_size=4, unique_by=lambda pair: pair[0].casefold()
        ).map(tuple),
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "jdbc:db2://TRVLDB2.in.ibm.com:50000/TRAVELER",
            JdbcUrl("db2", "TRVLDB2.in.ibm.com", 50000, "TRAVELER"),
        ),
        (
            "jdbc:db2://db/TRAVELER:sslConnection=true;currentSchema=LNT;",
            JdbcUrl(
                "db2",
                "db",
                50000,
                "TRAVELER",
                (("sslConnection", "true"), ("currentSchema", "LNT")),
            ),
        ),
        (
            "jdbc:sqlserver://db:1433;databaseName=TRAVELER;encrypt=true",
            JdbcUrl("sqlserver", "db", 1433, "TRAVELER", (("encrypt", "true"),)),
        ),
        (
            "jdbc:mysql://db/traveler?useSSL=true&requireSSL=true",
            JdbcUrl("mysql", "db", 3306, "traveler", (("useSSL", "true"), ("requireSSL", "true"))),
        ),
        (
            "jdbc:postgresql://[::1]:5433/traveler",
            JdbcUrl("postgresql", "::1", 5433, "traveler"),
        ),
    ],
)
def test_the_drivers_forms_are_read(url: str, address: JdbcUrl) -> None:
    assert parse_jdbc_url(url) == address
    assert parse_jdbc_url(str(address)) == address


@given(st.sampled_from(sorted(ENGINES)).flatmap(addresses))
def test_a_written_address_is_read_back(address: JdbcUrl) -> None:
    assert parse_jdbc_url(str(address)) == address


@given(TEXT)
def test_a_schema_is_read_back_as_it_was_entered(schema: str) -> None:
    properties = schema_properties("postgresql", schema)
    address = JdbcUrl("postgresql", "db", 5432, "traveler", properties)
    assert parse_jdbc_url(str(address)).schema == schema


@pytest.mark.parametrize(
    ("schema", "tail"),
    [("", ""), ("lnt", "?currentSchema=lnt"), ("Lnt", "?currentSchema=%22Lnt%22")],
)
def test_postgresql_is_given_the_schema_in_its_search_path(schema: str, tail: str) -> None:
    properties = schema_properties("postgresql", schema)
    address = str(JdbcUrl("postgresql", "db", 5432, "traveler", properties))
    assert address == f"jdbc:postgresql://db:5432/traveler{tail}"


def test_of_a_search_path_the_first_name_counts() -> None:
    assert parse_jdbc_url("jdbc:postgresql://db/t?currentSchema=LNT, public").schema == "lnt"


@pytest.mark.parametrize("engine", ["db2", "sqlserver", "mysql"])
def test_other_engines_have_another_way_to_say_the_schema(engine: str) -> None:
    assert schema_properties(engine, "lnt") == ()
    assert parse_jdbc_url(str(JdbcUrl(engine, "db", 1, "t"))).schema == ""


@pytest.mark.parametrize(
    "url", ["", "db2://host/x", "jdbc:oracle:thin:@h:1:x", "jdbc:db2://", "jdbc:mysql://h:3306;x"]
)
def test_other_texts_are_refused_with_a_reason(url: str) -> None:
    with pytest.raises(NotJdbc, match="JDBC address"):
        parse_jdbc_url(url)


@given(
    st.text()
    | st.sampled_from([engine.jdbc.prefix for engine in ENGINES.values()]).flatmap(
        lambda prefix: st.text().map(prefix.__add__)
    )
)
def test_any_text_is_read_or_refused(url: str) -> None:
    try:
        parse_jdbc_url(url)
    except NotJdbc:
        return


def test_a_value_that_would_end_the_property_is_not_written_for_db2() -> None:
    address = JdbcUrl("db2", "db", 50000, "T", (("user", "a;password=b"),))
    with pytest.raises(NotJdbc, match="user"):
        str(address)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("jdbc:db2://DB/T:a=1;b=2;", "jdbc:db2://db:50000/t:b=2;a=1;", True),
        (
            "jdbc:sqlserver://db;encrypt=true;databaseName=T",
            "jdbc:sqlserver://db;databaseName=T;encrypt=true",
            True,
        ),
        ("jdbc:postgresql://db/t", "jdbc:postgresql://db/u", False),
        ("jdbc:postgresql://db/t", "jdbc:postgresql://db:5433/t", False),
        (
            "jdbc:postgresql://db/t?currentSchema=%22Lnt%22",
            "jdbc:postgresql://db/t?currentSchema=%22lnt%22",
            False,
        ),
        ("jdbc:postgresql://db/t", "jdbc:postgresql://db/t?ssl=true", False),
        ("jdbc:postgresql://db:1/t", "jdbc:mysql://db:1/t", False),
    ],
)
def test_two_spellings_of_an_address_are_the_same(one: str, other: str, same: bool) -> None:
    assert parse_jdbc_url(one).is_same(parse_jdbc_url(other)) is same


def test_passwords_can_be_left_out_for_showing() -> None:
    url = "jdbc:sqlserver://db;databaseName=T;user=u;password={geh;eim}"
    shown = str(parse_jdbc_url(url).without_secrets())
    assert shown == "jdbc:sqlserver://db:1433;databaseName=T;user=u"
    stores = "jdbc:postgresql://db/t?sslpassword=geheim&sslmode=require"
    assert str(parse_jdbc_url(stores).without_secrets()).endswith("/t?sslmode=require")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        # Cases 07 and 14.
        ("jdbc:sqlserver://sql1\\TRAV;databaseName=TRAVELER", "give the instance's own port"),
        ("jdbc:sqlserver://sql1;instanceName=TRAV;databaseName=T", "give the instance's own port"),
        ("jdbc:sqlserver://sql1:1433/TRAVELER", "goes on with ;name=value"),
        ("jdbc:sqlserver://sql1:99999;databaseName=T", "the port 99999"),
        ("jdbc:db2://h:50000/TRAVELER;", "no database as “TRAVELER;”"),
        ("jdbc:mysql://h1/traveler?useUnicode=true&amp;characterEncoding=UTF-8", "&amp;"),
        ("jdbc:sqlserver://s:1433;databaseName=TRAVELER;databaseName=OTHER", "database twice"),
        # Their relatives.
        ("jdbc:sqlserver://s:1433;database=TRAVELER;databaseName=OTHER", "database twice"),
        ("jdbc:sqlserver://s:1433;portNumber=1500;databaseName=T", "host or port twice"),
        ("jdbc:sqlserver://s;databaseName", "goes on with ;name=value"),
        ("jdbc:sqlserver://s;encrypt=true;Encrypt=false", "Encrypt twice"),
        ("jdbc:mysql://h/t?useSSL=true&usessl=false", "usessl twice"),
        ("jdbc:mysql://h1:3306,h2/traveler", "goes on with /"),
        ("jdbc:mysql://h1,h2/traveler", "one host"),
        ("jdbc:mysql://user@h1/traveler", "without a user name"),
        ("jdbc:postgresql://a..b/t", "between two dots"),
        ("jdbc:postgresql://h:0/t", "the port 0"),
        ("jdbc:postgresql://h/t?x", "name=value"),
        ("jdbc:postgresql://h/t/u", "no database"),
        ("jdbc:postgresql://h/%ff", "UTF-8"),
        ("jdbc:postgresql://[h1:3306,h2]:1433/t", "one host"),
    ],
)
def test_what_a_driver_reads_otherwise_is_refused(url: str, reason: str) -> None:
    with pytest.raises(NotJdbc, match=re.escape(reason)):
        parse_jdbc_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "jdbc:sqlserver://sql1;portNumber=1500;databaseName=TRAVELER",
        "jdbc:sqlserver://;serverName=sql1;portNumber=1500;databaseName=TRAVELER;",
    ],
)
def test_sql_servers_host_and_port_are_read_from_properties(url: str) -> None:
    assert parse_jdbc_url(url) == JdbcUrl("sqlserver", "sql1", 1500, "TRAVELER")
