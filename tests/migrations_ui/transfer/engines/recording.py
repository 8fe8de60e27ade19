"""A driver's connection that records what it is given, in order, and answers as the test says.

It shows the order of statements and transactions, and nothing about any server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Rows = list[tuple[Any, ...]]


class Recording:
    """Both a Django backend and its driver's connection, as far as `Session` looks."""

    def __init__(self) -> None:
        self.events: list[str] = []
        # The beginning of a statement, and the rows it gives or how many it found.
        self.answers: dict[str, Rows | int] = {}
        self.bulk: BaseException | None = None
        # What is bound to statements of many rows, and what the driver raises at one.
        self.bound: Rows = []
        self.failure: BaseException | None = None
        self.settings_dict = {"HOST": "db", "PORT": "1433", "NAME": "t", "PASSWORD": "hidden"}
        self.connection = self

    @property
    def autocommit(self) -> bool:
        raise AttributeError

    @autocommit.setter
    def autocommit(self, on: bool) -> None:
        self.events.append("autocommit" if on else "begin")

    def set_autocommit(self, on: bool) -> None:
        self.autocommit = on

    def commit(self) -> None:
        self.events.append("commit")

    def rollback(self) -> None:
        self.events.append("rollback")

    def cursor(self) -> Cursor:
        return Cursor(self)

    @property
    @contextmanager
    def wrap_database_errors(self) -> Iterator[None]:
        yield

    def since(self, event: str) -> list[str]:
        """What was sent after that event."""
        return self.events[self.events.index(event) + 1 :]


class Cursor:
    """A cursor of it."""

    def __init__(self, owner: Recording) -> None:
        self._owner = owner
        self._answer: Rows | int = 0

    @property
    def description(self) -> object:
        return self._answer if isinstance(self._answer, list) else None

    @property
    def rowcount(self) -> int:
        return self._answer if isinstance(self._answer, int) else len(self._answer)

    def execute(self, statement: str, parameters: tuple[Any, ...] = ()) -> None:
        reported = " ".join(statement.split())
        self._owner.events.append(reported)
        self._answer = next(
            (rows for start, rows in self._owner.answers.items() if reported.startswith(start)),
            [] if reported.startswith("SELECT") and " INTO " not in reported else 0,
        )

    def executemany(self, statement: str, rows: Rows) -> None:
        self._owner.events.append(f"{statement} × {len(rows)}")
        self._owner.bound += rows
        if self._owner.failure is not None:
            raise self._owner.failure

    def bulkcopy(self, table: str, rows: Rows, **_: Any) -> dict[str, int]:
        self._owner.events.append(f"bulk copy of {len(rows)} into {table}")
        if self._owner.bulk is not None:
            raise self._owner.bulk
        return {"rows_copied": len(rows)}

    def fetchall(self) -> Rows:
        return self._answer if isinstance(self._answer, list) else []

    def fetchmany(self, size: int) -> Rows:
        return self.fetchall()[:size]

    def close(self) -> None:
        pass
