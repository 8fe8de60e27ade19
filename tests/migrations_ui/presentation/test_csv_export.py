"""Cells that run nothing and write to no terminal."""

from __future__ import annotations

import pytest

from migrations_ui.presentation.csv_export import guarded


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(1)", "'  @SUM(1)"),
        ("＝1+1", "'＝1+1"),
        ("\t=1+1", "'\\t=1+1"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("one\ntwo", "one\\ntwo"),
        ("plain", "plain"),
        (None, ""),
    ],
)
def test_a_cell_is_text(cell: str | None, written: str) -> None:
    assert guarded(cell) == written
