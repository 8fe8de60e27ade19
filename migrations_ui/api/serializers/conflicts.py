"""Conflicts: rows that the pool had too."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from migrations_ui.models import Conflict


class ConflictSerializer(serializers.ModelSerializer[Conflict]):
    """A row that both sides had with other values: the columns that differ, shortened."""

    pool_side = serializers.DictField(child=serializers.CharField(allow_null=True))
    server_side = serializers.DictField(child=serializers.CharField(allow_null=True))

    class Meta:
        model = Conflict
        fields = ["table", "row_key", "verdict", "pool_side", "server_side"]


class WaitSerializer(serializers.Serializer[Any]):
    """Why there is no answer now."""

    detail = serializers.CharField()


class FetchedConflictsSerializer(serializers.Serializer[Any]):
    """A page of conflicts; `next` is the address of the next page."""

    count = serializers.IntegerField(help_text="All of the migration, exactly.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ConflictSerializer(many=True)
