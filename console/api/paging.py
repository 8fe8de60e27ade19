"""How many rows one answer of the API holds, and how the next ones are found."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination, LimitOffsetPagination
from rest_framework.request import Request

from pools.domain.numbers import LARGEST

FURTHEST = 2**31 - 1
MOST = 1000
LINK = {"type": ["string", "null"], "format": "uri"}


class Pages(LimitOffsetPagination):
    """For tables that stay small: `?limit=` and `?offset=`, with a `count`.

    Whoever asks for more than the most gets the most, and `next`.
    """

    max_limit = MOST

    def get_offset(self, request: Request) -> int:
        """No database takes every number."""
        return min(super().get_offset(request), FURTHEST)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return _envelope(schema, count={"type": "integer"})


class NewestFirst(CursorPagination):
    """For tables that grow: by id, so that no page is slower than the first, and no row is skipped
    or repeated while others are added. `next` has the cursor."""

    ordering = "-pk"
    cursor_query_description = "As `next` has it."
    page_size_query_param = "limit"
    page_size_query_description = f"Rows of a page; 100 unless you say so, {MOST:,} at most."
    max_page_size = MOST

    def decode_cursor(self, request: Request) -> Any:
        """None without a cursor. Raises ValidationError for one that we have not made."""
        cursor = super().decode_cursor(request)
        if cursor is None or cursor.position is None:
            return cursor
        position = str(cursor.position)
        if not (position.isascii() and position.isdecimal() and len(position) <= len(str(LARGEST))):
            raise ValidationError({"cursor": ["Start again without it."]})
        return Cursor(cursor.offset, cursor.reverse, min(int(position), LARGEST))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return _envelope(schema)


class OldestFirst(NewestFirst):
    """In the order in which the rows were written."""

    ordering = "pk"


class InSequence(NewestFirst):
    """For rows that are numbered without a gap below their object."""

    ordering = "sequence"


def _envelope(rows: dict[str, Any], **more: dict[str, Any]) -> dict[str, Any]:
    properties = {**more, "next": LINK, "previous": LINK, "results": rows}
    return {"type": "object", "required": [*properties], "properties": properties}
