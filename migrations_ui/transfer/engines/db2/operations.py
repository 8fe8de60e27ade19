"""Rows into, within and out of a Db2 target."""

from __future__ import annotations

from migrations_ui.transfer.engines.db2 import arrays, catalog, words
from migrations_ui.transfer.engines.db2.introspection import Db2Introspection
from migrations_ui.transfer.engines.db2.session import Db2Session
from migrations_ui.transfer.engines.driver_session import marked
from migrations_ui.transfer.engines.row_sink import Rows
from migrations_ui.transfer.engines.value_operations import ValueOperations
from migrations_ui.transfer.tables import TablePlan


class Db2Operations(ValueOperations):
    """Rows go in as arrays of parameters, in the transaction."""

    session: Db2Session
    introspection: Db2Introspection
    batch_rows = 10_000
    remark = (
        "This way into Db2 was made without a server to try it on: look at the verification "
        "before you cut over."
    )

    def create_staging(self, table: TablePlan, name: str) -> tuple[str, ...]:
        types = {
            column.name: column.type
            for found in catalog.read_tables(self.introspection.columns())
            if found.name == table.name
            for column in found.columns
        }
        return (words.create_staging(table, types, name),)

    def put(self, table: TablePlan, into: str, rows: Rows) -> None:
        statement = marked(self._sets(table).insert_values(into))
        arrays.insert(self.session.backend.connection.conn_handler, statement, rows)

    def delete_whole_rows(self, table: TablePlan, name: str) -> int:
        return self.delete_places(table, name, words.whole_rows(table), words.delete_at(table))

    def finish_load(self, table: TablePlan) -> None:
        """Identity columns go on after the copied numbers, and never backwards. A number outside
        of such a column's own bounds is none that it will ever give."""
        identities = self.session.execute(catalog.IDENTITIES, [table.name])
        for column, following, step, least, most in identities:
            if column not in table.column_names:
                continue
            rising, bounds = step > 0, (int(least), int(most))
            ((last,),) = self.session.execute(
                words.furthest(table.name, column, *bounds, rising=rising)
            )
            if last is None or (last < following if rising else last > following):
                continue
            if least <= last + step <= most:
                self.session.execute(words.restart_identity(table.name, column, int(last + step)))
