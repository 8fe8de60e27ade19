"""Deleting as many of each equal row as are staged, from a table where nothing distinguishes rows.

InnoDB shows no row number to delete by, so the rows that stay are kept aside while all are
deleted. In one transaction; should a row come in meanwhile, it is refused and undone.
"""

from __future__ import annotations

from migrations_ui.transfer.engines.mysql import staging_sql
from migrations_ui.transfer.engines.mysql.names import listed, quote
from migrations_ui.transfer.engines.session import Session
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.tables import TablePlan

ALL, STAYING = "lg_all_rows", "lg_staying_rows"
# Also those that the plan does not carry: the table fills them by itself.
COLUMNS = """
    SELECT column_name FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = %s
       AND COALESCE(generation_expression, '') = ''
     ORDER BY ordinal_position
"""


def delete_whole_rows(session: Session, table: TablePlan, name: str) -> int:
    """How many rows went. Call inside a transaction."""
    columns = listed([column for (column,) in session.execute(COLUMNS, [table.name])])
    image = staging_sql.whole_row(table.columns)
    session.execute(staging_sql.drop(ALL))
    session.execute(staging_sql.drop(STAYING))
    before = session.change(
        f"CREATE TEMPORARY TABLE {ALL} ENGINE=InnoDB AS "
        f"SELECT {columns}, {image} AS lg_image FROM {quote(table.name)} FOR UPDATE"
    )
    staying = session.change(
        f"CREATE TEMPORARY TABLE {STAYING} ENGINE=InnoDB AS SELECT {columns} FROM "
        f"(SELECT a.*, ROW_NUMBER() OVER (PARTITION BY lg_image) AS lg_number FROM {ALL} a) t "
        f"LEFT JOIN (SELECT {image} AS lg_staged, COUNT(*) AS lg_count FROM {quote(name)} "
        "GROUP BY 1) s ON t.lg_image = s.lg_staged "
        "WHERE s.lg_count IS NULL OR t.lg_number > s.lg_count"
    )
    if session.change(f"DELETE FROM {quote(table.name)}") != before:
        raise TargetRefused(
            f"{table.name}: somebody wrote to it while this run's rows were taken out. Nothing was "
            "changed; try again when it is quiet."
        )
    session.execute(f"INSERT INTO {quote(table.name)} ({columns}) SELECT {columns} FROM {STAYING}")
    session.execute(staging_sql.drop(ALL))
    session.execute(staging_sql.drop(STAYING))
    return before - staying
