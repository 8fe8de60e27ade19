"""Rows that met one of the pool's."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from migrations_ui.models import Conflict


class ConflictSerializer(serializers.ModelSerializer[Conflict]):
    """A row that both had, not equally: the columns that differ, on each side, cut to be shown."""

    pool_side = serializers.DictField(child=serializers.CharField(allow_null=True))
    server_side = serializers.DictField(child=serializers.CharField(allow_null=True))

    class Meta:
        model = Conflict
        fields = ["table", "row_key", "verdict", "pool_side", "server_side"]


class WaitSerializer(serializers.Serializer[Any]):
    """Why there is no answer now."""

    detail = serializers.CharField()


class FetchedConflictsSerializer(serializers.Serializer[Any]):
    """Conflicts out of the pool's database; `next` is where those behind them are."""

    count = serializers.IntegerField(help_text="All of the migration, exactly.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ConflictSerializer(many=True)
