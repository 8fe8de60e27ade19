"""Keys and foreign keys as Derby's catalog describes them."""

from __future__ import annotations

from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample


def test_keys_unique_indexes_and_parents_of_all_tables(
    derby: DerbySample, open_source: OpenSource
) -> None:
    derby.run(
        "CREATE SCHEMA other",
        "CREATE TABLE other.kinds (b INTEGER NOT NULL, a INTEGER NOT NULL, PRIMARY KEY (a, b))",
        "CREATE TABLE doc (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b INTEGER, up INTEGER,"
        " FOREIGN KEY (a, b) REFERENCES other.kinds, FOREIGN KEY (up) REFERENCES doc)",
        "CREATE TABLE descending (a INTEGER NOT NULL, b INTEGER NOT NULL)",
        "CREATE UNIQUE INDEX down ON descending (b DESC, a)",
        "CREATE TABLE nullable (a INTEGER UNIQUE, b INTEGER NOT NULL)",
        "CREATE INDEX plain ON nullable (b)",
        "CREATE TABLE two (a INTEGER NOT NULL, b INTEGER NOT NULL)",
        "CREATE UNIQUE INDEX z_first ON two (a)",
        "CREATE UNIQUE INDEX a_second ON two (b)",
        "CREATE TABLE dropped (gone INTEGER, a INTEGER NOT NULL, b INTEGER NOT NULL)",
        "ALTER TABLE dropped DROP COLUMN gone",
        "ALTER TABLE dropped ADD PRIMARY KEY (b)",
        "CREATE VIEW seen AS SELECT id FROM doc",
    )
    derby.insert("two", [(1, 2), (2, 3)])
    with open_source() as source:
        catalog = source.catalog()
    assert {(each.schema, each.name): each.key for each in catalog.tables} == {
        ("OTHER", "KINDS"): ("A", "B"),
        ("APP", "DOC"): ("ID",),
        ("APP", "DESCENDING"): ("B", "A"),
        ("APP", "NULLABLE"): (),
        ("APP", "TWO"): ("B",),
        ("APP", "DROPPED"): ("B",),
    }
    found = {each.name: set(each.parents) for each in catalog.tables if each.parents}
    assert found == {"DOC": {("OTHER", "KINDS"), ("APP", "DOC")}}
    assert {each.name: each.row_count for each in catalog.tables}["TWO"] == 2
    assert [each.name for each in catalog.ignored] == ["SEEN"]


def test_counts_belong_to_their_tables_however_many_there_are(
    derby: DerbySample, open_source: OpenSource
) -> None:
    many = 45
    derby.run(*(f"CREATE TABLE t{number} (a INTEGER)" for number in range(many)))
    derby.run(
        *(
            f"INSERT INTO t{number} VALUES {', '.join(['1'] * number)}"  # noqa: S608
            for number in range(1, many)
        )
    )
    with open_source() as source:
        counts = {each.name: each.row_count for each in source.catalog().tables}
    assert counts == {f"T{number}": number for number in range(many)}
