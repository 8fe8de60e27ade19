"""Array inserts through ibm_db itself: the layers above it turn some errors into nothing."""

from __future__ import annotations

from typing import Any

from migrations_ui.transfer.engines.db2.errors import trouble
from migrations_ui.transfer.engines.row_sink import Rows
from migrations_ui.transfer.errors import TargetRefused


def insert(handle: Any, statement: str, rows: Rows) -> None:
    """Run the INSERT once for each row; `handle` is ibm_db's connection."""
    import ibm_db

    try:
        prepared = ibm_db.prepare(handle, statement)
        inserted = ibm_db.execute_many(prepared, tuple(rows))
    except Exception as error:  # noqa: BLE001  ibm_db has no class of its own for errors
        raise trouble(error) from None
    if inserted != len(rows):
        # Each row of an array is refused by itself; the transaction takes the others back.
        said = ibm_db.stmt_errormsg(prepared) or ibm_db.stmt_errormsg()
        if said:
            raise trouble(Exception(said))
        raise TargetRefused(
            f"{TargetRefused()} Db2 took {inserted} of {len(rows):,} rows, and does not say why."
        )
