"""What moves keep in the pool's database, and its removal."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from migrations_ui.models import Clearing, KeptRows


class KeptRowsSerializer(serializers.ModelSerializer[KeptRows]):
    """One run's rows in one table, or a table that has none; `size`: bytes of the whole table."""

    migration = serializers.SerializerMethodField()

    class Meta:
        model = KeptRows
        fields = ["table", "purpose", "of_table", "size", "run_id", "migration", "rows"]

    def get_migration(self, line: KeptRows) -> int | None:
        """The migration that the run is of; null: this console does not know it."""
        known: dict[str, int] = self.context["migrations"]
        return known.get(line.run_id)


class KeptSerializer(serializers.Serializer[Any]):
    """What moves keep in a pool's database, as it was read there last."""

    database = serializers.IntegerField()
    being_read = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField(allow_blank=True)
    tables = KeptRowsSerializer(many=True)


class ClearingSerializer(serializers.ModelSerializer[Clearing]):
    """What a move kept, given up."""

    class Meta:
        model = Clearing
        fields = ["id", "status", "asked_at", "ended_at", "summary"]


class KeptByMoveSerializer(KeptSerializer):
    """The part of one move; `why_not` says why it cannot be cleared now."""

    cleared_at = serializers.DateTimeField(allow_null=True)
    clearing = ClearingSerializer(allow_null=True)
    why_not = serializers.CharField(allow_blank=True)
