"""`?pool=3&present=true`: a ViewSet declares its parameters, the schema names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from pools.domain.numbers import LARGEST

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: its kind, what it does to the rows, and a sentence about it."""

    field: serializers.Field[Any, Any, Any, Any]
    narrow: Callable[[QuerySet[Any], Any], QuerySet[Any]]
    description: str
    schema_type: str = "string"


def column(name: str, description: str) -> Parameter:
    """Rows whose column is that number."""
    return Parameter(
        serializers.IntegerField(min_value=0, max_value=LARGEST),
        lambda rows, value: rows.filter(**{name: value}),
        description,
        "integer",
    )


def switch(narrow: Callable[[QuerySet[Any], bool], QuerySet[Any]], description: str) -> Parameter:
    """`true` or `false`."""
    return Parameter(serializers.BooleanField(), narrow, description, "boolean")


class DeclaredParameters(BaseFilterBackend):
    """Narrows the list by the ViewSet's `parameters`; a value that cannot be read is a 400."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Row, Any], view: APIView
    ) -> QuerySet[Row, Any]:
        for name, parameter in getattr(view, "parameters", {}).items():
            given = request.query_params.get(name)
            if given is None:
                continue
            try:
                value = parameter.field.run_validation(given)
            except serializers.ValidationError as error:
                raise serializers.ValidationError({name: error.detail}) from None
            queryset = parameter.narrow(queryset, value)
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": parameter.description,
                "schema": {"type": parameter.schema_type},
            }
            for name, parameter in getattr(view, "parameters", {}).items()
        ]
