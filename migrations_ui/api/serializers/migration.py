"""A migration, and what may be asked of it now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from migrations_ui.models import Migration
from migrations_ui.states import Action

# What an action wants in its body, besides nothing.
TYPED_NAME = {"typed_name": "the name of the server, typed by a person"}
ACTION_BODIES: dict[Action, dict[str, str]] = {
    Action.CONFIRM: TYPED_NAME,
    Action.ROLL_BACK: TYPED_NAME,
}


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
            *("conflict_policy", "may_choose_policy", "purged_at", "why_no_rollback"),
            *("waiting_for", "waiting_since", "waiting_until"),
            *(
                "slowed_since",
                "slowed_factor",
                "last_line_at",
                "last_progress_line",
                "failure",
                "actor",
            ),
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


class RefusalSerializer(serializers.Serializer[dict[str, Any]]):
    """Why something was not done, and what may be asked for instead."""

    detail = serializers.CharField()
    held_by = serializers.IntegerField(required=False, help_text="The migration in the way.")
    next_steps = NextStepSerializer(many=True)


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
