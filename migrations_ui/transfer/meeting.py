"""A chunk whose rows may meet the pool's: who stays, written down on both sides, in one
transaction with the rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from migrations_ui.transfer.errors import RowsInTheWay, TargetRefused
from migrations_ui.transfer.loaders.base import KeyConflict, Target
from migrations_ui.transfer.loaders.grammar import Grammar
from migrations_ui.transfer.loaders.keys import key_text
from migrations_ui.transfer.loaders.shadow import (
    TRYING,
    Followed,
    Shadow,
    ensure_shadow,
    why_shadow_unfit,
)
from migrations_ui.transfer.policy import MeetingRules, Met, Policy, Verdict
from migrations_ui.transfer.tables import Reject, TablePlan

STAGING = "lg_staged"
KEPT_OUT = "lg_kept_out"
SAVEPOINT = "lg_try"
TAKEN = "another row of the pool has a value that may be there only once"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a staged chunk: rows written besides those in `met`, and rejects."""

    met: Met
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One table's rows on their way into a pool that may have them already."""

    table: TablePlan
    run_id: str
    policy: Policy
    rules: MeetingRules
    # All tables of the plan: this one may follow the verdicts of another.
    tables: Sequence[TablePlan] = ()

    def prepare(self, target: Target) -> None:
        """Make the shadows that verdicts are written to and read from. Call outside of a
        transaction. Raises TargetRefused for one that an earlier run made, and that is narrower
        than its table by now."""
        ensure_shadow(target, self.table)
        if self.table.key:
            with target.transaction():
                why = why_shadow_unfit(target, self.table)
            if why:
                raise TargetRefused(why)
        if self._parent is not None:
            ensure_shadow(target, self._parent)

    def settle(self, target: Target, first_row: int) -> Settled:
        """Write the chunk staged in STAGING. Call in a transaction.

        Raises RowsInTheWay when the run is to stop at such rows, and KeyConflict when somebody
        wrote one of the rows in this very moment.
        """
        if not self.table.key:
            target.insert_staged(self.table, STAGING)
            return Settled(Met(), ())
        met = self._settle_met(target, first_row)
        kept_out = target.insert_staged(self.table, STAGING)
        if kept_out:
            self._refuse_newcomers(target, kept_out)
        rejects = tuple(
            Reject(self.table.name, None, key_text(key), "", TAKEN, "") for key in kept_out
        )
        return Settled(met, rejects)

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

    def _settle_met(self, target: Target, first_row: int) -> Met:
        shadow = Shadow(self.table, self.run_id, target)
        (locked,) = target.execute(target.grammar.lock_met(self.table, STAGING))[0]
        if not locked:
            return Met()
        verdict = shadow.judged(self.policy, self.rules.age_of(self.table), self._followed)
        for statement in shadow.record_met(STAGING, first_row, verdict):
            target.execute(statement)
        tally = dict(target.execute(shadow.tally(first_row)))
        unequal = sum(tally.values()) - tally.get(Verdict.EQUAL, 0)
        if self.policy is Policy.STOP and unequal:
            keys = target.execute(shadow.keys(first_row), most=RowsInTheWay.most_keys)
            raise RowsInTheWay(self.table.name, tuple(map(key_text, keys)), count=unequal)
        barred = self._replace(target, shadow, first_row) if tally.get(Verdict.REPLACED) else 0
        target.discard_staged(STAGING, shadow.take_out_met(STAGING, first_row))
        return Met(
            updated=tally.get(Verdict.REPLACED, 0) - barred,
            equal=tally.get(Verdict.EQUAL, 0),
            kept=tally.get(Verdict.KEPT, 0) + barred,
        )

    def _replace(self, target: Target, shadow: Shadow, first_row: int) -> int:
        """Replace rows, all at once if that goes; how many could not take their places."""
        savepoint = Savepoint(target)
        savepoint.make()
        try:
            target.execute(shadow.replace(first_row))
        except KeyConflict:
            savepoint.go_back()
        else:
            return 0
        barred = 0
        for key in target.execute(shadow.keys(first_row, verdict=Verdict.REPLACED)):
            target.execute(shadow.judge_again(first_row, TRYING), key)
            savepoint.make()
            verdict = Verdict.REPLACED
            try:
                target.execute(shadow.replace(first_row, TRYING))
            except KeyConflict:
                savepoint.go_back()
                verdict = Verdict.BARRED
                barred += 1
            target.execute(shadow.judge_again(first_row, verdict), key)
        return barred

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
    target.stage_rows(key_plan(table), KEPT_OUT, keys)


def _count_there(grammar: Grammar, only_key: TablePlan) -> str:
    return (
        f"SELECT COUNT(*) FROM {grammar.quote(only_key.name)} t "  # noqa: S608
        f"JOIN {grammar.staged(only_key, KEPT_OUT)} s ON {grammar.same_key(only_key, 't', 's')}"
    )
