"""SQL Server's types in the reader's words: only what is kept exactly has a form."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.engines.sqlserver.catalog import (
    SqlServerColumnType,
    read_tables,
    read_unique_keys,
)

UTF8 = "Latin1_General_100_CI_AS_SC_UTF8"
LATIN = "SQL_Latin1_General_CP1_CI_AS"
TYPES = [
    (("nvarchar", 80, 0, 0, LATIN), "nvarchar(40)", "varchar:40:nul:units"),
    (("nvarchar", -1, 0, 0, LATIN), "nvarchar(max)", "text:2147483647:nul"),
    (("nchar", 16, 0, 0, LATIN), "nchar(8)", "bpchar:8:nul:units"),
    (("varchar", 40, 0, 0, UTF8), "varchar(40)", "text:40:nul"),
    (("varchar", -1, 0, 0, UTF8), "varchar(max)", "text:2147483647:nul"),
    # A code page that turns characters into question marks, and what rounds or pads otherwise.
    (("varchar", 40, 0, 0, LATIN), "varchar(40)", ""),
    (("char", 8, 0, 0, UTF8), "char(8)", ""),
    (("datetime", 8, 23, 3, ""), "datetime", ""),
    (("smalldatetime", 4, 16, 0, ""), "smalldatetime", ""),
    (("money", 8, 19, 4, ""), "money", ""),
    (("datetimeoffset", 10, 34, 7, ""), "datetimeoffset(7)", ""),
    (("datetime2", 8, 27, 7, ""), "datetime2(7)", "timestamp"),
    (("datetime2", 6, 19, 0, ""), "datetime2(0)", "timestamp:0"),
    (("decimal", 17, 31, 9, ""), "decimal(31,9)", "numeric:31:9"),
    (("tinyint", 1, 3, 0, ""), "tinyint", "int2:0:255"),
    (("bit", 1, 1, 0, ""), "bit", "bool"),
    (("real", 4, 24, 0, ""), "real", "float4"),
    (("float", 8, 53, 0, ""), "float", "float8"),
    (("binary", 4, 0, 0, ""), "binary(4)", "bytea:4:fixed"),
    (("varbinary", 40, 0, 0, ""), "varbinary(40)", "bytea:40"),
    (("varbinary", -1, 0, 0, ""), "varbinary(max)", "bytea"),
    (("uniqueidentifier", 16, 0, 0, ""), "uniqueidentifier", ""),
]


@pytest.mark.parametrize(("described", "title", "form"), TYPES)
def test_each_type(described: tuple[str, int, int, int, str], title: str, form: str) -> None:
    kind = SqlServerColumnType(*described)
    assert (kind.title, kind.form) == (title, form)


def test_computed_columns_are_left_out_and_defaults_fill_themselves() -> None:
    (table,) = read_tables(
        [
            ("doc", "id", "int", 4, 10, 0, None, 0, 1, 0),
            ("doc", "twice", "int", 4, 10, 0, None, 1, 1, 1),
            ("doc", "note", "nvarchar", 20, 0, 0, LATIN, 1, 0, 0),
        ]
    )
    seen = [(each.name, each.nullable, each.fills_itself) for each in table.columns]
    assert seen == [("id", False, True), ("note", True, False)]


def test_the_columns_of_each_unique_index() -> None:
    assert read_unique_keys([(1, "a"), (1, "b"), (3, "c")]) == [("a", "b"), ("c",)]


def test_a_table_has_the_parents_that_its_foreign_keys_refer_to() -> None:
    rows = [(name, "id", "int", 4, 10, 0, None, 0, 0, 0) for name in ("a", "b")]
    parents = {table.name: table.parents for table in read_tables(rows, [("b", "a"), ("b", "b")])}
    assert parents == {"a": (), "b": ("a", "b")}
