"""The shadow of a table: both sides of every row that met one of the pool's, and the verdict.

It stands in the target beside the table, typed like it, and is written in the transaction of
the chunk. So rollback can put back exactly what a run replaced, by key, in plain SQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField

from migrations_ui.transfer.control_tables import Columns
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.loaders.base import Target
from migrations_ui.transfer.loaders.references import refers
from migrations_ui.transfer.policy import Policy, Verdict
from migrations_ui.transfer.tables import ForeignKey, TablePlan

LONGEST_NAME = 30
PREFIX = "lg_met_"
SERVER, POOL = "server", "pool"
WON, LOST = Verdict.REPLACED, Verdict.KEPT
# While a row is tried by itself; never committed.
TRYING = "trying"
MORE: Columns = {
    "lg_run": CharField(max_length=64),
    "lg_side": CharField(max_length=6),
    "lg_verdict": CharField(max_length=8),
    # Where the chunk began that the rows met in.
    "lg_first": BigIntegerField(),
}


def shadow_name(table: str) -> str:
    """The table's own name where it is plain and short; else told apart by a digest."""
    name = f"{PREFIX}{table.casefold()}"
    if (table.islower() or table.isupper()) and len(name) <= LONGEST_NAME:
        return name
    return f"{PREFIX}{hashlib.blake2b(table.encode(), digest_size=8).hexdigest()}"


def ensure_shadow(target: Target, table: TablePlan) -> None:
    """Make the shadow if it is missing. Call outside of a transaction: some engines commit with
    each statement of this kind."""
    name = shadow_name(table.name)
    if not table.key or name in target.table_names():
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
        if name not in target.table_names():
            raise


def why_shadow_unfit(target: Target, table: TablePlan) -> str:
    """Why the shadow cannot keep this table's rows; empty when it can. Call in a transaction.

    It has the types that the table had when it was made: some engines would round in silence what
    a column holds that was widened since, and a roll-back would put that back.
    """
    name = shadow_name(table.name)
    shadow = target.pinned(name)
    kept = {column.name: column for column in shadow.columns} if shadow else {}
    for column in table.columns:
        found = kept.get(column.target)
        if found is not None and found.form != column.form.removesuffix("!"):
            return (
                f"{table.name}.{column.target} is {column.target_type} by now, and {name}, which "
                f"keeps rows as they were, has it as {found.type}. Have the DBA give "
                f"{name}.{column.target} the same type, then try again."
            )
    return ""


@dataclass(frozen=True, slots=True)
class Followed:
    """The table whose verdicts another follows; its own column and the parent's, in pairs."""

    table: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shadow:
    """The statements for one table in one run; `staged` is the name of a staging table."""

    table: TablePlan
    run_id: str
    target: Target

    @property
    def real(self) -> str:
        return self.target.grammar.quote(self.table.name)

    @property
    def name(self) -> str:
        return self.target.grammar.quote(shadow_name(self.table.name))

    def judged(self, policy: Policy, age: str | None, followed: Followed | None) -> str:
        """The verdict on a staged row s that meets the table's row t."""
        return (
            f"CASE WHEN {self._equal('s', 't')} THEN '{Verdict.EQUAL}' "
            f"{self._by_policy(policy, age, followed)} END"
        )

    def record_met(self, staged: str, first: int, verdict: str) -> tuple[str, str]:
        """Write down the pool's side of every row that meets, and the server's where unequal."""
        into = f"INSERT INTO {self.name} ({', '.join(MORE)}, {self.listed()}) "
        met = f"FROM {self.staged(staged)} s JOIN {self.real} t ON {self._same_key('t', 's')}"
        run = literal(self.run_id)
        return (
            f"{into}SELECT {run}, '{POOL}', {verdict}, {first}, {self.listed('t')} {met}",
            (
                f"{into}SELECT {run}, '{SERVER}', {verdict}, {first}, {self.listed('s')} {met} "
                f"WHERE NOT ({self._equal('s', 't')})"
            ),
        )

    def record_replayed(self, staged: str, row_number: int) -> str:
        """A corrected reject, as it is about to be inserted."""
        return (
            f"INSERT INTO {self.name} ({', '.join(MORE)}, {self.listed()}) "
            f"SELECT {literal(self.run_id)}, '{SERVER}', '{Verdict.REPLAYED}', {row_number}, "
            f"{self.listed('s')} FROM {self.staged(staged)} s"
        )

    def replayed_so(self, staged: str, row_number: int) -> str:
        """Whether that source row was corrected to what is staged: how many of them are."""
        return (
            f"SELECT COUNT(*) FROM {self.name} m JOIN {self.staged(staged)} s "
            f"ON {self._equal('m', 's')} WHERE {self._replayed('m')} AND m.lg_first = {row_number}"
        )

    def replayed_rows(self) -> str:
        """The positions in the source of corrected rejects."""
        return (
            f"SELECT m.lg_first FROM {self.name} m WHERE {self._replayed('m')} ORDER BY m.lg_first"
        )

    def replayed_amiss(self) -> str:
        """Corrected rejects that are by now not what was written, as a condition on m."""
        return self._is_not_as_written(Verdict.REPLAYED)

    def replayed(self) -> str:
        """Corrected rejects, as a table in brackets."""
        return f"(SELECT * FROM {self.name} m WHERE {self._replayed('m')})"

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

    def delete_replayed(self) -> str:
        return (
            f"DELETE FROM {self.real} WHERE EXISTS (SELECT 1 FROM {self.name} m "
            f"WHERE {self._replayed('m')} AND {self._same_key('m', self.real)})"
        )

    def put_right_replayed(self, *, only: str = "") -> str:
        """What stands under a corrected reject's key and is not it; of all, or of those whose keys
        are in the staging table `only`. In place: rows may refer to it."""
        return self.target.grammar.update_from(
            self.table,
            self.name,
            f"{self._replayed('s')} AND {self._same_key('t', 's')} "
            f"AND NOT {self._equal('t', 's')}{self._among(only, 's')}",
        )

    def put_back_replayed(self, *, only: str = "") -> str:
        return (
            f"INSERT INTO {self.real} ({self.listed()}) SELECT {self.listed('m')} "
            f"FROM {self.name} m WHERE {self._replayed('m')} AND NOT EXISTS "
            f"(SELECT 1 FROM {self.real} t WHERE {self._same_key('t', 'm')})"
            f"{self._among(only, 'm')}"
        )

    def tally(self, first: int) -> str:
        return (
            f"SELECT lg_verdict, COUNT(*) FROM {self.name} "
            f"WHERE lg_side = '{POOL}' AND {self._chunk('', first)} GROUP BY lg_verdict"
        )

    def keys(self, first: int, *, verdict: str = "") -> str:
        """Of the rows that met in the chunk and were not equal."""
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

    def judge_again(self, first: int, verdict: str) -> str:
        """Another verdict for the row of one key, which is given by placeholders."""
        return (
            f"UPDATE {self.name} SET lg_verdict = '{verdict}' "
            f"WHERE {self._chunk('', first)} AND {self._placed_key()}"
        )

    def take_out_met(self, staged: str, first: int) -> str:
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

    def gone(self) -> str:
        """Rows that this run left as they were in the pool, and that are no longer there, as a
        condition on m."""
        return self._gone("m")

    def count(self, which: str) -> str:
        return f"SELECT COUNT(*) FROM {self.name} m WHERE {which}"

    def first_keys(self, which: str, count: int) -> str:
        key = self.listed_key("m")
        keys = f"SELECT {key} FROM {self.name} m WHERE {which} ORDER BY {key}"
        return self.target.grammar.first(keys, count)

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

    def _is_not_as_written(self, verdict: str) -> str:
        return (
            f"{self._of_run('m', SERVER)} AND m.lg_verdict = '{verdict}' AND NOT EXISTS "
            f"(SELECT 1 FROM {self.real} t WHERE {self._same_key('t', 'm')} "
            f"AND {self._equal('t', 'm')})"
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

    def next_chunk(self, verdict: str = "") -> str:
        """Where the next chunk with rows that met an unequal one begins; behind a parameter."""
        return self.target.grammar.first(
            f"SELECT m.lg_first FROM {self.name} m WHERE {self._listed_sides(verdict)} "
            "AND m.lg_first > %s ORDER BY m.lg_first",
            1,
        )

    def chunk_of(self) -> str:
        """Where the chunk began in which the row met whose key is given by placeholders."""
        return (
            f"SELECT lg_first FROM {self.name} "
            f"WHERE {self._of_run('', POOL)} AND {self._placed_key()}"
        )

    def both_sides(
        self, first: int, count: int, *, verdict: str = "", further: bool = False
    ) -> str:
        """Verdict, the pool's values and the server's of a chunk's first rows that met an unequal
        one, by key; `further`: behind a key that `placed_behind` gives the parameters of.

        A chunk at a time is small enough to be sorted where no index has the keys in their order.
        """
        behind = f" AND {self._behind('m')}" if further else ""
        few = self.target.grammar.first(
            f"SELECT m.lg_verdict, {self.listed('m')} FROM {self.name} m "
            f"WHERE {self._listed_sides(verdict)} AND m.lg_first = {first}{behind} "
            f"ORDER BY {self.listed_key('m')}",
            count,
        )
        return (
            f"SELECT p.lg_verdict, {self.listed('p')}, {self.listed('s')} FROM ({few}) p "
            f"JOIN {self.name} s ON s.lg_side = '{SERVER}' AND {self._chunk('s', first)} "
            f"AND {self._same_key('s', 'p')} ORDER BY {self.listed_key('p')}"
        )

    def placed_behind(self, key: Sequence[Any]) -> list[Any]:
        """The parameters of `both_sides`."""
        return [key[0], *(value for width in range(1, len(key) + 1) for value in key[:width])]

    def forget(self) -> str:
        return f"DELETE FROM {self.name} WHERE lg_run = {literal(self.run_id)}"

    def staged(self, staged: str) -> str:
        return self.target.grammar.staged(self.table, staged)

    def listed(self, alias: str = "") -> str:
        return self._listed(self.table.column_names, alias)

    def listed_key(self, alias: str = "") -> str:
        return self._listed(self.table.key, alias)

    def _listed(self, columns: tuple[str, ...], alias: str) -> str:
        return ", ".join(_of(alias, self.target.grammar.quote(column)) for column in columns)

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

    def _by_policy(self, policy: Policy, age: str | None, followed: Followed | None) -> str:
        match policy:
            case Policy.SERVER:
                return f"ELSE '{WON}'"
            case Policy.POOL | Policy.STOP:
                return f"ELSE '{LOST}'"
        newer = ""
        if age is not None:
            column = self.target.grammar.quote(age)
            newer = (
                f"WHEN s.{column} > t.{column} OR (t.{column} IS NULL AND s.{column} IS NOT NULL) "
                f"THEN '{WON}' "
            )
        return f"{self._by_parent(followed)}{newer}ELSE '{LOST}'"

    def _by_parent(self, followed: Followed | None) -> str:
        """A row goes where the row it belongs to went, if that one met and was unequal."""
        if followed is None:
            return ""
        quote = self.target.grammar.quote
        same = " AND ".join(f"p.{quote(its)} = s.{quote(own)}" for own, its in followed.columns)
        there = (
            f"WHEN EXISTS (SELECT 1 FROM {quote(shadow_name(followed.table))} p "
            f"WHERE {self._of_run('p', POOL)} AND {same} AND p.lg_verdict "
        )
        return (
            f"{there}= '{WON}') THEN '{WON}' "
            f"{there}IN ('{LOST}', '{Verdict.BARRED}')) THEN '{LOST}' "
        )

    def _gone(self, alias: str) -> str:
        return (
            f"{self._of_run(alias, POOL)} AND {alias}.lg_verdict <> '{WON}' AND NOT EXISTS "
            f"(SELECT 1 FROM {self.real} t WHERE {self._same_key('t', alias)})"
        )

    def _among(self, only: str, alias: str) -> str:
        """Narrows to the keys in the staging table `only`, if there is one."""
        if not only:
            return ""
        return (
            f" AND EXISTS (SELECT 1 FROM {self.staged(only)} k WHERE {self._same_key('k', alias)})"
        )

    def _replayed(self, alias: str) -> str:
        return f"{self._of_run(alias, SERVER)} AND {alias}.lg_verdict = '{Verdict.REPLAYED}'"

    def _chunk(self, alias: str, first: int) -> str:
        run = literal(self.run_id)
        return f"{_of(alias, 'lg_run')} = {run} AND {_of(alias, 'lg_first')} = {first}"

    def _of_run(self, alias: str, side: str) -> str:
        run = literal(self.run_id)
        return f"{_of(alias, 'lg_run')} = {run} AND {_of(alias, 'lg_side')} = '{side}'"

    def _behind(self, alias: str) -> str:
        """Greater than a key, column by column, as the engine orders them. The pool's side has
        each key once, also where a collation takes two spellings for the same: so did the table."""
        names = [_of(alias, self.target.grammar.quote(name)) for name in self.table.key]
        greater = " OR ".join(
            " AND ".join([*(f"{name} = %s" for name in names[:width]), f"{names[width]} > %s"])
            for width in range(len(names))
        )
        # The first part says nothing new, but an index is entered by it.
        return f"{names[0]} >= %s AND ({greater})"

    def _listed_sides(self, verdict: str) -> str:
        which = f"= '{verdict}'" if verdict else f"<> '{Verdict.EQUAL}'"
        return f"{self._of_run('m', POOL)} AND m.lg_verdict {which}"

    def _placed_key(self) -> str:
        quote = self.target.grammar.quote
        return " AND ".join(f"{quote(name)} = %s" for name in self.table.key)

    def _same_key(self, one: str, other: str) -> str:
        return self.target.grammar.same_key(self.table, one, other)

    def _equal(self, one: str, other: str) -> str:
        return self.target.grammar.equal(self.table, one, other)


def row_of_key(target: Target, table: TablePlan, of: str) -> str:
    """The planned columns of one row; its key is given by placeholders. `of` is quoted."""
    quote = target.grammar.quote
    columns = ", ".join(map(quote, table.column_names))
    return f"SELECT {columns} FROM {of} WHERE " + " AND ".join(
        f"{quote(name)} = %s" for name in table.key
    )


def literal(text: str) -> str:
    """Text as SQL has it. Not a placeholder: an engine may want a type for one in a SELECT."""
    return "'" + text.replace("'", "''") + "'"


def _of(alias: str, name: str) -> str:
    return f"{alias}.{name}" if alias else name


def _index_name(name: str) -> str:
    return f"lg_ix_{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"
