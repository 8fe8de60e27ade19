"""Derby databases that do not open by themselves; and what opens them shows nowhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import jpype
import pytest

from migrations_ui.transfer.derby.boot_trial import boot_password_opens
from migrations_ui.transfer.derby.layout import read_layout
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import (
    DerbyDenied,
    SourceAsksLogin,
    SourceEncrypted,
    WrongBootPassword,
    WrongDerbyLogin,
)
from tests.migrations_ui.transfer.derby_sample import DerbySample

BOOT = "a long boot pass; with=signs é"
Open = Callable[[DerbySample, DerbyLogin], DerbySource]


@pytest.fixture
def encrypted(tmp_path: Path) -> DerbySample:
    with_password = DerbySample(tmp_path / "ntsdb")
    attributes = jpype_properties(create="true", dataEncryption="true", bootPassword=BOOT)
    run_once(with_password, attributes, "CREATE TABLE t (a INTEGER)")
    return with_password


@pytest.fixture
def guarded(tmp_path: Path) -> DerbySample:
    """Asks for a user; `owner` may read everything, `guest` may only come in."""
    derby = DerbySample(tmp_path / "ntsdb")
    asks = "CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.{}', '{}')"
    attributes = jpype_properties(create="true", user="owner", password="own-pass")
    run_once(
        derby,
        attributes,
        "CREATE TABLE t (a INTEGER)",
        "INSERT INTO t VALUES (1), (2)",
        asks.format("user.owner", "own-pass"),
        asks.format("user.guest", "guest-pass"),
        asks.format("connection.requireAuthentication", "true"),
        asks.format("database.sqlAuthorization", "true"),
    )
    return derby


def jpype_properties(**attributes: str) -> jpype.JObject:
    if not jpype.isJVMStarted():
        from django.conf import settings

        jpype.startJVM("-Duser.timezone=UTC", classpath=[settings.LIFEGUARD_DERBY_CLASSPATH])
    properties = jpype.JClass("java.util.Properties")()
    for name, value in attributes.items():
        properties.setProperty(name, value)
    return properties


def run_once(derby: DerbySample, attributes: jpype.JObject, *statements: str) -> None:
    """Make the database, fill it, and let it go."""
    drivers = jpype.JClass("java.sql.DriverManager")
    url = f"jdbc:derby:{derby.directory}"
    connection = drivers.getConnection(url, attributes)
    for statement in statements:
        connection.createStatement().execute(statement)
    connection.close()
    attributes.remove("create")
    attributes.setProperty("shutdown", "true")
    # Derby reports its orderly end as an error.
    with suppress(jpype.JException):
        drivers.getConnection(url, attributes)


@pytest.fixture
def opened(toolchain: JavaToolchain) -> Open:
    return lambda derby, login: DerbySource(derby.directory, toolchain=toolchain, login=login)


def test_the_boot_password_opens_an_encrypted_database(
    encrypted: DerbySample, opened: Open
) -> None:
    with opened(encrypted, DerbyLogin(boot_password=BOOT)) as source:
        (table,) = source.tables()
    assert table.name == "T"


def test_missing_and_wrong_boot_passwords_are_distinguished(
    encrypted: DerbySample, opened: Open
) -> None:
    with pytest.raises(SourceEncrypted, match="no boot password is known") as missing:
        opened(encrypted, DerbyLogin()).__enter__()
    assert not isinstance(missing.value, WrongBootPassword)
    with pytest.raises(WrongBootPassword, match="does not open it") as wrong:
        opened(encrypted, DerbyLogin(boot_password="not-the-one-of-this")).__enter__()
    assert "not-the-one-of-this" not in str(wrong.value)


def test_a_boot_password_is_tried_without_the_data(
    encrypted: DerbySample, toolchain: JavaToolchain
) -> None:
    layout = read_layout(encrypted.directory)
    right, wrong = (DerbyLogin(boot_password=each) for each in (BOOT, "not-the-one-of-this"))
    assert boot_password_opens(layout, right, toolchain=toolchain) is True
    assert boot_password_opens(layout, wrong, toolchain=toolchain) is False
    keyless = replace(layout, properties="dataEncryption=true")
    assert boot_password_opens(keyless, right, toolchain=toolchain) is None


def test_a_boot_password_that_nobody_asked_for_does_no_harm(
    derby: DerbySample, opened: Open
) -> None:
    derby.run("CREATE TABLE t (a INTEGER)")
    with opened(derby, DerbyLogin(boot_password=BOOT, user="x", password="y")) as source:
        assert len(source.tables()) == 1


def test_the_owner_reads_a_database_that_asks_who_comes(guarded: DerbySample, opened: Open) -> None:
    with opened(guarded, DerbyLogin(user="owner", password="own-pass")) as source:
        (table,) = source.tables()
    assert table.row_count == 2


def test_missing_wrong_and_powerless_users_are_distinguished(
    guarded: DerbySample, opened: Open
) -> None:
    with pytest.raises(SourceAsksLogin, match="none is known") as missing:
        opened(guarded, DerbyLogin()).__enter__()
    assert type(missing.value) is SourceAsksLogin
    with pytest.raises(WrongDerbyLogin, match="refuses") as wrong:
        opened(guarded, DerbyLogin(user="owner", password="a-wrong-pass")).__enter__()
    assert "a-wrong-pass" not in str(wrong.value)
    with (
        opened(guarded, DerbyLogin(user="guest", password="guest-pass")) as source,
        pytest.raises(DerbyDenied, match="its owner"),
    ):
        source.tables()


def test_no_password_shows_in_the_process_or_in_its_files(
    encrypted: DerbySample, opened: Open
) -> None:
    with opened(encrypted, DerbyLogin(boot_password=BOOT)) as source:
        process = Path(f"/proc/{source.pid}")
        shown = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        scratch = Path(
            next(
                word
                for word in (process / "cmdline").read_text().split("\0")
                if word.startswith("-Dderby.system.home=")
            ).partition("=")[2]
        )
        written = b"".join(path.read_bytes() for path in scratch.iterdir() if path.is_file())
        assert written
    assert BOOT.encode() not in shown + written
    assert BOOT not in repr(DerbyLogin(boot_password=BOOT))
