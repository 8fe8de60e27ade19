"""A chunk whose rows may meet the pool's: who stays, written down on both sides, in one
transaction with the rows."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from migrations_ui.transfer.engines.base import KeyConflict, Target
from migrations_ui.transfer.engines.dialect import Grammar
from migrations_ui.transfer.engines.row_keys import key_text
from migrations_ui.transfer.errors import ConflictsFound, TargetRefused
from migrations_ui.transfer.masking import Masking
from migrations_ui.transfer.merge.conflict_pages import ConflictPages
from migrations_ui.transfer.merge.conflict_statements import ConflictStatements, Followed
from migrations_ui.transfer.merge.conflict_table import (
    TRYING,
    ensure_conflict_table,
    why_conflict_table_too_narrow,
)
from migrations_ui.transfer.merge.conflicts import conflicts_of_chunk
from migrations_ui.transfer.merge_policy import MergeCounts, MergePolicy, MergeRules, MergeVerdict
from migrations_ui.transfer.tables import RejectedRow, TablePlan

STAGING = "lg_staged"
KEPT_OUT = "lg_kept_out"
SAVEPOINT = "lg_try"
TAKEN = "another row of the pool has a value that may be there only once"


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What became of a staged chunk: rows written besides those in `met`, and rejects."""

    merged: MergeCounts
    rejects: tuple[RejectedRow, ...]


@dataclass(frozen=True, slots=True)
class ChunkMerge:
    """One table's rows on their way into a pool that may have them already."""

    table: TablePlan
    run_id: str
    policy: MergePolicy
    rules: MergeRules
    # All tables of the plan: this one may follow the verdicts of another.
    tables: Sequence[TablePlan] = ()
    # Of the rows that it is to stop at.
    masking: Masking = Masking()  # noqa: RUF009  frozen

    def prepare(self, target: Target) -> None:
        """Make the conflict tables that verdicts are written to and read from. Call outside of a
        transaction. Raises TargetRefused for one that an earlier run made, and that is narrower
        than its table by now."""
        ensure_conflict_table(target, self.table)
        if self.table.key:
            with target.transaction():
                why = why_conflict_table_too_narrow(target, self.table)
            if why:
                raise TargetRefused(why)
        if self._parent is not None:
            ensure_conflict_table(target, self._parent)

    def settle(self, target: Target, first_row: int) -> ChunkResult:
        """Write the chunk staged in STAGING. Call in a transaction.

        Raises RowsInTheWay when the run is to stop at such rows, and KeyConflict when somebody
        wrote one of the rows in this very moment.
        """
        if not self.table.key:
            target.operations.insert_staged(self.table, STAGING)
            return ChunkResult(MergeCounts(), ())
        sql = ConflictStatements(self.table, self.run_id, target)
        tally = self._resolve_conflicts(target, sql, first_row)
        # Usually first what is replaced, because it may set a value free that a new row brings. In
        # a table that refers to itself it may also refer to a new one.
        new_first = self.table.refers_to_itself
        if not new_first:
            self._replace_conflicts(target, sql, first_row, tally)
        kept_out = target.operations.insert_staged(self.table, STAGING)
        if kept_out:
            self._refuse_newcomers(target, kept_out)
        if new_first:
            self._replace_conflicts(target, sql, first_row, tally)
        merged = MergeCounts(
            updated=tally[MergeVerdict.REPLACED],
            equal=tally[MergeVerdict.EQUAL],
            kept=tally[MergeVerdict.KEPT] + tally[MergeVerdict.UNIQUE_VIOLATION],
        )
        rejects = tuple(
            RejectedRow(self.table.name, None, key_text(key), "", TAKEN, "") for key in kept_out
        )
        return ChunkResult(merged, rejects)

    @property
    def _parent(self) -> TablePlan | None:
        """The table that this one follows, if it goes along and has a key."""
        return next(
            (one for one in self.tables if one.key and self.rules.is_parent_of(one, self.table)),
            None,
        )

    @property
    def _followed(self) -> Followed | None:
        parent, rule = self._parent, self.rules.parent_of(self.table)
        if parent is None or rule is None:
            return None
        pairs = [
            (_called(name, self.table.column_names), _called(name, parent.column_names))
            for name in rule.columns
        ]
        known = tuple((own, its) for own, its in pairs if own and its)
        return Followed(parent.name, known) if len(known) == len(pairs) else None

    def _resolve_conflicts(
        self, target: Target, sql: ConflictStatements, first_row: int
    ) -> Counter[str]:
        """Write down the conflicting rows and take them out of the staging table; the verdicts."""
        (locked,) = target.execute(target.grammar.lock_conflicts(self.table, STAGING))[0]
        if not locked:
            return Counter()
        verdict = sql.verdict_sql(self.policy, self.rules.age_of(self.table), self._followed)
        for statement in sql.record_conflicts(STAGING, first_row, verdict):
            target.execute(statement)
        tally = Counter(dict(target.execute(sql.tally(first_row))))
        unequal = tally.total() - tally[MergeVerdict.EQUAL]
        if self.policy is MergePolicy.STOP and unequal:
            # They are read now: with the transaction both sides go again.
            found = conflicts_of_chunk(
                ConflictPages(self.table, self.run_id, target),
                first=first_row,
                limit=ConflictsFound.most_rows,
                masking=self.masking,
            )
            rows = tuple((each.key, each.values) for each in found)
            raise ConflictsFound(self.table.name, rows, count=unequal)
        target.operations.discard_staged(STAGING, sql.take_out_conflicts(STAGING, first_row))
        return tally

    def _replace_conflicts(
        self, target: Target, sql: ConflictStatements, first_row: int, tally: Counter[str]
    ) -> None:
        """Put the server's rows in place of the pool's that lost; `tally` counts afterwards what
        came of it."""
        if not tally[MergeVerdict.REPLACED]:
            return
        unique_violations = self._hold_back_referred_to(target, sql, first_row)
        unique_violations += self._replace(target, sql, first_row)
        tally[MergeVerdict.REPLACED] -= unique_violations
        tally[MergeVerdict.UNIQUE_VIOLATION] += unique_violations

    def _hold_back_referred_to(
        self, target: Target, sql: ConflictStatements, first_row: int
    ) -> int:
        """What the pool's rows refer to by another column than the key stays, whatever the foreign
        key would do to them otherwise; how many rows."""
        statements = (
            sql.keys_referred_to(first_row, key)
            for key in target.introspection.foreign_keys()
            if key.parent == self.table.name
        )
        unique_violations = {
            key for statement in statements if statement for key in target.execute(statement)
        }
        for key in unique_violations:
            target.execute(sql.change_verdict(first_row, MergeVerdict.UNIQUE_VIOLATION), key)
        return len(unique_violations)

    def _replace(self, target: Target, sql: ConflictStatements, first_row: int) -> int:
        """Replace rows, all at once if that goes; how many could not take their places."""
        savepoint = Savepoint(target)
        savepoint.make()
        try:
            target.execute(sql.replace(first_row))
        except KeyConflict:
            savepoint.go_back()
        else:
            return 0
        unique_violations = 0
        for key in target.execute(sql.keys(first_row, verdict=MergeVerdict.REPLACED)):
            target.execute(sql.change_verdict(first_row, TRYING), key)
            savepoint.make()
            verdict = MergeVerdict.REPLACED
            try:
                target.execute(sql.replace(first_row, TRYING))
            except KeyConflict:
                savepoint.go_back()
                verdict = MergeVerdict.UNIQUE_VIOLATION
                unique_violations += 1
            target.execute(sql.change_verdict(first_row, verdict), key)
        return unique_violations

    def _refuse_newcomers(self, target: Target, keys: Sequence[tuple[Any, ...]]) -> None:
        """A row whose key has only now appeared was written between our look and the insert."""
        stage_keys(target, self.table, keys)
        only_key = key_plan(self.table)
        there = target.execute(_count_there(target.grammar, only_key))
        if there[0][0]:
            raise KeyConflict


class Savepoint:
    """A place to go back to inside a transaction, in the words of the target's backend. Each
    has a name of its own: not every engine forgets one when another of its name is made."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._numbers = itertools.count()
        self._name = ""

    def make(self) -> None:
        self._name = f"{SAVEPOINT}_{next(self._numbers)}"
        self._target.execute(self._target.backend.ops.savepoint_create_sql(self._name))

    def go_back(self) -> None:
        self._target.execute(self._target.backend.ops.savepoint_rollback_sql(self._name))


def _called(name: str, names: Sequence[str]) -> str:
    return next((each for each in names if each.casefold() == name), "")


def key_plan(table: TablePlan) -> TablePlan:
    """The plan of a staging table that holds keys only."""
    return replace(table, columns=tuple(table.columns[index] for index in table.key_indexes))


def stage_keys(target: Target, table: TablePlan, keys: Sequence[tuple[Any, ...]]) -> None:
    """Into the staging table KEPT_OUT."""
    target.operations.stage_rows(key_plan(table), KEPT_OUT, keys)


def _count_there(grammar: Grammar, only_key: TablePlan) -> str:
    return (
        f"SELECT COUNT(*) FROM {grammar.quote(only_key.name)} t "
        f"JOIN {grammar.staged(only_key, KEPT_OUT)} s ON {grammar.same_key(only_key, 't', 's')}"
    )
