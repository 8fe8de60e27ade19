"""SQL about conflicts: both sides of every row that the pool had too, and the verdict.

The conflict table stands in the target beside the table, typed like it, and is written in the
transaction of the chunk. So rollback can put
back exactly what a run replaced, by key, in plain SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.engines.references import refers
from migrations_ui.transfer.merge.conflict_table import (
    LOST,
    MORE,
    POOL,
    SERVER,
    WON,
    conflict_table_name,
)
from migrations_ui.transfer.merge.statement_parts import StatementParts, literal
from migrations_ui.transfer.merge_policy import MergePolicy, MergeVerdict
from migrations_ui.transfer.tables import ForeignKey, TablePlan


@dataclass(frozen=True, slots=True)
class Followed:
    """The table whose verdicts another follows; its own column and the parent's, in pairs."""

    table: str
    columns: tuple[tuple[str, str], ...]


class ConflictStatements(StatementParts):
    """The statements about conflicting rows, for one table in one run."""

    __slots__ = ()

    def verdict_sql(self, policy: MergePolicy, age: str | None, followed: Followed | None) -> str:
        """The verdict on a staged row s that meets the table's row t."""
        return (
            f"CASE WHEN {self._equal('s', 't')} THEN '{MergeVerdict.EQUAL}' "
            f"{self._by_policy(policy, age, followed)} END"
        )

    def record_conflicts(self, staged: str, first: int, verdict: str) -> tuple[str, str]:
        """Write down the pool's side of every row that meets, and the server's where unequal."""
        into = f"INSERT INTO {self.name} ({', '.join(MORE)}, {self.listed()}) "
        merged = f"FROM {self.staged(staged)} s JOIN {self.real} t ON {self._same_key('t', 's')}"
        run = literal(self.run_id)
        return (
            f"{into}SELECT {run}, '{POOL}', {verdict}, {first}, {self.listed('t')} {merged}",
            (
                f"{into}SELECT {run}, '{SERVER}', {verdict}, {first}, {self.listed('s')} {merged} "
                f"WHERE NOT ({self._equal('s', 't')})"
            ),
        )

    def count_referring_to_replaced(self, key: ForeignKey) -> str:
        """How many rows refer to what a row has only since this run replaced it. Empty where that
        cannot be."""
        changed = self._changed(key, "p", "s")
        if not changed:
            return ""
        quote = self.target.grammar.quote
        return (
            f"SELECT COUNT(*) FROM {quote(key.table)} c WHERE EXISTS "
            f"(SELECT 1 FROM {self.name} p JOIN {self.name} s ON {self._of_run('s', SERVER)} "
            f"AND {self._same_key('s', 'p')} WHERE {self._of_run('p', POOL)} "
            f"AND p.lg_verdict = '{WON}' AND {changed} AND {refers(key, quote, 'c', 's')})"
        )

    def tally(self, first: int) -> str:
        return (
            f"SELECT lg_verdict, COUNT(*) FROM {self.name} "
            f"WHERE lg_side = '{POOL}' AND {self._chunk('', first)} GROUP BY lg_verdict"
        )

    def keys(self, first: int, *, verdict: str = "") -> str:
        """The conflicts of the chunk: same key, other values."""
        which = f" AND m.lg_verdict = '{verdict}'" if verdict else ""
        return (
            f"SELECT {self.listed_key('m')} FROM {self.name} m "
            f"WHERE m.lg_side = '{SERVER}' AND {self._chunk('m', first)}{which}"
        )

    def keys_referred_to(self, first: int, key: ForeignKey) -> str:
        """Of rows that are to be replaced by one with another value in columns that rows refer to
        by this foreign key. Empty where no row can lose such a value."""
        changed = self._changed(key, "m", "n")
        if not changed:
            return ""
        quote = self.target.grammar.quote
        return (
            f"SELECT {self.listed_key('m')} FROM {self.name} m JOIN {self.name} n "
            f"ON n.lg_side = '{SERVER}' AND {self._chunk('n', first)} "
            f"AND {self._same_key('n', 'm')} "
            f"WHERE m.lg_side = '{POOL}' AND {self._chunk('m', first)} "
            f"AND m.lg_verdict = '{WON}' AND {changed} AND EXISTS "
            f"(SELECT 1 FROM {quote(key.table)} c WHERE {refers(key, quote, 'c', 'm')})"
        )

    def replace(self, first: int, verdict: str = WON) -> str:
        """Put the server's rows of this verdict in place of the pool's."""
        return self.target.grammar.update_from(
            self.table,
            self.name,
            f"s.lg_side = '{SERVER}' AND s.lg_verdict = '{verdict}' "
            f"AND {self._chunk('s', first)} AND {self._same_key('t', 's')}",
        )

    def change_verdict(self, first: int, verdict: str) -> str:
        """Another verdict for the row of one key, which is given by placeholders."""
        return (
            f"UPDATE {self.name} SET lg_verdict = '{verdict}' "
            f"WHERE {self._chunk('', first)} AND {self._placed_key()}"
        )

    def take_out_conflicts(self, staged: str, first: int) -> str:
        """Staged rows that are settled now."""
        mine = self.staged(staged)
        return (
            f"DELETE FROM {mine} WHERE EXISTS (SELECT 1 FROM {self.name} m "
            f"WHERE m.lg_side = '{POOL}' AND {self._chunk('m', first)} "
            f"AND {self._same_key('m', mine)})"
        )

    def take_out(self, staged: str, *, also_replaced: bool) -> str:
        """Staged rows that this run did not write; `also_replaced`: that it did not insert."""
        mine = self.staged(staged)
        which = "" if also_replaced else f"AND m.lg_verdict <> '{WON}' "
        return (
            f"DELETE FROM {mine} WHERE EXISTS (SELECT 1 FROM {self.name} m "
            f"WHERE {self._of_run('m', POOL)} {which}AND {self._same_key('m', mine)})"
        )

    def take_out_newer(self, staged: str, age: str) -> str:
        """Staged rows that this run put in place of the pool's, and that somebody has written to
        since: by the column that holds their age, the pool has newer ones."""
        mine = self.staged(staged)
        return (
            f"DELETE FROM {mine} WHERE EXISTS (SELECT 1 FROM {self.name} m "
            f"JOIN {self.real} t ON {self._same_key('t', 'm')} "
            f"WHERE {self._of_run('m', POOL)} AND m.lg_verdict = '{WON}' "
            f"AND {self._same_key('m', mine)} AND ({self._newer(age, 't', mine)}))"
        )

    def gone(self) -> str:
        """Rows that this run left as they were in the pool, and that are no longer there, as a
        condition on m."""
        return self._gone("m")

    def put_back_gone(self, *, only: str = "") -> str:
        """All of them, or those whose keys are in the staging table `only`."""
        return (
            f"{self.target.grammar.insert_into(self.table)} SELECT {self.listed('m')} "
            f"FROM {self.name} m WHERE {self._gone('m')}{self._among(only, 'm')}"
        )

    def take_out_others(self, staged: str, keys: str) -> str:
        """Staged rows whose keys are not in the staging table `keys`, which holds only those."""
        mine = self.staged(staged)
        return (
            f"DELETE FROM {mine} WHERE NOT EXISTS (SELECT 1 FROM {self.staged(keys)} k "
            f"WHERE {self._same_key('k', mine)})"
        )

    def changed_since_keys(self) -> str:
        """Rows that this run replaced, and that are by now not what it put there."""
        return (
            f"SELECT {self.listed_key('m')} FROM {self.name} m WHERE {self._is_not_as_written(WON)}"
        )

    def restore(self) -> str:
        """Put the pool's rows back in place of the server's, where those are still there."""
        return self.target.grammar.update_from(
            self.table,
            self.name,
            f"{self._of_run('s', POOL)} AND s.lg_verdict = '{WON}' "
            f"AND {self._same_key('t', 's')} AND EXISTS (SELECT 1 FROM {self.name} m "
            f"WHERE {self._of_run('m', SERVER)} AND {self._same_key('m', 's')} "
            f"AND {self._equal('t', 'm')})",
        )

    def forget(self) -> str:
        return f"DELETE FROM {self.name} WHERE lg_run = {literal(self.run_id)}"

    def _changed(self, key: ForeignKey, one: str, other: str) -> str:
        """True where two sides of a row differ in what the foreign key refers to; empty where they
        cannot, because that is the row's own key."""
        columns = [
            name
            for name in key.parent_columns
            if name in self.table.column_names and name not in self.table.key
        ]
        equal_value = self.target.grammar.equal_value
        same = " AND ".join(equal_value(self.table, name, one, other) for name in columns)
        return f"NOT ({same})" if same else ""

    def _by_policy(self, policy: MergePolicy, age: str | None, followed: Followed | None) -> str:
        match policy:
            case MergePolicy.SERVER:
                return f"ELSE '{WON}'"
            case MergePolicy.POOL | MergePolicy.STOP:
                return f"ELSE '{LOST}'"
        newer = ""
        if age is not None:
            newer = f"WHEN {self._newer(age, 's', 't')} THEN '{WON}' "
        return f"{self._by_parent(followed)}{newer}ELSE '{LOST}'"

    def _newer(self, age: str, one: str, other: str) -> str:
        """Null is oldest."""
        column = self.target.grammar.quote(age)
        mine, theirs = f"{one}.{column}", f"{other}.{column}"
        return f"{mine} > {theirs} OR ({theirs} IS NULL AND {mine} IS NOT NULL)"

    def _by_parent(self, followed: Followed | None) -> str:
        """A row goes where the row it belongs to went, if that one met and was unequal."""
        if followed is None:
            return ""
        quote = self.target.grammar.quote
        same = " AND ".join(f"p.{quote(its)} = s.{quote(own)}" for own, its in followed.columns)
        there = (
            f"WHEN EXISTS (SELECT 1 FROM {quote(conflict_table_name(followed.table))} p "
            f"WHERE {self._of_run('p', POOL)} AND {same} AND p.lg_verdict "
        )
        return (
            f"{there}= '{WON}') THEN '{WON}' "
            f"{there}IN ('{LOST}', '{MergeVerdict.UNIQUE_VIOLATION}')) THEN '{LOST}' "
        )

    def _gone(self, alias: str) -> str:
        return (
            f"{self._of_run(alias, POOL)} AND {alias}.lg_verdict <> '{WON}' AND NOT EXISTS "
            f"(SELECT 1 FROM {self.real} t WHERE {self._same_key('t', alias)})"
        )


def row_of_key(target: Target, table: TablePlan, of: str) -> str:
    """The planned columns of one row; its key is given by placeholders. `of` is quoted."""
    quote = target.grammar.quote
    columns = ", ".join(map(quote, table.column_names))
    return f"SELECT {columns} FROM {of} WHERE " + " AND ".join(
        f"{quote(name)} = %s" for name in table.key
    )
