"""Asking an open cursor."""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import CursorWrapper


def single_value(cursor: CursorWrapper, query: str, *parameters: str) -> Any:
    """The first column of the first row, or None when there is no row."""
    cursor.execute(query, parameters or None)
    row = cursor.fetchone()
    return row[0] if row else None


def all_rows(cursor: CursorWrapper, query: str, *parameters: str) -> list[dict[str, Any]]:
    """Every row by its column names, in lower case, whatever case and order the engine has."""
    cursor.execute(query, parameters or None)
    names = [str(column[0]).casefold() for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
