"""A table plan with a column of each form, for the statements' golden files."""

from __future__ import annotations

from pathlib import Path

from migrations_ui.transfer.engines.set_statements import SetDialect, Sets
from migrations_ui.transfer.tables import ColumnPlan, SourceTable, TablePlan

GOLDEN = Path(__file__).parent / "golden"


def plan(name: str, forms: dict[str, str], key: tuple[str, ...]) -> TablePlan:
    columns = tuple(ColumnPlan(column, column, "", form) for column, form in forms.items())
    return TablePlan(SourceTable("APP", name, 0, key, ()), name, columns, key)


DOC = plan(
    "Doc's",
    {"user_id": "varchar:40!", "part": "int4!", "tag": "bytea:16", "note": "text:4096"},
    key=("user_id", "part"),
)
PLAIN = plan("plain", {"note": "varchar:40", "tag": "bytea:16", "size": "int8"}, key=())


def statements(words: SetDialect) -> list[str]:
    """Every statement that both engines share, over the sample."""
    sets = Sets(words, DOC)
    there = sets.staged("lg_target_rows")
    return [
        sets.empty("lg_staged"),
        sets.insert("lg_staged"),
        sets.insert_values(sets.staged("lg_staged")),
        *sets.conflicts("lg_staged", ("user_id", "part")),
        *sets.conflicts("lg_staged", ("tag",)),
        *sets.doubles("lg_staged", ("user_id", "part")),
        sets.delete("lg_source_rows"),
        sets.subtract("lg_source_rows", "lg_kept_out"),
        sets.unmatched(sets.staged("lg_source_rows"), there),
        sets.matched("lg_source_rows", there),
        sets.drop_ordinals("lg_source_rows", [1, 2, 3]),
        sets.rows(sets.real),
    ]


def golden(engine: str) -> list[str]:
    """The statements of an engine's golden file, which blank lines part."""
    text = (GOLDEN / f"{engine}.sql").read_text(encoding="utf-8")
    return [" ".join(statement.split()) for statement in text.strip().split("\n\n")]
