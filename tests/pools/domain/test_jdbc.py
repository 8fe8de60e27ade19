from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.jdbc import (
    FORMS,
    JdbcUrl,
    NotJdbc,
    parse_jdbc_url,
    schema_properties,
)
from pools.states import Engine

HOSTS = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,30}", fullmatch=True) | st.ip_addresses().map(str)
PORTS = st.integers(1, 65535)
DATABASES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,15}", fullmatch=True).filter(
    lambda name: name.casefold() not in ("databasename", "database")
)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)
DB2_VALUES = st.from_regex(r"[A-Za-z0-9/=:,.@-]{0,20}", fullmatch=True)


def addresses(engine: str) -> st.SearchStrategy[JdbcUrl]:
    values = DB2_VALUES if engine == Engine.DB2 else TEXT
    return st.builds(
        JdbcUrl,
        st.just(engine),
        HOSTS,
        PORTS,
        DATABASES,
        st.lists(st.tuples(NAMES, values), max_size=4).map(tuple),
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


def test_every_engine_has_a_form() -> None:
    assert set(FORMS) == set(Engine.values)


@given(st.sampled_from(sorted(FORMS)).flatmap(addresses))
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
def test_postgresql_is_told_the_schema_in_its_search_path(schema: str, tail: str) -> None:
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
    | st.sampled_from([f.prefix for f in FORMS.values()]).flatmap(
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
