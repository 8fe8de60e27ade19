"""Migrations over REST. What is accepted answers 202 and a worker carries it out; what does not fit
the state answers 409 and says why; both list the actions that are possible now."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.api.requests import actor_of, validated
from migrations_ui.api.conflicts import ConflictActions
from migrations_ui.api.events import EventActions
from migrations_ui.api.filters import MigrationFilters
from migrations_ui.api.rejects import RejectActions
from migrations_ui.api.retained import RetainedActions
from migrations_ui.api.scope import MigrationScope
from migrations_ui.api.serializers.migration import MigrationProblemSerializer, MigrationSerializer
from migrations_ui.api.serializers.requests import NewMigrationSerializer
from migrations_ui.api.settings import SettingActions
from migrations_ui.api.state import StateActions
from migrations_ui.api.verifications import VerificationActions
from migrations_ui.services import migrations as services

CREATED = {201: MigrationSerializer, 409: MigrationProblemSerializer}
NEW = OpenApiExample(
    "A rehearsal", value={"server": 7, "pool": 2, "kind": "rehearsal"}, request_only=True
)


class MigrationViewSet(
    StateActions,
    SettingActions,
    EventActions,
    VerificationActions,
    RejectActions,
    ConflictActions,
    RetainedActions,
    mixins.ListModelMixin,
    MigrationScope,
):
    """Migrations of standalone servers into pools."""

    filterset_class = MigrationFilters
    ordering_fields = ("created_at", "started_at", "finished_at")

    @extend_schema(request=NewMigrationSerializer, responses=CREATED, examples=[NEW])
    def create(self, request: Request) -> Response:
        """Draft a migration; request `check` next."""
        requested = validated(NewMigrationSerializer, request)
        migration = services.create_migration(actor=actor_of(request), **requested)
        return Response(self._shown(migration), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CREATED)
    @action(detail=True, methods=["post"])
    def migrate(self, request: Request, pk: str) -> Response:
        """Draft the migration that was rehearsed, with the same settings; its checks start at
        once."""
        rehearsal = self.get_object()
        migration = services.draft_migration_of_rehearsal(rehearsal, actor=actor_of(request))
        return Response(self._shown(migration), status=status.HTTP_201_CREATED)
