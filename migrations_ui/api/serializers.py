"""What the API shows of a migration, and what it takes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from migrations_ui.api.shapes import serializer_of
from migrations_ui.live.snapshot import Snapshot
from migrations_ui.models import (
    Clearing,
    Conflict,
    Correction,
    Event,
    Finding,
    KeptRows,
    Migration,
    Mismatch,
    Recheck,
    Reject,
    Step,
    TableTransfer,
)
from migrations_ui.models.table_transfer import UnfitColumn
from migrations_ui.states import (
    Action,
    ConflictPolicy,
    MigrationKind,
    MigrationStatus,
    RecheckKind,
)
from migrations_ui.transfer.chunks import FEWEST_ROWS, MOST_ROWS
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.lossy import Loss, Treatment
from migrations_ui.transfer.throttle import HIGHEST_LIMIT
from migrations_ui.wording.compared import Comparison, last_comparison
from migrations_ui.wording.report import Report
from migrations_ui.wording.values import choices
from pools.domain.numbers import LARGEST
from pools.models import Pool, Server

# What an action wants in its body, besides nothing.
TYPED_NAME = {"typed_name": "the name of the server, typed by a person"}
ACTION_BODIES: dict[Action, dict[str, str]] = {
    Action.CONFIRM: TYPED_NAME,
    Action.ROLL_BACK: TYPED_NAME,
}


def _secret() -> serializers.CharField:
    return serializers.CharField(
        default="", allow_blank=True, trim_whitespace=False, max_length=256, write_only=True
    )


class NextStepSerializer(serializers.Serializer[dict[str, Any]]):
    """One thing that may be asked for now: POST to `url`."""

    action = serializers.ChoiceField(choices=Action.choices)
    title = serializers.CharField()
    url = serializers.CharField()
    body = serializers.DictField(child=serializers.CharField())


class MigrationSerializer(serializers.ModelSerializer[Migration]):
    """One migration, and in `next_steps` what may be asked of it now."""

    server_name = serializers.CharField(source="server.domino_name", read_only=True)
    pool_name = serializers.CharField(source="pool.name", read_only=True)
    actor = serializers.CharField(source="actor.username", read_only=True)
    values = serializers.SerializerMethodField()
    next_steps = serializers.SerializerMethodField()

    class Meta:
        model = Migration
        fields = [
            *("id", "server", "server_name", "pool", "pool_name", "status", "current_step"),
            *("kind", "creates_pool", "rows_per_second", "chunk_rows", "drain_seconds"),
            *("conflict_policy", "may_choose_policy", "cleared_at", "why_no_way_back"),
            *("slowed_since", "slowed_factor", "last_line_at", "telling_line", "failure", "actor"),
            *("created_at", "checked_at", "started_at", "confirmed_at", "finished_at"),
            *("backup_bytes", "backup_sha256", "source_sha256", "last_event", "values"),
            "next_steps",
        ]
        read_only_fields = fields

    def get_values(self, migration: Migration) -> dict[str, str]:
        """What happens to values that would lose something; a kind that is not named stops it."""
        return {each.loss: each.treatment for each in migration.value_policies.all()}

    def get_next_steps(self, migration: Migration) -> list[dict[str, Any]]:
        return next_steps(migration)


class ValuesSerializer(serializers.Serializer[dict[str, str]]):
    """What happens to values that would lose something, by kind; left out: the move stops."""

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


class DerbyLoginSerializer(serializers.Serializer[dict[str, str]]):
    """What opens the server's Derby database; never shown again. What is left out is forgotten."""

    boot_password = _secret()
    user = serializers.CharField(default="", allow_blank=True, max_length=128)
    password = _secret()

    def to_internal_value(self, data: Any) -> Any:
        return DerbyLogin(**super().to_internal_value(data))


class NewMigrationSerializer(serializers.Serializer[Migration]):
    """What a new migration is made of."""

    server = serializers.PrimaryKeyRelatedField(queryset=Server.objects.all())
    pool = serializers.PrimaryKeyRelatedField(queryset=Pool.objects.all())
    kind = serializers.ChoiceField(choices=MigrationKind.choices, default=MigrationKind.MOVE)
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


class RateLimitSerializer(serializers.Serializer[dict[str, int | None]]):
    rows_per_second = serializers.IntegerField(
        min_value=1, max_value=HIGHEST_LIMIT, allow_null=True
    )


class ChunkSizeSerializer(serializers.Serializer[dict[str, int | None]]):
    chunk_rows = serializers.IntegerField(
        min_value=FEWEST_ROWS, max_value=MOST_ROWS, allow_null=True
    )


class ConflictPolicySerializer(serializers.Serializer[dict[str, str]]):
    conflict_policy = serializers.ChoiceField(choices=ConflictPolicy.choices)


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


class MismatchSerializer(serializers.ModelSerializer[Mismatch]):
    """A row that the last comparison found wrong, both sides cut to be shown."""

    pool_side = serializers.DictField(child=serializers.CharField(allow_null=True))
    server_side = serializers.DictField(child=serializers.CharField(allow_null=True))

    class Meta:
        model = Mismatch
        fields = ["id", "table", "row_key", "kind", "pool_side", "server_side"]


class RecheckSerializer(serializers.ModelSerializer[Recheck]):
    """A comparison that was asked for."""

    class Meta:
        model = Recheck
        fields = ["id", "kind", "status", "asked_at", "ended_at", "summary"]


class NewRecheckSerializer(serializers.Serializer[dict[str, Any]]):
    """`mismatches`: the rows to write again first, for a repair; none: all."""

    kind = serializers.ChoiceField(
        choices=[choice for choice in RecheckKind.choices if choice[0] != RecheckKind.REPLAY],
        default=RecheckKind.VERIFY,
    )
    mismatches = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST),
        default=list,
        max_length=1000,
    )


class UnfitColumnSerializer(serializers.Serializer[UnfitColumn]):
    """A value that kept the row out, and in words what its column takes."""

    column = serializers.CharField()
    reason = serializers.CharField()
    preview = serializers.CharField()
    wants = serializers.CharField()
    in_key = serializers.BooleanField()


class RejectSerializer(serializers.ModelSerializer[Reject]):
    unfit = UnfitColumnSerializer(source="unfit_columns", many=True, read_only=True)
    why_not_corrected = serializers.CharField(read_only=True)

    class Meta:
        model = Reject
        fields = [
            *("id", "table", "row_key", "column", "reason", "preview", "note", "set_aside_at"),
            *("unfit", "why_not_corrected"),
        ]


class NewCorrectionSerializer(serializers.Serializer[dict[str, Any]]):
    """What the columns that kept the row out are to hold; empty is null where that is no text.

    `value` is short for `values` where it is one column.
    """

    value = serializers.CharField(allow_blank=True, trim_whitespace=False, required=False)
    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False), required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Give one of them: value, or values by column.")
        return attrs


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    """A row that had stayed behind, and was written as it was corrected; all values are cut."""

    corrected_by = serializers.CharField(source="corrected_by.username", read_only=True)
    changes = serializers.SerializerMethodField()

    class Meta:
        model = Correction
        fields = ["table", "row_key", "changes", "corrected_by", "corrected_at"]

    def get_changes(self, correction: Correction) -> list[dict[str, str]]:
        return [
            {"column": column, "source": before, "pool": after}
            for column, before, after in correction.values
        ]


class SetAsideSerializer(serializers.Serializer[dict[str, str]]):
    note = serializers.CharField(max_length=400)


class RefusalSerializer(serializers.Serializer[dict[str, Any]]):
    """Why something was not done, and what may be asked for instead."""

    detail = serializers.CharField()
    held_by = serializers.IntegerField(required=False, help_text="The migration in the way.")
    next_steps = NextStepSerializer(many=True)


class StepSerializer(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = [
            *("name", "status", "attempts", "started_at", "finished_at", "summary"),
            *("done", "total", "unit"),
        ]


class FindingSerializer(serializers.ModelSerializer[Finding]):
    class Meta:
        model = Finding
        fields = [
            *("check_id", "group", "title", "outcome", "seen", "remedy"),
            *("table", "column", "kind", "count", "longest", "treatment"),
        ]


class TableSerializer(serializers.ModelSerializer[TableTransfer]):
    class Meta:
        model = TableTransfer
        fields = [
            *("table", "status", "rows_total", "rows_copied", "rows_rejected"),
            *("keys_since", "keys_part"),
            *("rows_updated", "rows_equal", "rows_kept", "rows_corrected", "equation"),
            *("verification", "verified_at", "stale_since", "mismatches"),
        ]


class EventSerializer(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        fields = ["sequence", "at", "kind", "level", "step", "text"]


class ProgressSerializer(serializers.Serializer[Any]):
    """Rows over all tables; what is null cannot be said now."""

    rows_total = serializers.IntegerField()
    rows_copied = serializers.IntegerField()
    rows_rejected = serializers.IntegerField()
    rows_updated = serializers.IntegerField()
    rows_equal = serializers.IntegerField()
    rows_kept = serializers.IntegerField()
    conflicts = serializers.IntegerField()
    percent = serializers.IntegerField()
    rows_per_second = serializers.IntegerField(allow_null=True)
    remaining_seconds = serializers.FloatField(source="remaining.total_seconds", default=None)
    spread_seconds = serializers.FloatField(source="spread.total_seconds", default=None)
    then_verify_seconds = serializers.FloatField(
        source="then_verify.total_seconds",
        default=None,
        help_text="What the comparison takes after the copy, by earlier runs into this pool.",
    )


ReportSerializer = serializer_of(Report)
ComparisonSerializer = serializer_of(Comparison)


class SnapshotSerializer(serializers.Serializer[Any]):
    """A migration at one moment, with the events after those the client has."""

    as_of = serializers.DateTimeField()
    migration = MigrationSerializer()
    steps = StepSerializer(many=True)
    progress = ProgressSerializer()
    tables = TableSerializer(many=True)
    compared = serializers.SerializerMethodField()
    misfits = FindingSerializer(many=True)
    events = EventSerializer(many=True)
    sequence = serializers.IntegerField()

    @extend_schema_field(ComparisonSerializer(allow_null=True))
    def get_compared(self, snapshot: Snapshot) -> dict[str, Any] | None:
        """At the gate: when the rows were compared, and what may have changed one since."""
        if snapshot.migration.state is not MigrationStatus.AWAITING_CUTOVER:
            return None
        compared = last_comparison(snapshot.migration)
        return dict(ComparisonSerializer(compared).data) if compared else None


def next_steps(migration: Migration) -> list[dict[str, Any]]:
    """What may be asked for now, and where."""
    return [
        {
            "action": action.value,
            "title": action.label.rstrip("…"),
            "url": reverse(f"migration-{action.value.replace('_', '-')}", args=[migration.pk]),
            "body": ACTION_BODIES.get(action, {}),
        }
        for action in migration.actions
    ]
