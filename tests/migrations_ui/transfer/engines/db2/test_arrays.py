"""Array inserts believe no silence of ibm_db."""

from __future__ import annotations

from typing import Any

import ibm_db
import pytest

from migrations_ui.transfer.engines.base import KeyConflict
from migrations_ui.transfer.engines.db2 import arrays
from migrations_ui.transfer.errors import TargetRefused

ROWS = [(1, "a"), (2, "b")]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the driver's functions give; an exception is raised."""
    given: dict[str, Any] = {"execute_many": 2, "stmt_errormsg": "", "rows": None}

    def execute_many(_: object, rows: tuple[tuple[Any, ...], ...]) -> Any:
        given["rows"] = rows
        if isinstance(given["execute_many"], Exception):
            raise given["execute_many"]
        return given["execute_many"]

    monkeypatch.setattr(ibm_db, "prepare", lambda handle, statement: (handle, statement))
    monkeypatch.setattr(ibm_db, "execute_many", execute_many)
    monkeypatch.setattr(ibm_db, "stmt_errormsg", lambda *_: given["stmt_errormsg"])
    return given


def test_rows_go_in_as_one_array(answer: dict[str, Any]) -> None:
    arrays.insert("handle", "INSERT", ROWS)
    assert answer["rows"] == tuple(ROWS)


def test_fewer_rows_than_sent_are_an_error_with_the_servers_words(answer: dict[str, Any]) -> None:
    answer |= {"execute_many": 1, "stmt_errormsg": "SQL0803N  duplicate SQLCODE=-803"}
    with pytest.raises(KeyConflict, match="SQL0803N"):
        arrays.insert("handle", "INSERT", ROWS)


def test_fewer_rows_without_a_word_are_an_error_too(answer: dict[str, Any]) -> None:
    answer["execute_many"] = None
    with pytest.raises(TargetRefused, match="does not say why"):
        arrays.insert("handle", "INSERT", ROWS)


def test_an_error_of_the_driver_is_sorted(answer: dict[str, Any]) -> None:
    answer["execute_many"] = Exception("[IBM] SQL0433N  Value is too long. SQLSTATE=22001")
    with pytest.raises(TargetRefused, match="longer than its column"):
        arrays.insert("handle", "INSERT", ROWS)
