"""Bulk copy fails in one way only, whatever its native core raises."""

from __future__ import annotations

from typing import Any

import pytest

from migrations_ui.transfer.engines.sqlserver.bulk import BulkFailed, bulk_copy

ROWS = [(1, "a"), (2, "b")]


class Panic(BaseException):
    """As the core's: no Exception."""


class Core:
    """A cursor whose bulk copy does what the test says."""

    def __init__(self, does: Any) -> None:
        self._does = does
        self.asked: dict[str, Any] = {}

    def bulkcopy(self, table: str, rows: list[tuple[Any, ...]], **options: Any) -> dict[str, int]:
        self.asked = {"table": table, "rows": rows, **options}
        if isinstance(self._does, BaseException):
            raise self._does
        return {"rows_copied": self._does}


def copy(core: Core, secret: str = "") -> None:
    bulk_copy(core, "[t]", ("k", "note"), ROWS, secret=secret)


def test_columns_are_named_and_nulls_stay_null() -> None:
    core = Core(2)
    copy(core)
    assert core.asked["table"] == "[t]"
    assert core.asked["column_mappings"] == ["k", "note"]
    assert core.asked["keep_nulls"]


@pytest.mark.parametrize("raised", [Panic("called unwrap"), RuntimeError("no"), ValueError("no")])
def test_a_panic_or_an_error_is_a_failure_with_a_reason(raised: BaseException) -> None:
    with pytest.raises(BulkFailed, match=type(raised).__name__):
        copy(Core(raised))


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), SystemExit(1)])
def test_who_ends_the_worker_is_not_held_up(raised: BaseException) -> None:
    with pytest.raises(type(raised)):
        copy(Core(raised))


def test_rows_that_are_not_counted_are_not_believed() -> None:
    with pytest.raises(BulkFailed, match="1 of 2"):
        copy(Core(1))


def test_the_password_is_not_shown() -> None:
    with pytest.raises(BulkFailed) as failed:
        copy(Core(RuntimeError("login with pa;ss failed")), secret="pa;ss")
    assert "pa;ss" not in str(failed.value)
