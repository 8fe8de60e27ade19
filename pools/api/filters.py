"""What the lists of the API can be filtered by: one filter set a noun."""

from __future__ import annotations

from django_filters import rest_framework as filters

from console.api.filters import IdFilter, SwitchFilter
from pools.databases.engines import engine_choices
from pools.states import Availability, OperationKind, OperationStatus, OverallStatus


class ServerFilters(filters.FilterSet):
    """Of servers."""

    pool = IdFilter("pool", help_text="Servers of this pool.")
    standalone = SwitchFilter(
        "pool",
        "isnull",
        help_text="Servers with their own Derby database, or those in a pool.",
    )
    retired = SwitchFilter(
        "retired_at",
        "isnull",
        exclude=True,
        help_text="Servers that are retired, or those in service.",
    )
    availability = filters.ChoiceFilter(choices=Availability.choices)
    overall_status = filters.ChoiceFilter(choices=OverallStatus.choices)


class UserFilters(filters.FilterSet):
    """Of users."""

    pool = IdFilter("pool", help_text="Users of this pool.")
    present = SwitchFilter(
        "gone_at", "isnull", help_text="Users that the last listing had, or those it had not."
    )


class DeviceFilters(filters.FilterSet):
    """Of devices."""

    pool = IdFilter("user__pool", help_text="Devices of this pool's users.")
    user = IdFilter("user", help_text="Devices of this user.")
    present = SwitchFilter(
        "gone_at", "isnull", help_text="Devices that the last listing had, or those it had not."
    )


class DatabaseFilters(filters.FilterSet):
    """Of databases."""

    engine = filters.ChoiceFilter(choices=engine_choices)


class OperationFilters(filters.FilterSet):
    """Of operations."""

    server = IdFilter("server", help_text="Operations on this server.")
    kind = filters.ChoiceFilter(choices=OperationKind.choices)
    status = filters.ChoiceFilter(choices=OperationStatus.choices)


class AuditFilters(filters.FilterSet):
    """Of audit entries."""

    action = filters.CharFilter(help_text="Entries of this action, such as update_database.")
    actor = filters.CharFilter("actor__username", help_text="Entries of this user name.")
    after = IdFilter("pk", "gt", help_text="Entries written after the one of this id.")
    since = filters.IsoDateTimeFilter("at", "gte", help_text="Entries since then.")
    until = filters.IsoDateTimeFilter("at", "lt", help_text="Entries before then.")


class ReadingFilters(filters.FilterSet):
    """Of readings, by when they were taken."""

    since = filters.IsoDateTimeFilter("taken_at", "gte", help_text="Readings since then.")
    until = filters.IsoDateTimeFilter("taken_at", "lt", help_text="Readings before then.")
