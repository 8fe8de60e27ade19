"""What migrations retain in the pool's database, and its removal."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from migrations_ui.models import Purge, RetainedRows


class RetainedRowsSerializer(serializers.ModelSerializer[RetainedRows]):
    """One run's rows in one table, or a table that has none; `size`: bytes of the whole table."""

    migration = serializers.SerializerMethodField()

    class Meta:
        model = RetainedRows
        fields = ["table", "purpose", "of_table", "size", "run_id", "migration", "rows"]

    def get_migration(self, line: RetainedRows) -> int | None:
        """The migration that the run is of; null: this console does not know it."""
        known: dict[str, int] = self.context["migrations"]
        return known.get(line.run_id)


class RetainedSerializer(serializers.Serializer[Any]):
    """What migrations retain in a pool's database, as it was read there last."""

    database = serializers.IntegerField()
    being_read = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField(allow_blank=True)
    tables = RetainedRowsSerializer(many=True)


class PurgeSerializer(serializers.ModelSerializer[Purge]):
    """The removal of what a migration retained."""

    requested_at = serializers.DateTimeField(source="asked_at", read_only=True)

    class Meta:
        model = Purge
        fields = ["id", "status", "requested_at", "ended_at", "summary"]


class RetainedByMigrationSerializer(RetainedSerializer):
    """The part of one migration; `why_not` says why it cannot be purged now."""

    purged_at = serializers.DateTimeField(allow_null=True)
    purge = PurgeSerializer(allow_null=True)
    why_not = serializers.CharField(allow_blank=True)
