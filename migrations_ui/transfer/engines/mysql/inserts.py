"""Multi-row INSERTs, for servers that refuse LOAD DATA LOCAL. The reader writes the rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from migrations_ui.transfer.engines.mysql.errors import PACKET_CODE, REMEDIES, translated
from migrations_ui.transfer.engines.operations import Sink
from migrations_ui.transfer.errors import TargetRefused

STATEMENT_BYTES = 512 * 1024
# A packet is the statement and one byte that says what it is.
PACKET_HEAD = 1


@contextmanager
def inserts(connection: Any, table: str, columns: str, *, longest: int) -> Iterator[Sink]:
    """Takes the reader's VALUES text. `table` and `columns` are quoted SQL, `longest` is the
    server's max_allowed_packet."""
    sink = _Inserts(connection, f"INSERT INTO {table} {columns} VALUES ".encode(), longest)
    yield sink
    sink.finish()


class _Inserts:
    def __init__(self, connection: Any, head: bytes, longest: int) -> None:
        self._connection = connection
        self._head = head
        self._most = longest - len(head) - PACKET_HEAD
        self._rows = bytearray()

    def write(self, piece: memoryview) -> None:
        self._rows += piece
        while len(self._rows) >= min(STATEMENT_BYTES, self._most):
            if not self._insert_some():
                break

    def finish(self) -> None:
        while self._rows:
            self._insert_some()

    def _insert_some(self) -> bool:
        """One statement of the whole rows at the front. False: not even one is whole."""
        end = self._rows.rfind(b"\n", 0, min(STATEMENT_BYTES, self._most)) + 1
        if not end:
            end = self._rows.find(b"\n") + 1
        if not end:
            return False
        if end > self._most:
            raise TargetRefused(
                f"{TargetRefused()} A row takes {end:,} bytes, and the server's max_allowed_packet "
                f"leaves {self._most:,}. {REMEDIES[PACKET_CODE]}"
            )
        # The only line ends are those after the rows.
        rows = bytes(self._rows[: end - 1]).replace(b"\n", b",")
        del self._rows[:end]
        with translated():
            self._connection.query(self._head + rows)
        return True
