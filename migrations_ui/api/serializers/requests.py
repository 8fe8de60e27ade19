"""What is requested when a migration is drafted, and while it runs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from console.accounts.api.scoping import ScopedRelatedField
from migrations_ui.models import Migration
from migrations_ui.presentation.values import choices
from migrations_ui.states import ConflictPolicy, MigrationKind
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.pacing.chunk_size import FEWEST_ROWS, MOST_ROWS
from migrations_ui.transfer.pacing.throttle import HIGHEST_LIMIT
from migrations_ui.transfer.value_loss import Loss, Treatment
from pools.models import Pool, Server


def _example(name: str, **value: Any) -> Any:
    return extend_schema_serializer(examples=[OpenApiExample(name, value=value)])


def _secret() -> serializers.CharField:
    return serializers.CharField(
        default="", allow_blank=True, trim_whitespace=False, max_length=256, write_only=True
    )


@_example("Convert NULs, reject what is too long", nul="convert", incompatible="reject")
class ValuesSerializer(serializers.Serializer[dict[str, str]]):
    """What happens to values that would lose something, by kind; left out: the run stops."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            loss.value: serializers.ChoiceField(
                choices=[name for name, _ in choices(loss)], required=False
            )
            for loss in Loss
        }

    def to_internal_value(self, data: Any) -> Any:
        chosen = super().to_internal_value(data)
        return {Loss(loss): Treatment(treatment) for loss, treatment in chosen.items()}


@_example("A database with a user", user="sa")
class DerbyLoginSerializer(serializers.Serializer[dict[str, str]]):
    """What opens the server's Derby database; never shown again. What is left out is deleted."""

    boot_password = _secret()
    user = serializers.CharField(default="", allow_blank=True, max_length=128)
    password = _secret()

    def to_internal_value(self, data: Any) -> Any:
        return DerbyLogin(**super().to_internal_value(data))


class NewMigrationSerializer(serializers.Serializer[Migration]):
    """What a new migration is made of."""

    server = ScopedRelatedField(queryset=Server.objects.all())
    pool = ScopedRelatedField(queryset=Pool.objects.all())
    kind = serializers.ChoiceField(choices=MigrationKind.choices, default=MigrationKind.MIGRATION)
    rows_per_second = serializers.IntegerField(
        min_value=1, max_value=HIGHEST_LIMIT, required=False, allow_null=True
    )
    chunk_rows = serializers.IntegerField(
        min_value=FEWEST_ROWS, max_value=MOST_ROWS, required=False, allow_null=True
    )
    drain_seconds = serializers.IntegerField(min_value=0, max_value=3600, default=15)
    values = ValuesSerializer(source="treatments", required=False)
    derby_login = DerbyLoginSerializer(required=False, write_only=True)
    conflict_policy = serializers.ChoiceField(
        choices=ConflictPolicy.choices, default=ConflictPolicy.NEWEST
    )


@_example("5,000 rows a second at most", rows_per_second=5_000)
class RateLimitSerializer(serializers.Serializer[dict[str, int | None]]):
    """The cap of a copy, in rows a second; null: none."""

    rows_per_second = serializers.IntegerField(
        min_value=1, max_value=HIGHEST_LIMIT, allow_null=True
    )


@_example("10,000 rows a transaction", chunk_rows=10_000)
class ChunkSizeSerializer(serializers.Serializer[dict[str, int | None]]):
    """Rows a transaction; null: the size adapts."""

    chunk_rows = serializers.IntegerField(
        min_value=FEWEST_ROWS, max_value=MOST_ROWS, allow_null=True
    )


@_example("The newer row wins", conflict_policy="newest")
class ConflictPolicySerializer(serializers.Serializer[dict[str, str]]):
    """Which row stays where both sides have one."""

    conflict_policy = serializers.ChoiceField(choices=ConflictPolicy.choices)
