"""Conflicts over REST: first those that the console stores, then those in the pool's database."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from console.api.errors import problem_response
from console.api.paging import OldestFirst
from migrations_ui.api.scope import MigrationScope
from migrations_ui.api.serializers.conflicts import (
    ConflictSerializer,
    FetchedConflictsSerializer,
    WaitSerializer,
)
from migrations_ui.models import Conflict, ConflictPage, Migration
from migrations_ui.services.conflicts import conflicts_in_all, request_conflict_page, why_no_more
from migrations_ui.states import VerificationStatus
from pools.domain.numbers import read_number

# Of the pages that a worker reads.
PAGE_SIZE = 500
RETRY_SECONDS = "1"
PARAMETERS = [
    OpenApiParameter("behind", int, description="As `next` has it."),
    OpenApiParameter("cursor", str, description="As `next` has it."),
    OpenApiParameter("limit", int, description="Rows of a page."),
]


class ConflictActions(MigrationScope):
    """Rows that both sides had with other values."""

    @extend_schema(
        parameters=PARAMETERS,
        responses={200: FetchedConflictsSerializer, 202: WaitSerializer},
    )
    @action(detail=True, pagination_class=None)
    def conflicts(self, request: Request, pk: str) -> Response:
        """All rows that the pool had too with other values; follow `next` to the end.

        After the first thousand, a worker reads each page in the pool's database: until then the
        answer is 202, and `Retry-After` says when to ask again; 503 says why it cannot be read.
        """
        migration = self.get_object()
        behind = request.query_params.get("behind", "")
        if behind.isdecimal():
            return fetched_conflicts(request, migration, follows=read_number(behind))
        return stored_conflicts(request, migration)


def stored_conflicts(request: Request, migration: Migration) -> Response:
    """A page of those in the console; the last one links to those that only the database has."""
    paginator = OldestFirst()
    page = paginator.paginate_queryset(migration.conflicts.all(), request)
    answer: dict[str, Any] = paginator.get_paginated_response(
        ConflictSerializer(page, many=True).data
    ).data
    stored = migration.conflicts.count()
    in_all = conflicts_in_all(migration, kept=stored)
    left_off = in_all > stored and not why_no_more(migration)
    if answer["next"] is None and left_off:
        answer["next"] = request.build_absolute_uri(f"{request.path}?behind=0")
    return Response({"count": in_all, **answer})


def fetched_conflicts(request: Request, migration: Migration, *, follows: int) -> Response:
    """A page of those in the database, as soon as a worker has read it."""
    lost = why_no_more(migration)
    if lost:
        return problem_response(status.HTTP_409_CONFLICT, "conflicts_unavailable", lost)
    try:
        page = request_conflict_page(migration, follows=follows, size=PAGE_SIZE)
    except ConflictPage.DoesNotExist:
        return problem_response(
            status.HTTP_409_CONFLICT, "page_expired", "That page is no longer stored."
        )
    if page.status == VerificationStatus.FAILED:
        return problem_response(
            status.HTTP_503_SERVICE_UNAVAILABLE, "database_not_read", page.failure
        )
    if not page.is_read:
        return Response(
            {"detail": "A worker reads these rows in the pool's database. Ask again."},
            status=status.HTTP_202_ACCEPTED,
            headers={"Retry-After": RETRY_SECONDS},
        )
    here = request.build_absolute_uri(request.path)
    return Response(
        {
            "count": conflicts_in_all(migration, kept=migration.conflicts.count()),
            "next": replace_query_param(here, "behind", page.pk) if page.end else None,
            "previous": None,
            # They have the fields of those that the console stores.
            "results": ConflictSerializer(cast("list[Conflict]", page.conflicts), many=True).data,
        }
    )
