"""Portions of rows kept in an unnamed file until it is clear that all of them came."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")


class RowBuffer(Generic[Item]):
    """`with RowBuffer() as buffer: buffer.write(rows)`, then `for rows in buffer.portions(): …`.

    A list of a million devices does not fit into a worker's memory, and a list that turns out to
    be incomplete must not have changed a row.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self.items = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, portion: list[Item]) -> None:
        """Keep a portion behind the others."""
        pickle.dump(portion, self._file, protocol=pickle.HIGHEST_PROTOCOL)
        self.items += len(portion)

    def portions(self) -> Iterator[list[Item]]:
        """What was written, in the same portions and order."""
        self._file.seek(0)
        while True:
            try:
                # The file has no name: only this process can have written it.
                portion: list[Item] = pickle.load(self._file)  # noqa: S301
            except EOFError:
                return
            yield portion
