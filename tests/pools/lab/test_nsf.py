"""The database setting travels with LotusTraveler.nsf and is not readable in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pools.lab.nsf import NsfDatabaseSetting, TravelerNsf, engine_of
from tests.factories import DatabaseConfigurationFactory

SETTING = NsfDatabaseSetting(
    "jdbc:db2://db.example:50000/TRAVELER", "lnt=user", "p@ss;w=rd", "a.jar"
)


@pytest.fixture
def nsf(tmp_path: Path) -> TravelerNsf:
    nsf = TravelerNsf(tmp_path / "LotusTraveler.nsf", "TRAV1-1")
    nsf.create("seed")
    return nsf


def test_a_new_file_has_no_setting(nsf: TravelerNsf) -> None:
    assert nsf.read_setting() is None


def test_a_setting_is_kept_sealed(nsf: TravelerNsf) -> None:
    nsf.write_setting(SETTING)
    assert nsf.read_setting() == SETTING
    assert b"p@ss" not in nsf.path.read_bytes()


def test_a_restored_copy_brings_the_old_setting_back(nsf: TravelerNsf) -> None:
    backup = shutil.copy(nsf.path, nsf.path.with_suffix(".bak"))
    nsf.write_setting(SETTING)
    nsf.write_setting(NsfDatabaseSetting("jdbc:mysql://other:3306/x", "u", "p"))
    shutil.copy(backup, nsf.path)
    assert nsf.read_setting() is None


def test_removing_leaves_the_rest_of_the_file(nsf: TravelerNsf) -> None:
    before = nsf.path.read_bytes()
    nsf.write_setting(SETTING)
    nsf.write_setting(None)
    assert nsf.path.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "engine", "name"),
    [
        ("jdbc:db2://host:50000/TRAVELER", "db2", "TRAVELER"),
        ("jdbc:sqlserver://host:1433;databaseName=T;encrypt=true", "sqlserver", "T"),
        ("jdbc:postgresql://host:5432/traveler?ssl=true", "postgresql", "traveler"),
    ],
)
def test_jdbc_addresses_become_logins(url: str, engine: str, name: str) -> None:
    login = NsfDatabaseSetting(url, "u", "p").login()
    assert (login.engine, login.host, login.name) == (engine, "host", name)
    assert engine_of(url) == engine


@pytest.mark.parametrize("schema", ["", "lnt", "Trav", 'a "b", c'])
def test_traveler_works_in_the_schema_that_the_console_knows(schema: str) -> None:
    """The address carries it to PostgreSQL, whose search path folds names without quotes."""
    database = DatabaseConfigurationFactory.build(engine="postgresql", schema=schema)
    login = NsfDatabaseSetting(database.jdbc_url, database.username, database.password).login()
    assert login == database.login()


def test_on_db2_notes_ini_names_the_schema() -> None:
    assert SETTING.login({"NTS_DB2_SCHEMA": "LNT"}).schema == "LNT"
    assert SETTING.login({}).schema == ""


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not valid"):
        NsfDatabaseSetting("jdbc:postgresql:traveler", "u", "p").login()


def test_no_password_in_a_representation() -> None:
    assert "p@ss" not in repr(SETTING)
