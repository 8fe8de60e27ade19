"""Both versions of conflicting rows, page by page, each behind the last one's key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migrations_ui.transfer.merge.conflict_table import POOL, SERVER
from migrations_ui.transfer.merge.statement_parts import StatementParts, of
from migrations_ui.transfer.merge_policy import MergeVerdict


class ConflictPages(StatementParts):
    """The statements for one table in one run."""

    __slots__ = ()

    def next_chunk(self, verdict: str = "") -> str:
        """Where the next chunk with conflicts begins; behind a parameter."""
        return self.target.grammar.first(
            f"SELECT m.lg_first FROM {self.name} m WHERE {self._listed_sides(verdict)} "
            "AND m.lg_first > %s ORDER BY m.lg_first",
            1,
        )

    def chunk_of(self) -> str:
        """Where the chunk began that has the conflict whose key is given by placeholders."""
        return (
            f"SELECT lg_first FROM {self.name} "
            f"WHERE {self._of_run('', POOL)} AND {self._placed_key()}"
        )

    def both_sides(
        self, first: int, count: int, *, verdict: str = "", further: bool = False
    ) -> str:
        """Verdict, the pool's values and the server's of a chunk's first conflicts, by key;
        `further`: behind a key that `placed_behind` gives the parameters of.

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

    def _behind(self, alias: str) -> str:
        """Greater than a key, column by column, as the engine orders them. The pool's side has
        each key once, also where a collation takes two spellings for the same: so did the table."""
        names = [of(alias, self.target.grammar.quote(name)) for name in self.table.key]
        greater = " OR ".join(
            " AND ".join([*(f"{name} = %s" for name in names[:width]), f"{names[width]} > %s"])
            for width in range(len(names))
        )
        # The first part says nothing new, but an index is entered by it.
        return f"{names[0]} >= %s AND ({greater})"

    def _listed_sides(self, verdict: str) -> str:
        which = f"= '{verdict}'" if verdict else f"<> '{MergeVerdict.EQUAL}'"
        return f"{self._of_run('m', POOL)} AND m.lg_verdict {which}"
