"""How many rows one answer of the API holds."""

from __future__ import annotations

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

FURTHEST = 2**31 - 1


class Pages(LimitOffsetPagination):
    """`?limit=` and `?offset=`; whoever asks for more than the most gets the most, and `next`."""

    max_limit = 1000

    def get_offset(self, request: Request) -> int:
        """No database takes every number."""
        return min(super().get_offset(request), FURTHEST)
