"""A migration at one moment, with all that belongs to it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from migrations_ui.api.serializers.migration import MigrationSerializer
from migrations_ui.api.shapes import SecondsField, serializer_of
from migrations_ui.models import Event, Finding, Step, TableTransfer
from migrations_ui.presentation.last_comparison import Comparison, last_comparison
from migrations_ui.presentation.report import MigrationReport
from migrations_ui.presentation.snapshot import Snapshot
from migrations_ui.progress.outage_clock import OutageClock
from migrations_ui.states import MigrationStatus


class StepSerializer(serializers.ModelSerializer[Step]):
    """A step with its state and what it did."""

    class Meta:
        model = Step
        fields = [
            *("name", "status", "attempts", "started_at", "finished_at", "summary"),
            *("done", "total", "unit", "expected_seconds"),
        ]


class FindingSerializer(serializers.ModelSerializer[Finding]):
    """A line of the preflight report or of the compatibility check."""

    class Meta:
        model = Finding
        fields = [
            *("check_id", "group", "title", "outcome", "seen", "remedy"),
            *("table", "column", "kind", "count", "longest", "treatment"),
        ]


class TableSerializer(serializers.ModelSerializer[TableTransfer]):
    """A table with what became of its rows."""

    class Meta:
        model = TableTransfer
        fields = [
            *("table", "status", "rows_total", "rows_copied", "rows_rejected"),
            *("keys_since", "keys_part"),
            *("rows_updated", "rows_equal", "rows_kept", "rows_corrected", "equation"),
            *("verification", "verified_at", "verified_before_cutover", "stale_since"),
            "mismatches",
        ]


class EventSerializer(serializers.ModelSerializer[Event]):
    """One event; numbers have no gap."""

    class Meta:
        model = Event
        fields = ["sequence", "at", "kind", "level", "step", "text"]


class ProgressSerializer(serializers.Serializer[Any]):
    """Rows over all tables; null is unknown."""

    rows_total = serializers.IntegerField()
    rows_copied = serializers.IntegerField()
    rows_rejected = serializers.IntegerField()
    rows_updated = serializers.IntegerField()
    rows_equal = serializers.IntegerField()
    rows_kept = serializers.IntegerField()
    conflicts = serializers.IntegerField()
    percent = serializers.IntegerField()
    rows_per_second = serializers.IntegerField(allow_null=True)
    remaining_seconds = SecondsField(source="remaining", allow_null=True)
    spread_seconds = SecondsField(source="spread", allow_null=True)
    then_verify_seconds = SecondsField(
        source="then_verify",
        allow_null=True,
        help_text="What the comparison takes after the copy, by earlier runs into this pool.",
    )


ReportSerializer = serializer_of(MigrationReport)
ComparisonSerializer = serializer_of(Comparison)
OutageSerializer = serializer_of(OutageClock)


class SnapshotSerializer(serializers.Serializer[Any]):
    """A migration at one moment, with the events after those the client has."""

    as_of = serializers.DateTimeField()
    migration = MigrationSerializer()
    steps = StepSerializer(many=True)
    progress = ProgressSerializer()
    outage = OutageSerializer(allow_null=True, help_text="How long its server is down for it.")
    users_waiting = serializers.IntegerField(allow_null=True)
    tables = TableSerializer(many=True)
    compared = serializers.SerializerMethodField()
    incompatible_values = FindingSerializer(many=True)
    events = EventSerializer(many=True)
    sequence = serializers.IntegerField()

    @extend_schema_field(ComparisonSerializer(allow_null=True))
    def get_compared(self, snapshot: Snapshot) -> dict[str, Any] | None:
        """At the gate: when the rows were compared, and what may have changed one since."""
        if snapshot.migration.state is not MigrationStatus.AWAITING_CUTOVER:
            return None
        compared = last_comparison(snapshot.migration)
        return dict(ComparisonSerializer(compared).data) if compared else None
