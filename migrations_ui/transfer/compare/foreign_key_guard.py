"""Writing to a table that refers to itself, beside a foreign key that may check row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from migrations_ui.transfer.checkpoint.deferred_keys import counts
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.tables import ForeignKey, TablePlan


@contextmanager
def dangling_refused(
    table: TablePlan, target: Target, refused: Callable[[ForeignKey, int], TargetRefused]
) -> Iterator[None]:
    """Inside a transaction: the rows of a table that refers to itself may be written in any order,
    and at the end none more may refer to nothing than before. Raises what `refused` makes of a
    foreign key and the number of such rows.

    Engines that are known to check a statement at its end need none of this: there it does
    nothing. What an engine drops for it is made again before the transaction ends, so that nobody
    else is ever without.
    """
    if target.schema_editor.checks_by_statement:
        yield
        return
    keys = [
        key for key in target.introspection.foreign_keys() if table.name in {key.table, key.parent}
    ]
    if not any(key.table == key.parent for key in keys):
        yield
        return
    quote = target.grammar.quote
    before = {key: target.execute(count_dangling(key, quote))[0][0] for key in keys}
    aside = target.schema_editor.defer_foreign_keys(table, alone=True)
    with target.schema_editor.foreign_keys_unchecked():
        yield
    for key in keys:
        ((after,),) = target.execute(count_dangling(key, quote))
        if after > before[key]:
            raise refused(key, after - before[key])
    target.schema_editor.restore(
        [statement for _, restoring in aside for statement in restoring if not counts(statement)]
    )
