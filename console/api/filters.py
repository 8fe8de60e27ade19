"""`?pool=3&present=true`: each list has a filter set; the schema names its parameters.

A value that cannot be read and a parameter that does not exist are refused: whoever mistypes a
filter would otherwise get all rows and not notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.drainage import set_override
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

from pools.domain.numbers import LARGEST

READ_AS = {"true": True, "1": True, "false": False, "0": False}


class SwitchField(forms.Field):
    """Django's own reads any word as true, and django-filter's ignores what it cannot read."""

    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        try:
            return READ_AS[str(value).lower()]
        except KeyError:
            raise FormError("This is true or false.") from None


class SwitchFilter(filters.Filter):
    """`true` or `false`."""

    field_class = SwitchField

    def __init__(self, field_name: str, lookup_expr: str, *, help_text: str, **more: Any) -> None:
        super().__init__(field_name, lookup_expr, help_text=help_text, **more)
        set_override(self, "field", {"type": "boolean", "description": help_text})


class IdFilter(filters.Filter):
    """An id; none that a column cannot hold."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str, lookup_expr: str = "exact", *, help_text: str) -> None:
        super().__init__(
            field_name, lookup_expr, help_text=help_text, min_value=0, max_value=LARGEST
        )
        set_override(self, "field", {"type": "integer", "description": help_text})


class StrictFilters(filters.DjangoFilterBackend):
    """django-filter's, which also refuses parameters that the list does not have.

    For lists: an object is found by its id alone. A list below an object (`detail=True`) names its
    filter set in `@action`, and calls `narrow`.
    """

    def get_filterset_class(self, view: Any, queryset: QuerySet[Any] | None = None) -> Any:
        found = getattr(view, "filterset_class", None)
        of_class = getattr(type(view), "filterset_class", None)
        is_of_objects = getattr(view, "detail", False) and found is of_class
        return None if is_of_objects else found

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        return queryset if view.detail else self.narrow(request, queryset, view)

    def narrow(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows that the request selects. Raises ValidationError."""
        known = sorted(set(self._parameters(queryset, view)))
        unknown = sorted(set(request.query_params) - set(known))
        if unknown:
            fault = f"This list has no such parameter. It has: {', '.join(known)}."
            raise ValidationError({name: [fault] for name in unknown})
        return super().filter_queryset(request, queryset, view)

    def _parameters(self, queryset: QuerySet[Any], view: Any) -> Iterator[str]:
        filter_set = self.get_filterset_class(view, queryset)
        if filter_set is not None:
            yield from filter_set.base_filters
        if is_ordered(view):
            yield Ordering.ordering_param
        if view.paginator is not None:
            for parameter in view.paginator.get_schema_operation_parameters(view):
                yield parameter["name"]


class Ordering(OrderingFilter):
    """`?ordering=name` or `-name`, by the view's `ordering_fields`; any other name is refused."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        if not is_ordered(view):
            return None
        given = request.query_params.get(self.ordering_param, "").split(",")
        names = [name.strip() for name in given if name.strip()]
        if any(name.removeprefix("-") not in view.ordering_fields for name in names):
            fault = f"Order by {', '.join(view.ordering_fields)}, each also with a - before it."
            raise ValidationError({self.ordering_param: [fault]})
        # The id makes the order one that pages can rely on.
        return [*names, "pk"] if names else None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        if not is_ordered(view):
            return []
        by = ", ".join(view.ordering_fields)
        description = f"One or more of {by}, separated by commas; with a - before it: descending."
        text = {"type": "string"}
        name = self.ordering_param
        return [
            {"name": name, "in": "query", "required": False, "description": description}
            | {"schema": text}
        ]


def is_ordered(view: Any) -> bool:
    """Lists of objects only; what belongs to one has the order of its writing."""
    return bool(getattr(view, "ordering_fields", None)) and not view.detail
