"""Whether the target's table is still the one that was planned for, asked chunk by chunk.

Some engines round or convert in silence what a column no longer holds; so the shape is compared in
the transaction that writes, before it writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.errors import SchemaChanged
from migrations_ui.transfer.tables import TablePlan, TargetTable


def require_unchanged(table: TablePlan, target: Target) -> None:
    """Raises SchemaChanged. Call inside the transaction that writes to the table."""
    changes = "; ".join(changes_of(table, target.introspection.lock_definition(table.name)))
    if changes:
        raise SchemaChanged(f"{table.name}: {changes}. {SchemaChanged()}")


def changes_of(table: TablePlan, now: TargetTable | None) -> Iterator[str]:
    """What is different from the plan, in the planned columns; only what rows depend on."""
    if now is None:
        yield "the table has been dropped or renamed since the copy began"
        return
    columns = {column.name: column for column in now.columns}
    for planned in table.columns:
        found = columns.get(planned.target)
        if found is None:
            yield f"its column {planned.target} has been dropped or renamed since the copy began"
        elif found.form != planned.form.removesuffix("!"):
            was = f"was {planned.target_type}" if planned.target_type else "was another type"
            yield f"its column {planned.target} {was} when the copy began, and is {found.type} now"
