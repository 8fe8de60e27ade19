"""What every part of a target asks of its connection, whatever the engine."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.dialect import Grammar
from migrations_ui.transfer.engines.session_marks import SessionMarks


class Session(Protocol):
    """One connection: statements and transactions.

    Every method raises ConnectionGone when the connection breaks, and TargetRefused when the
    server says no.
    """

    # Django's backend of this connection, for its words: column types and quoting.
    backend: BaseDatabaseWrapper

    @property
    def session_marks(self) -> SessionMarks | None:
        """How sessions are marked and ended; None where they cannot be."""

    @property
    def grammar(self) -> Grammar:
        """For the statements about conflicting rows (merge/)."""

    def transaction(self) -> AbstractContextManager[None]: ...

    def execute(
        self, statement: str, parameters: Sequence[Any] = (), *, most: int | None = None
    ) -> list[tuple[Any, ...]]:
        """Run one statement with %s placeholders; the rows it returns, if any, up to `most`."""

    def change(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement; how many rows it found, even where it changed nothing in them."""

    def execute_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""
