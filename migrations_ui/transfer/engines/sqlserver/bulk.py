"""Bulk copy through the driver's native core, which opens a connection of its own.

The core is not Python: when it panics, what it raises is no Exception. Neither that nor a server
that takes no bulk copies may end a worker, so both mean the same: go on without.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from migrations_ui.transfer.engines.row_sink import Rows

SECONDS = 600
SHOWN = 200


class BulkFailed(Exception):
    """The text says why, and may be shown."""


def bulk_copy(cursor: Any, into: str, columns: Sequence[str], rows: Rows, *, secret: str) -> None:
    """Write rows into the table whose quoted name is `into`; it and they are committed apart from
    the caller's transaction. `secret` is what must not be shown. Raises BulkFailed."""
    try:
        result = cursor.bulkcopy(
            into, rows, timeout=SECONDS, column_mappings=list(columns), keep_nulls=True
        )
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001  a panic of the core is no Exception
        said = str(error).replace(secret, "…") if secret else str(error)
        raise BulkFailed(f"{type(error).__name__}: {said[:SHOWN]}") from None
    copied = result.get("rows_copied")
    if copied != len(rows):
        raise BulkFailed(f"it says that it copied {copied} of {len(rows):,} rows")
