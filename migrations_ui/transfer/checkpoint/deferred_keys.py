"""The foreign keys that a run has deferred, as the target remembers them (lg_deferred)."""

from __future__ import annotations

from migrations_ui.transfer.checkpoint.control_tables import DEFERRED, FOREIGN_KEYS_FROM
from migrations_ui.transfer.control import Observer
from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.errors import RefersToNothing
from migrations_ui.transfer.tables import TablePlan

OF_RUN = "WHERE run_id = %s AND position >= %s"


def counts(statement: str) -> bool:
    """Whether it counts the rows that refer to nothing, and puts nothing back."""
    return statement.startswith("SELECT")


class DeferredKeys:
    """Those of one run. What puts one back is a statement that counts the rows that refer to
    nothing, and one that makes it again where it was dropped, or switches it on."""

    def __init__(self, target: Target, run_id: str) -> None:
        self._target = target
        self._run_id = run_id
        self._of_run = [run_id, FOREIGN_KEYS_FROM]

    def defer(self, table: TablePlan, *, alone: bool) -> None:
        """Put those of the table aside that no order of writing satisfies, if they are not yet;
        `alone`: nobody else uses the table. In the transaction that notes the table."""
        if self.has_any_of(table):
            return
        statements = [
            (name, statement)
            for name, restoring in self._target.schema_editor.defer_foreign_keys(table, alone=alone)
            for statement in restoring
        ]
        for position, (name, statement) in enumerate(statements, start=FOREIGN_KEYS_FROM):
            self._target.execute(
                DEFERRED.insert, [self._run_id, table.name, position, name, statement]
            )

    def has_any_of(self, table: TablePlan) -> bool:
        return table.name in {name for name, _ in self.names()}

    def names(self) -> set[tuple[str, str]]:
        """Table and name of each that is aside now."""
        rows = self._target.execute(
            f"SELECT table_name, object_name FROM lg_deferred {OF_RUN}",  # noqa: S608
            self._of_run,
        )
        return {(table, name) for table, name in rows}

    def put_back(self) -> list[str]:
        """Put back those of all tables, all or none; their names. Raises RefersToNothing.

        In a transaction of its own, when no more rows are to come.
        """
        # A twin waits here, and finds nothing left.
        self._target.change(
            f"UPDATE lg_deferred SET position = position {OF_RUN}",  # noqa: S608
            self._of_run,
        )
        rows = self._target.execute(
            f"SELECT table_name, object_name, statement FROM lg_deferred {OF_RUN} "  # noqa: S608
            "ORDER BY table_name, position",
            self._of_run,
        )
        # Somebody may have put one back by hand.
        there = {(key.table, key.name) for key in self._target.introspection.foreign_keys()}
        for table, name, statement in rows:
            if counts(statement):
                self._refuse_dangling(table, name, statement)
            elif (table, name) not in there:
                self._target.schema_editor.restore([statement])
        self._target.execute(f"DELETE FROM lg_deferred {OF_RUN}", self._of_run)  # noqa: S608
        return list(dict.fromkeys(f"{table}.{name}" for table, name, _ in rows))

    def dangling(self, table: TablePlan) -> tuple[str, int] | None:
        """One of the table's, and how many rows would keep it from being put back."""
        rows = self._target.execute(
            f"SELECT object_name, statement FROM lg_deferred {OF_RUN} "  # noqa: S608
            "AND table_name = %s ORDER BY position",
            [*self._of_run, table.name],
        )
        for name, statement in rows:
            if counts(statement):
                ((count,),) = self._target.execute(statement)
                if count:
                    return name, int(count)
        return None

    def _refuse_dangling(self, table: str, name: str, statement: str) -> None:
        ((count,),) = self._target.execute(statement)
        if count:
            raise RefersToNothing(
                f"{table}: {count:,} rows refer to rows that are not there (foreign key {name}), "
                "so it is not put back yet. Bring the rows that they refer to, or delete these, "
                "then retry."
            )


def put_back(target: Target, run_id: str, observer: Observer) -> None:
    """Put back what foreign keys of the run are deferred, all or none."""
    with target.transaction():
        names = DeferredKeys(target, run_id).put_back()
    if names:
        observer.note(f"Every row is checked for what it refers to: {', '.join(names)}.")
