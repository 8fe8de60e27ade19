"""A migration, and the actions that its asker may take now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from console.accounts.permissions import NO_ACCESS, Access, access_of
from console.api.serializers import ProblemSerializer
from migrations_ui.capabilities import ACTION_CAPABILITIES
from migrations_ui.models import Migration
from migrations_ui.states import Action

# What an action takes in its body; the others take nothing.
TYPED_NAME = {"typed_name": "the name of the server, typed by a person"}
ACTION_BODIES: dict[Action, dict[str, str]] = {
    Action.CONFIRM: TYPED_NAME,
    Action.ROLL_BACK: TYPED_NAME,
}


class ActionSerializer(serializers.Serializer[dict[str, Any]]):
    """An action that is possible now: POST to `url`."""

    name = serializers.ChoiceField(choices=Action.choices)
    title = serializers.CharField()
    url = serializers.CharField()
    body = serializers.DictField(child=serializers.CharField())


class MigrationSerializer(serializers.ModelSerializer[Migration]):
    """One migration, and in `actions` what the asker may do now."""

    server_name = serializers.CharField(source="server.domino_name", read_only=True)
    pool_name = serializers.CharField(source="pool.name", read_only=True)
    actor = serializers.CharField(source="actor.username", read_only=True)
    values = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

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
            "actions",
        ]
        read_only_fields = fields

    def get_values(self, migration: Migration) -> dict[str, str]:
        """What happens to values that would lose something; a kind that is not listed stops it."""
        return {each.loss: each.treatment for each in migration.value_policies.all()}

    @extend_schema_field(ActionSerializer(many=True))
    def get_actions(self, migration: Migration) -> list[dict[str, Any]]:
        return actions_of(migration, asker_in(self.context))


class MigrationProblemSerializer(ProblemSerializer):
    """Why something was not done, and what is possible instead."""

    held_by = serializers.IntegerField(required=False, help_text="The migration in the way.")
    actions = ActionSerializer(many=True)


def asker_in(context: Mapping[str, Any]) -> Access:
    """Whose answer it is: `access` where a socket asks, else the person of the request."""
    if "access" in context:
        access: Access = context["access"]
        return access
    request = context.get("request")
    return NO_ACCESS if request is None else access_of(request.user)


def actions_of(migration: Migration, access: Access) -> list[dict[str, Any]]:
    """What this person may do now, and where."""
    return [
        {
            "name": action.value,
            "title": action.label.rstrip("…"),
            "url": reverse(f"migration-{action.value.replace('_', '-')}", args=[migration.pk]),
            "body": ACTION_BODIES.get(action, {}),
        }
        for action in migration.actions
        if access.may(ACTION_CAPABILITIES[action])
    ]
