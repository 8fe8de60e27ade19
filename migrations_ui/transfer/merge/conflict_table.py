"""The table beside a table in which a run keeps rows: its name, its columns, and how it is made."""

from __future__ import annotations

import hashlib

from django.db.models import BigIntegerField, CharField

from migrations_ui.transfer.checkpoint.control_tables import Columns
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.merge_policy import MergeVerdict
from migrations_ui.transfer.tables import TablePlan

LONGEST_NAME = 30
PREFIX = "lg_met_"
SERVER, POOL = "server", "pool"
WON, LOST = MergeVerdict.REPLACED, MergeVerdict.KEPT
# While a row is tried by itself; never committed.
TRYING = "trying"
MORE: Columns = {
    "lg_run": CharField(max_length=64),
    "lg_side": CharField(max_length=6),
    "lg_verdict": CharField(max_length=8),
    # Where the chunk began that the rows met in.
    "lg_first": BigIntegerField(),
}


def conflict_table_name(table: str) -> str:
    """The table's own name where it is plain and short; else distinguished by a digest."""
    name = f"{PREFIX}{table.casefold()}"
    if (table.islower() or table.isupper()) and len(name) <= LONGEST_NAME:
        return name
    return f"{PREFIX}{hashlib.blake2b(table.encode(), digest_size=8).hexdigest()}"


def ensure_conflict_table(target: Target, table: TablePlan) -> None:
    """Make the conflict table if it is missing. Call outside of a transaction: some engines
    commit with each statement of this kind."""
    name = conflict_table_name(table.name)
    if not table.key or name in target.introspection.table_names():
        return
    types = {more: str(field.db_type(target.backend)) for more, field in MORE.items()}
    try:
        for statement in target.grammar.create_like(table, name, types):
            target.execute(statement)
        target.execute(
            f"CREATE INDEX {target.grammar.quote(_index_name(name))} "
            f"ON {target.grammar.quote(name)} (lg_run, lg_first)"
        )
    except TargetRefused:
        # Another lane or a twin made it in the same moment, or it is really refused.
        if name not in target.introspection.table_names():
            raise


def why_conflict_table_too_narrow(target: Target, table: TablePlan) -> str:
    """Why it cannot keep this table's rows; empty when it can. Call in a transaction.

    It has the types that the table had when it was made: some engines would round in silence what
    a column holds that was widened since, and a rollback would put that back.
    """
    name = conflict_table_name(table.name)
    made = target.introspection.lock_definition(name)
    kept = {column.name: column for column in made.columns} if made else {}
    for column in table.columns:
        found = kept.get(column.target)
        if found is not None and found.form != column.form.removesuffix("!"):
            return (
                f"{table.name}.{column.target} is {column.target_type} by now, and {name}, which "
                f"keeps rows as they were, has it as {found.type}. Have the DBA give "
                f"{name}.{column.target} the same type, then try again."
            )
    return ""


def _index_name(name: str) -> str:
    return f"lg_ix_{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"
