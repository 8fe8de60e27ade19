"""What migrations keep in the pools' databases, over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from console.accounts.permissions import IsAdministrator
from migrations_ui.api.serializers.retained import RetainedByMigrationSerializer, RetainedSerializer
from migrations_ui.models import Migration, RetainedListing, RetainedRows
from migrations_ui.services.purge import why_no_purge
from migrations_ui.services.retained import is_asked, listing_of, request_listing
from pools.models import DatabaseConfiguration


class RetainedViewSet(GenericViewSet[DatabaseConfiguration]):
    """Control tables and both sides of rows that met, by database."""

    permission_classes = [IsAdministrator]
    serializer_class = RetainedSerializer
    queryset = DatabaseConfiguration.objects.all()

    @extend_schema(responses=RetainedSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """As a worker read it last; ask for `read` when that is too old."""
        return Response(retained_in_database(self.get_object()))

    @extend_schema(request=None, responses={202: RetainedSerializer})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Have a worker look now; `read_at` is later when it has."""
        database = self.get_object()
        request_listing(database)
        return Response(retained_in_database(database), status=status.HTTP_202_ACCEPTED)


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
