"""One connection to the target, kept from table to table: opening it takes longer than most tables
do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Self

from migrations_ui.transfer.engines.base import Target


class SharedConnection:
    """Of one thread. Use as a context manager; its end closes the connection."""

    def __init__(self, open_target: Callable[[], AbstractContextManager[Target]]) -> None:
        self._open_target = open_target
        self._opened = ExitStack()
        self._target: Target | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def target(self) -> Target:
        """The connection, opened if there is none. Raises as opening does."""
        if self._target is None:
            self._target = self._opened.enter_context(self._open_target())
        return self._target

    def close(self) -> None:
        """The next one is new."""
        self._target = None
        self._opened.close()
