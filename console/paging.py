"""How many rows one answer of the API holds."""

from __future__ import annotations

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """`?limit=` and `?offset=`; whoever asks for more than the most gets the most, and `next`."""

    max_limit = 1000
