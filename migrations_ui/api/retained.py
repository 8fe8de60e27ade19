"""What migrations retain in the pools' databases, over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.accounts.capabilities import Capability
from console.api.requests import validated
from console.api.resources import Resource
from migrations_ui.api.scope import MigrationScope
from migrations_ui.api.serializers.migration import MigrationProblemSerializer
from migrations_ui.api.serializers.retained import RetainedByMigrationSerializer, RetainedSerializer
from migrations_ui.models import Migration, RetainedListing, RetainedRows
from migrations_ui.services.purge import request_purge, why_no_purge
from migrations_ui.services.retained import is_asked, listing_of, request_listing
from pools.api.servers import TypedNameSerializer
from pools.models import DatabaseConfiguration


class RetainedViewSet(Resource[DatabaseConfiguration]):
    """Control tables and both versions of conflicting rows, by database."""

    capability = Capability.VIEW_MIGRATIONS
    capabilities = {
        "read": Capability.VIEW_MIGRATIONS,
    }
    serializer_class = RetainedSerializer
    queryset = DatabaseConfiguration.objects.all()

    @extend_schema(responses=RetainedSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """As a worker read it last; request `read` when that is too old."""
        database = self.get_object()
        shown = retained_in_database(database)
        return Response(shown, headers={"ETag": self.entity_tag(database, shown)})

    @extend_schema(request=None, responses={202: RetainedSerializer})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Let a worker read it now; `read_at` changes when it has."""
        database = self.get_object()
        request_listing(database)
        return Response(retained_in_database(database), status=status.HTTP_202_ACCEPTED)


class RetainedActions(MigrationScope):
    """What one migration retains, and its purge."""

    @extend_schema(responses=RetainedByMigrationSerializer)
    @action(detail=True, pagination_class=None)
    def retained(self, request: Request, pk: str) -> Response:
        """What the migration retains in the pool's database, as it was read there last."""
        return Response(retained_by_migration(self.get_object()))

    @extend_schema(
        request=TypedNameSerializer,
        responses={202: RetainedByMigrationSerializer, 409: MigrationProblemSerializer},
    )
    @action(detail=True, methods=["post"], url_path="purge", url_name="purge")
    def purge_retained(self, request: Request, pk: str) -> Response:
        """Delete what an ended migration retains: from now on it cannot be rolled back, compared
        or repaired, so it takes the server's name."""
        self._request(request_purge, **validated(TypedNameSerializer, request))
        purged = retained_by_migration(self.get_object())
        return Response(purged, status=status.HTTP_202_ACCEPTED)


def retained_in_database(database: DatabaseConfiguration) -> dict[str, Any]:
    listing = listing_of(database)
    lines = listing.lines.all() if listing else RetainedRows.objects.none()
    return RetainedSerializer(_facts(database, listing, lines), context=_known(lines)).data


def retained_by_migration(migration: Migration) -> dict[str, Any]:
    database = migration.pool.database
    listing = listing_of(database)
    lines = RetainedRows.objects.filter(listing=listing, run_id=migration.run_id)
    facts = _facts(database, listing, lines) | {
        "purged_at": migration.purged_at,
        "purge": migration.purges.first(),
        "why_not": why_no_purge(migration),
    }
    return RetainedByMigrationSerializer(facts, context=_known(lines)).data


def _facts(
    database: DatabaseConfiguration, listing: RetainedListing | None, lines: QuerySet[RetainedRows]
) -> dict[str, Any]:
    return {
        "database": database.pk,
        "being_read": is_asked(listing),
        "read_at": listing.read_at if listing else None,
        "failure": listing.failure if listing else "",
        "tables": lines,
    }


def _known(lines: QuerySet[RetainedRows]) -> dict[str, Any]:
    runs = Migration.objects.filter(run_id__in=lines.values_list("run_id", flat=True))
    return {"migrations": dict(runs.values_list("run_id", "pk"))}
