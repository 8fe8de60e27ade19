"""Rejects that were written with other values, as the conflict table keeps them."""

from __future__ import annotations

from migrations_ui.transfer.merge.conflict_table import MORE, SERVER
from migrations_ui.transfer.merge.statement_parts import StatementParts, literal
from migrations_ui.transfer.merge_policy import MergeVerdict


class CorrectedRows(StatementParts):
    """The statements for those of one table in one run."""

    __slots__ = ()

    def record_corrected(self, staged: str, row_number: int) -> str:
        """A corrected reject, as it is about to be inserted."""
        return (
            f"INSERT INTO {self.name} ({', '.join(MORE)}, {self.listed()}) "
            f"SELECT {literal(self.run_id)}, '{SERVER}', '{MergeVerdict.CORRECTED}', {row_number}, "
            f"{self.listed('s')} FROM {self.staged(staged)} s"
        )

    def corrected_so(self, staged: str, row_number: int) -> str:
        """Whether that source row was corrected to what is staged: how many of them are."""
        return (
            f"SELECT COUNT(*) FROM {self.name} m JOIN {self.staged(staged)} s "
            f"ON {self._equal('m', 's')} WHERE {self._corrected('m')} AND m.lg_first = {row_number}"
        )

    def corrected_rows(self) -> str:
        """The positions in the source of corrected rejects."""
        return (
            f"SELECT m.lg_first FROM {self.name} m WHERE {self._corrected('m')} ORDER BY m.lg_first"
        )

    def corrected_amiss(self) -> str:
        """Corrected rejects that are by now not what was written, as a condition on m."""
        return self._is_not_as_written(MergeVerdict.CORRECTED)

    def corrected(self) -> str:
        """Corrected rejects, as a table in brackets."""
        return f"(SELECT * FROM {self.name} m WHERE {self._corrected('m')})"

    def delete_corrected(self) -> str:
        return (
            f"DELETE FROM {self.real} WHERE EXISTS (SELECT 1 FROM {self.name} m "
            f"WHERE {self._corrected('m')} AND {self._same_key('m', self.real)})"
        )

    def repair_corrected(self, *, only: str = "") -> str:
        """What stands under a corrected reject's key and is not it; of all, or of those whose keys
        are in the staging table `only`. In place: rows may refer to it."""
        return self.target.grammar.update_from(
            self.table,
            self.name,
            f"{self._corrected('s')} AND {self._same_key('t', 's')} "
            f"AND NOT {self._equal('t', 's')}{self._among(only, 's')}",
        )

    def restore_corrected(self, *, only: str = "") -> str:
        return (
            f"INSERT INTO {self.real} ({self.listed()}) SELECT {self.listed('m')} "
            f"FROM {self.name} m WHERE {self._corrected('m')} AND NOT EXISTS "
            f"(SELECT 1 FROM {self.real} t WHERE {self._same_key('t', 'm')})"
            f"{self._among(only, 'm')}"
        )

    def _corrected(self, alias: str) -> str:
        return f"{self._of_run(alias, SERVER)} AND {alias}.lg_verdict = '{MergeVerdict.CORRECTED}'"
