"""A cursor that answers from a script: recorded answers of servers that do not run here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db import Error
from django.db.backends.utils import CursorWrapper

Rows = list[dict[str, Any]]


class ScriptedCursor:
    """`answers` by a word of the statement; an error is raised, a value is a single cell."""

    def __init__(self, answers: dict[str, Rows | Error | str | int | None]) -> None:
        self.answers = answers
        self.statements: list[str] = []
        self.description: list[tuple[str]] = []
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, statement: str, _parameters: Sequence[Any] | None = None) -> None:
        self.statements.append(statement)
        answer = next(answer for word, answer in self.answers.items() if word in statement)
        if isinstance(answer, Error):
            raise answer
        rows = answer if isinstance(answer, list) else [{"VALUE": answer}]
        self.description = [(name,) for name in rows[0]] if rows else []
        self._rows = [tuple(row.values()) for row in rows]

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows, self._rows = self._rows, []
        return rows


def scripted(answers: dict[str, Rows | Error | str | int | None]) -> CursorWrapper:
    """It has all of a cursor that the dialects use."""
    return cast("CursorWrapper", ScriptedCursor(answers))


def driver_error(cause: Exception) -> Error:
    """As Django raises what a driver raised."""
    error = Error(str(cause))
    error.__cause__ = cause
    return error
