from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.databases.engines import ENGINES
from pools.databases.jdbc import JdbcUrl, parse_jdbc_url
from pools.databases.jdbc_form import NotJdbc
from pools.databases.jdbc_properties import parse_properties, tidied, without_secret_values
from pools.domain.lines import split_lines

ANY_ENGINE = st.sampled_from(list(ENGINES))
LINES = st.lists(st.text(max_size=30) | st.sampled_from(["password=x", "a=b", "ssl = true"]))


def test_they_are_read_one_a_line_in_their_order() -> None:
    text = "\r\nencrypt=true\r\n  multiSubnetFailover = true \n\nresponseBuffering="
    assert parse_properties(text, engine="sqlserver") == (
        ("encrypt", "true"),
        ("multiSubnetFailover", "true"),
        ("responseBuffering", ""),
    )
    assert tidied(text) == "encrypt=true\nmultiSubnetFailover = true\nresponseBuffering="


@pytest.mark.parametrize(
    ("text", "engine", "reason"),
    [
        ("encrypt", "sqlserver", "Line 1 does not read name=value"),
        ("a=b\n=c", "mysql", "Line 2 does not read name=value"),
        ("a b=c", "mysql", "name=value"),
        ("a=b\nA=c", "mysql", "Line 2: A is there already"),
        ("a=b\x07", "mysql", "cannot be printed"),
        ("a=b;c=d", "sqlserver", "a line of its own"),
        ("a=b&c=d", "postgresql", "a line of its own"),
        ("User=x", "db2", "entered above, as user name"),
        ("databaseName=x", "sqlserver", "entered above, as database"),
        ("currentSchema=x", "db2", "entered above, as schema"),
        ("options=-c search_path=x", "postgresql", "entered above, as schema"),
        ("portNumber=1", "sqlserver", "entered above, as host and port"),
    ],
)
def test_what_an_address_cannot_carry_is_refused_by_line(
    text: str, engine: str, reason: str
) -> None:
    with pytest.raises(NotJdbc, match=reason):
        parse_properties(text, engine=engine)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password=hush", "password="),
        ("PW=hush", "PW="),
        ("trustStorePassword = hush", "trustStorePassword="),
        ("apiKey=hush", "apiKey="),
        ("keyVaultProviderClientKey=hush", "keyVaultProviderClientKey="),
        ("password: hush", "password="),
        ("password hush", "password="),
        ("encrypt=true;password=hush", "encrypt=true;password="),
        ("ssl=true, accessToken=hush", "ssl=true, accessToken="),
    ],
)
def test_a_secret_is_refused_and_not_shown_again(line: str, shown: str) -> None:
    with pytest.raises(NotJdbc, match="no place here") as refused:
        parse_properties(f"a=b\n{line}", engine="sqlserver")
    assert "hush" not in str(refused.value)
    assert without_secret_values(f"a=b\n{line}") == f"a=b\n{shown}"


@given(LINES.map("\n".join), ANY_ENGINE)
def test_whatever_is_typed_is_refused_or_read_back_from_the_address(text: str, engine: str) -> None:
    try:
        properties = parse_properties(text, engine=engine)
    except NotJdbc:
        return
    assert parse_jdbc_url(str(JdbcUrl(engine, "db", 1, "t", properties))).properties == properties
    # Shown for a change, it is what was accepted.
    assert without_secret_values(text) == "\n".join(split_lines(text))
    assert parse_properties(tidied(text), engine=engine) == properties
