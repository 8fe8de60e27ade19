"""The statements for SQL Server, as they are in the golden file. No server reads them here."""

from __future__ import annotations

from migrations_ui.transfer.engines.sqlserver import catalog, words
from tests.migrations_ui.transfer.engines.sample import DOC, PLAIN, golden, statements


def test_statements_are_those_of_the_golden_file() -> None:
    written = [
        *statements(words.WORDS),
        *words.create_staging(DOC, "lg_staged"),
        words.delete_whole_rows(PLAIN, "lg_source_rows"),
        words.identity_insert("Doc's", on=True),
        " ".join(catalog.PARENTS.split()),
        " ".join(catalog.FOREIGN_KEYS.split()),
    ]
    assert written == golden("sqlserver")


def test_a_bracket_in_a_name_ends_no_name() -> None:
    assert words.quote("a]b") == "[a]]b]"
