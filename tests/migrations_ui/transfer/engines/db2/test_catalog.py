"""Db2's types in the reader's words, before and after lengths could count characters."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.engines.db2.catalog import Db2ColumnType, read_tables, read_unique_keys

TYPES = [
    (("VARCHAR", 40, 0, False, "OCTETS", 40), "VARCHAR(40)", "text:40"),
    (("VARCHAR", 160, 0, False, "CODEUNITS32", 40), "VARCHAR(40 CODEUNITS32)", "varchar:40"),
    (("CHARACTER", 8, 0, False, "OCTETS", 8), "CHARACTER(8)", "bpchar:8:octets"),
    (("CHARACTER", 32, 0, False, "CODEUNITS32", 8), "CHARACTER(8 CODEUNITS32)", "bpchar:8"),
    (("CLOB", 1048576, 0, False, "OCTETS", 1048576), "CLOB(1048576)", "text:1048576"),
    (("LONG VARCHAR", 32700, 0, False, "", 32700), "LONG VARCHAR", "text:32700"),
    (("CHARACTER", 4, 0, True, "", 4), "CHARACTER(4) FOR BIT DATA", "bytea:4:fixed"),
    (("VARCHAR", 40, 0, True, "", 40), "VARCHAR(40) FOR BIT DATA", "bytea:40"),
    (("BLOB", 2097152, 0, False, "", 2097152), "BLOB(2097152)", "bytea:2097152"),
    (("DECIMAL", 31, 9, False, "", 31), "DECIMAL(31, 9)", "numeric:31:9"),
    (("TIMESTAMP", 10, 6, False, "", 10), "TIMESTAMP(6)", "timestamp"),
    (("TIMESTAMP", 13, 12, False, "", 13), "TIMESTAMP(12)", "timestamp"),
    (("TIMESTAMP", 7, 0, False, "", 7), "TIMESTAMP(0)", "timestamp:0"),
    (("BIGINT", 8, 0, False, "", 8), "BIGINT", "int8"),
    (("DOUBLE", 8, 0, False, "", 8), "DOUBLE", "float8"),
    (("BOOLEAN", 1, 0, False, "", 1), "BOOLEAN", "bool"),
    (("DECFLOAT", 16, 0, False, "", 16), "DECFLOAT", ""),
    (("GRAPHIC", 8, 0, False, "", 8), "GRAPHIC(8)", ""),
    (("XML", 0, 0, False, "", 0), "XML", ""),
]


@pytest.mark.parametrize(("described", "title", "form"), TYPES)
def test_each_type(described: tuple[str, int, int, bool, str, int], title: str, form: str) -> None:
    kind = Db2ColumnType(*described)
    assert (kind.title, kind.form) == (title, form)


def test_what_the_server_always_generates_is_not_written() -> None:
    (table,) = read_tables(
        [
            ("DOC", "ID", "INTEGER ", 4, 0, 0, None, None, 0, 1, 1, 1),
            ("DOC", "TWICE", "INTEGER", 4, 0, 0, None, None, 1, 1, 1, 0),
            ("DOC", "PART", "INTEGER", 4, 0, 0, None, None, 0, 1, 0, 1),
            ("DOC", "TAG", "VARCHAR", 16, 0, 0, None, None, 1, 0, 0, 0),
        ]
    )
    assert [(each.name, each.form) for each in table.columns] == [
        ("ID", ""),
        ("PART", "int4"),
        ("TAG", "bytea:16"),
    ]


def test_the_columns_of_each_unique_index() -> None:
    assert read_unique_keys([("K1", "A"), ("K1", "B"), ("K2", "C")]) == [("A", "B"), ("C",)]


def test_a_table_has_the_parents_that_its_foreign_keys_refer_to() -> None:
    rows = [(name, "ID", "INTEGER", 4, 0, 0, None, None, 0, 0, 0, 0) for name in ("A", "B")]
    parents = {table.name: table.parents for table in read_tables(rows, [("B", "A"), ("B", "B")])}
    assert parents == {"A": (), "B": ("A", "B")}
