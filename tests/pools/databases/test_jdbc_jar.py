"""A driver is found by the vendor's name, or as its maker ships it."""

from __future__ import annotations

import pytest

from pools.databases.engines import ENGINES


@pytest.mark.parametrize(
    ("engine", "file"),
    [
        ("db2", "db2jcc4.jar"),
        ("db2", "jcc-11.5.9.0.jar"),
        ("sqlserver", "mssql-jdbc-12.4.2.jre11.jar"),
        ("mysql", "mysql-connector-j-8.4.0.jar"),
        ("mysql", "mysql-connector-java-5.1.49-bin.jar"),
        ("postgresql", "postgresql-42.7.3.jar"),
    ],
)
def test_it_is_found_among_others(engine: str, file: str) -> None:
    others = ["derby.jar", "mariadb-java-client-3.4.0.jar", "readme.txt"]
    assert ENGINES[engine].jdbc_jar.choose([*others, file]) == file
    assert ENGINES[engine].jdbc_jar.choose(others) is None


def test_the_vendor_s_name_comes_first_and_then_the_newest() -> None:
    jar = ENGINES["postgresql"].jdbc_jar
    versions = ["postgresql-42.9.1.jar", "postgresql-42.10.0.jar", "postgresql-9.4.1212.jar"]
    assert jar.choose(versions) == "postgresql-42.10.0.jar"
    assert jar.choose([*versions, "postgresql-jdbc.jar"]) == "postgresql-jdbc.jar"


def test_sources_and_documentation_are_no_driver() -> None:
    jar = ENGINES["sqlserver"].jdbc_jar
    assert jar.choose(["mssql-jdbc-12.4.2.jre11-sources.jar", "mssql-jdbc-javadoc.jar"]) is None


def test_what_is_missing_is_named_in_all_its_forms() -> None:
    assert str(ENGINES["sqlserver"].jdbc_jar) == "mssql-jdbc.jar or mssql-jdbc*.jar"
