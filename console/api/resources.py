"""The base of the ViewSets: ETags, idempotent POSTs, and lists below an object."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from console.accounts.permissions import scoped
from console.api.entity_tags import EntityTags
from console.api.filters import StrictFilters
from console.api.idempotency import IdempotentPosts

Row = TypeVar("Row", bound=Model)


class Resource(IdempotentPosts, EntityTags[Row]):
    """One noun of the API."""

    # Of the list; an action for a list below an object names its own.
    filterset_class: type[Any] | None = None
    # Of a list that does not grow; `NewestFirst` and `OldestFirst` have an order of their own.
    ordering_fields: tuple[str, ...] = ()
    # Whether its rows belong to pools; other rows take a capability that reaches over all pools.
    of_pools = True

    def get_queryset(self) -> QuerySet[Row]:
        """Those of the pools that the person's role holds for."""
        rows = super().get_queryset()
        return scoped(rows, self.request.user) if self.of_pools else rows

    def _page(self, rows: QuerySet[Any], serializer: type[BaseSerializer[Any]]) -> Response:
        """A page of rows that belong to the object, filtered as the request says."""
        narrowed = StrictFilters().narrow(self.request, rows, self)
        page = self.paginate_queryset(narrowed)
        return self.get_paginated_response(serializer(page, many=True).data)
