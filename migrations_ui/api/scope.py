"""What all parts of the migrations API share: the row, a request to a service, a page of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from console.accounts.permissions import IsAdministrator
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

    permission_classes = [IsAdministrator]
    serializer_class = MigrationSerializer

    def get_queryset(self) -> QuerySet[Migration]:
        return Migration.objects.select_related("server", "pool", "actor").prefetch_related(
            "value_policies"
        )

    def problem_extensions(self, error: ServiceError) -> dict[str, Any]:
        """What a refusal says besides: what is possible now, and which migration is in the way."""
        found: dict[str, Any] = {"actions": []}
        if "pk" in self.kwargs:
            found["actions"] = actions_of(self.get_object())
        if isinstance(error, PoolBusy) and error.holder_id is not None:
            found["held_by"] = error.holder_id
        return found

    def _request(self, service: Callable[..., object], **requested: Any) -> Response:
        """202 with the migration as the service has left it. Raises ServiceError."""
        migration = self.get_object()
        service(migration, actor=actor_of(self.request), **requested)
        migration.refresh_from_db()
        return Response(MigrationSerializer(migration).data, status=status.HTTP_202_ACCEPTED)
