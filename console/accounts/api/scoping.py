"""Keys of other rows in what is sent: only those in the pools of the person's role."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from django.db.models import Model, QuerySet
from rest_framework.serializers import PrimaryKeyRelatedField

from console.accounts.permissions import scoped

Row = TypeVar("Row", bound=Model)


class ScopedRelatedField(PrimaryKeyRelatedField[Row]):
    """Takes the key of a row within the person's reach; the serializer is given its context."""

    def get_queryset(self) -> Any:
        rows = cast("QuerySet[Row]", super().get_queryset())
        return scoped(rows, self.context["request"].user)
