"""What the lists of the migrations API can be filtered by."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from console.api.filters import IdFilter
from migrations_ui.states import MigrationKind, MigrationStatus
from pools.domain.numbers import read_number


class MigrationFilters(filters.FilterSet):
    """`?status=`, `?kind=`, `?pool=` and `?server=`."""

    status = filters.ChoiceFilter(choices=MigrationStatus.choices)
    kind = filters.ChoiceFilter(choices=MigrationKind.choices)
    server = IdFilter("server", help_text="Migrations of this server.")
    pool = IdFilter("pool", help_text="Migrations into this pool.")


class TableFilters(filters.FilterSet):
    """`?table=`."""

    table = filters.CharFilter(help_text="Rows of this table.")


class EventFilters(filters.FilterSet):
    """`?after=`: the number of the last event that the client has."""

    after = filters.CharFilter(method="after_number")

    @extend_schema_field(
        {"type": "integer", "description": "The number of the last event you have."}
    )
    def after_number(self, events: Any, name: str, value: str) -> Any:
        """Any text: what is no number is before the first event."""
        return events.after(read_number(value))
