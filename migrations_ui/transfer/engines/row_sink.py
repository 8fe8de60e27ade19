"""A sink for targets whose drivers take rows of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from migrations_ui.transfer.engines.pgcopy import RowDecoder

Rows = list[tuple[Any, ...]]


class RowSink:
    """Decodes what is written, and hands it on in batches of at most so many rows or bytes."""

    def __init__(
        self,
        forms: Sequence[str],
        take: Callable[[Rows], None],
        *,
        most_rows: int,
        most_bytes: int,
    ) -> None:
        self._decoder = RowDecoder(forms)
        self._take = take
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self._rows: Rows = []
        self._bytes = 0
        self.row_count = 0

    def write(self, piece: memoryview) -> None:
        self._rows += self._decoder.feed(piece)
        self._bytes += len(piece)
        while len(self._rows) >= self._most_rows:
            self._hand_on(self._most_rows)
        if self._bytes >= self._most_bytes:
            self._hand_on(len(self._rows))

    def finish(self) -> None:
        """Hand on what is left."""
        self._hand_on(len(self._rows))

    def _hand_on(self, count: int) -> None:
        batch, self._rows = self._rows[:count], self._rows[count:]
        self._bytes = 0
        if batch:
            self._take(batch)
            self.row_count += len(batch)
