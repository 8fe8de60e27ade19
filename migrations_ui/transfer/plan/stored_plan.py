"""A table's plan as text: enough of it to find the rows of a run again without its source."""

from __future__ import annotations

import json

from migrations_ui.transfer.tables import ColumnPlan, SourceTable, TablePlan


def packed(table: TablePlan) -> str:
    columns = [[column.target, column.form] for column in table.columns]
    return json.dumps({"columns": columns, "key": table.key})


def unpacked(name: str, text: str) -> TablePlan:
    """The plan of the target's table `name`; nothing can be copied by it."""
    stored = json.loads(text)
    key = tuple(stored["key"])
    return TablePlan(
        source=SourceTable("", name, 0, key, ()),
        name=name,
        columns=tuple(ColumnPlan(column, column, "", form) for column, form in stored["columns"]),
        key=key,
    )
