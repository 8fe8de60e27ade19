"""What all parts of the migrations API share: the row, a request to a service, a page of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from console.accounts.capabilities import Capability
from console.accounts.permissions import access_of
from console.api.requests import actor_of
from console.api.resources import Resource
from migrations_ui.api.serializers.migration import (
    MigrationProblemSerializer,
    MigrationSerializer,
    actions_of,
)
from migrations_ui.errors import PoolBusy
from migrations_ui.models import Migration
from pools.services.errors import ServiceError

ACCEPTED = {202: MigrationSerializer, 409: MigrationProblemSerializer}


def steers(body: Any = None) -> Callable[[Any], Any]:
    """Describes an action that takes `body` and answers with the migration."""
    return extend_schema(request=body, responses=ACCEPTED)


class MigrationScope(Resource[Migration]):
    """Each part of the API is a mixin over this."""

    capability = Capability.VIEW_MIGRATIONS
    capabilities = {
        "create": Capability.DRAFT_MIGRATION,
        "check": Capability.DRAFT_MIGRATION,
        "start": Capability.RUN_MIGRATION,
        "pause": Capability.RUN_MIGRATION,
        "resume": Capability.RUN_MIGRATION,
        "retry": Capability.RUN_MIGRATION,
        "confirm": Capability.CUT_OVER_MIGRATION,
        "cancel": Capability.RUN_MIGRATION,
        "roll_back": Capability.ROLL_BACK_MIGRATION,
        "rate_limit": Capability.RUN_MIGRATION,
        "chunk_size": Capability.RUN_MIGRATION,
        "migrate": Capability.DRAFT_MIGRATION,
        "values": Capability.DRAFT_MIGRATION,
        "derby_login": Capability.DRAFT_MIGRATION,
        "policy": Capability.DRAFT_MIGRATION,
        "purge_retained": Capability.PURGE_RETAINED,
        "verification": Capability.CORRECT_ROWS,
        "correct": Capability.CORRECT_ROWS,
        "skip_reject": Capability.CORRECT_ROWS,
    }
    serializer_class = MigrationSerializer

    queryset = Migration.objects.select_related("server", "pool", "actor").prefetch_related(
        "value_policies"
    )

    def problem_extensions(self, error: ServiceError) -> dict[str, Any]:
        """What a refusal says besides: what is possible now, and which migration is in the way."""
        found: dict[str, Any] = {"actions": []}
        if "pk" in self.kwargs:
            found["actions"] = actions_of(self.get_object(), access_of(self.request.user))
        if isinstance(error, PoolBusy) and error.holder_id is not None:
            found["held_by"] = error.holder_id
        return found

    def _shown(self, migration: Migration) -> dict[str, Any]:
        """The migration as the asker sees it."""
        return dict(MigrationSerializer(migration, context=self.get_serializer_context()).data)

    def _request(self, service: Callable[..., object], **requested: Any) -> Response:
        """202 with the migration as the service has left it. Raises ServiceError."""
        migration = self.get_object()
        service(migration, actor=actor_of(self.request), **requested)
        migration.refresh_from_db()
        return Response(self._shown(migration), status=status.HTTP_202_ACCEPTED)
