"""What the lists of the migrations API can be filtered by."""

from __future__ import annotations

from django_filters import rest_framework as filters

from console.api.filters import IdFilter
from migrations_ui.states import MigrationKind, MigrationStatus


class MigrationFilters(filters.FilterSet):
    status = filters.ChoiceFilter(choices=MigrationStatus.choices)
    kind = filters.ChoiceFilter(choices=MigrationKind.choices)
    server = IdFilter("server", help_text="Migrations of this server.")
    pool = IdFilter("pool", help_text="Migrations into this pool.")


class TableFilters(filters.FilterSet):
    table = filters.CharFilter(help_text="Rows of this table.")
