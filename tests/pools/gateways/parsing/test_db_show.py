from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.parsing.db_show import parse


@pytest.mark.parametrize(
    "text",
    [
        "url=jdbc:db2://db:50000/TRAVELER\nuser=trav\npw=geheim\npath=/opt/db2jcc4.jar",
        (
            "Database URL: jdbc:db2://db:50000/TRAVELER\nDatabase User : trav\n"
            "Password: geheim\nJDBC Driver Path: /opt/db2jcc4.jar"
        ),
        (
            "[1A2B:0002-7F] 11/22/2026 10:15:02 AM  JDBC URL = jdbc:db2://db:50000/TRAVELER\n"
            "User ID = trav\nDriver Path = /opt/db2jcc4.jar\nPW = geheim"
        ),
    ],
)
def test_the_setting_is_read_in_any_spelling_and_the_password_dropped(text: str) -> None:
    read = parse(text)
    assert read.url == "jdbc:db2://db:50000/TRAVELER"
    assert read.user == "trav"
    assert read.jar_path == "/opt/db2jcc4.jar"
    assert read.uses_derby is False
    assert "geheim" not in repr(read)


def test_an_address_within_a_sentence_is_found() -> None:
    read = parse("Traveler uses the database at jdbc:sqlserver://db:1433;databaseName=T")
    assert read.url == "jdbc:sqlserver://db:1433;databaseName=T"


def test_derby_is_recognised_and_unknown_is_not_derby() -> None:
    assert parse("The local Derby database is used.").uses_derby is True
    assert parse("url=jdbc:derby:ntsdb").uses_derby is True
    assert parse("nothing to say").uses_derby is None


def test_unknown_fields_and_lines_are_kept_apart() -> None:
    read = parse("Schema: LNT\nhello\nurl=jdbc:mysql://db/t")
    assert read.other == (("Schema", "LNT"),)
    assert read.unread == ("hello",)


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse(text)


def test_what_was_printed_is_shown_in_its_order_without_secrets() -> None:
    read = parse(
        "Settings of this server\nSchema: LNT\nPassword: geheim\nUser: trav\n"
        "URL: jdbc:sqlserver://db:1433;databaseName=T;password=geheim;encrypt=true\nBye"
    )
    assert [line.partition(":")[0] for line in read.lines] == [
        "Settings of this server",
        "Schema",
        "User",
        "URL",
        "Bye",
    ]
    assert "geheim" not in "".join(read.lines)
    assert "encrypt=true" in read.lines[3]
