"""What statements about a conflict table are put together from."""

from __future__ import annotations

from dataclasses import dataclass

from migrations_ui.transfer.engines.base import Target
from migrations_ui.transfer.merge.conflict_table import SERVER, conflict_table_name
from migrations_ui.transfer.tables import TablePlan


@dataclass(frozen=True, slots=True)
class StatementParts:
    """Of one table in one run; `staged` is the name of a staging table."""

    table: TablePlan
    run_id: str
    target: Target

    @property
    def real(self) -> str:
        return self.target.grammar.quote(self.table.name)

    @property
    def name(self) -> str:
        return self.target.grammar.quote(conflict_table_name(self.table.name))

    def count(self, which: str) -> str:
        return f"SELECT COUNT(*) FROM {self.name} m WHERE {which}"

    def first_keys(self, which: str, count: int) -> str:
        key = self.listed_key("m")
        keys = f"SELECT {key} FROM {self.name} m WHERE {which} ORDER BY {key}"
        return self.target.grammar.first(keys, count)

    def staged(self, staged: str) -> str:
        return self.target.grammar.staged(self.table, staged)

    def listed(self, alias: str = "") -> str:
        return self._listed(self.table.column_names, alias)

    def listed_key(self, alias: str = "") -> str:
        return self._listed(self.table.key, alias)

    def _listed(self, columns: tuple[str, ...], alias: str) -> str:
        return ", ".join(of(alias, self.target.grammar.quote(column)) for column in columns)

    def _among(self, only: str, alias: str) -> str:
        """Narrows to the keys in the staging table `only`, if there is one."""
        if not only:
            return ""
        return (
            f" AND EXISTS (SELECT 1 FROM {self.staged(only)} k WHERE {self._same_key('k', alias)})"
        )

    def _chunk(self, alias: str, first: int) -> str:
        run = literal(self.run_id)
        return f"{of(alias, 'lg_run')} = {run} AND {of(alias, 'lg_first')} = {first}"

    def _of_run(self, alias: str, side: str) -> str:
        run = literal(self.run_id)
        return f"{of(alias, 'lg_run')} = {run} AND {of(alias, 'lg_side')} = '{side}'"

    def _placed_key(self) -> str:
        quote = self.target.grammar.quote
        return " AND ".join(f"{quote(name)} = %s" for name in self.table.key)

    def _same_key(self, one: str, other: str) -> str:
        return self.target.grammar.same_key(self.table, one, other)

    def _equal(self, one: str, other: str) -> str:
        return self.target.grammar.equal(self.table, one, other)

    def _is_not_as_written(self, verdict: str) -> str:
        return (
            f"{self._of_run('m', SERVER)} AND m.lg_verdict = '{verdict}' AND NOT EXISTS "
            f"(SELECT 1 FROM {self.real} t WHERE {self._same_key('t', 'm')} "
            f"AND {self._equal('t', 'm')})"
        )


def literal(text: str) -> str:
    """Text as SQL has it. Not a placeholder: an engine may want a type for one in a SELECT."""
    return "'" + text.replace("'", "''") + "'"


def of(alias: str, name: str) -> str:
    return f"{alias}.{name}" if alias else name
