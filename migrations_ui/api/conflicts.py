"""Conflicts over REST: first those that the console keeps, then those of the pool's database."""

from __future__ import annotations

from typing import Any, cast

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from migrations_ui.api.serializers.conflicts import ConflictSerializer
from migrations_ui.models import Conflict, ConflictPage, Migration
from migrations_ui.services.conflicts import conflicts_in_all, request_conflict_page, why_no_more
from migrations_ui.states import VerificationStatus
from pools.api.paging import Pages

# Of the pages that a worker reads.
PAGE_SIZE = 500
RETRY_SECONDS = "1"


def stored_conflicts(request: Request, migration: Migration) -> Response:
    """A page of the console's own; the last one leads on to what the database has besides."""
    paginator = Pages()
    page = paginator.paginate_queryset(migration.conflicts.all(), request)
    answer: dict[str, Any] = paginator.get_paginated_response(
        ConflictSerializer(page, many=True).data
    ).data
    in_all = conflicts_in_all(migration, kept=answer["count"])
    left_off = in_all > answer["count"] and not why_no_more(migration)
    answer["count"] = in_all
    if answer["next"] is None and left_off:
        answer["next"] = request.build_absolute_uri(f"{request.path}?behind=0")
    return Response(answer)


def fetched_conflicts(request: Request, migration: Migration, *, follows: int) -> Response:
    """A page of the database's, as soon as a worker has read it."""
    lost = why_no_more(migration)
    if lost:
        return Response({"detail": lost}, status=status.HTTP_409_CONFLICT)
    try:
        page = request_conflict_page(migration, follows=follows, size=PAGE_SIZE)
    except ConflictPage.DoesNotExist:
        detail = "That page is forgotten by now. Begin again without `behind`."
        return Response({"detail": detail}, status=status.HTTP_409_CONFLICT)
    if page.status == VerificationStatus.FAILED:
        return Response({"detail": page.failure}, status=status.HTTP_503_SERVICE_UNAVAILABLE)
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
            # They have the fields of those that the console keeps.
            "results": ConflictSerializer(cast("list[Conflict]", page.conflicts), many=True).data,
        }
    )
