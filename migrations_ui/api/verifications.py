"""Comparing a migration's rows again, and the rows that differ."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.api.paging import NewestFirst, OldestFirst
from console.api.requests import actor_of, validated
from migrations_ui.api.filters import TableFilters
from migrations_ui.api.scope import MigrationScope
from migrations_ui.api.serializers.migration import MigrationProblemSerializer
from migrations_ui.api.serializers.verifications import (
    MismatchSerializer,
    NewVerificationSerializer,
    VerificationSerializer,
)
from migrations_ui.services.verifications import request_verification

REPAIR = OpenApiExample(
    "Two rows repaired", value={"kind": "repair", "mismatches": [11, 12]}, request_only=True
)


class VerificationActions(MigrationScope):
    """Comparisons and repairs."""

    @extend_schema(responses=VerificationSerializer(many=True))
    @action(detail=True, pagination_class=NewestFirst)
    def verifications(self, request: Request, pk: str) -> Response:
        """Comparisons that were requested, the last first."""
        return self._page(self.get_object().verifications.all(), VerificationSerializer)

    @extend_schema(
        request=NewVerificationSerializer,
        responses={202: VerificationSerializer, 409: MigrationProblemSerializer},
        examples=[REPAIR],
    )
    @action(detail=True, methods=["post"])
    def verification(self, request: Request, pk: str) -> Response:
        """Compare all rows again; for a repair, write the rows again first."""
        requested = validated(NewVerificationSerializer, request)
        made = request_verification(self.get_object(), actor=actor_of(request), **requested)
        return Response(VerificationSerializer(made).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=MismatchSerializer(many=True))
    @action(detail=True, pagination_class=OldestFirst, filterset_class=TableFilters)
    def mismatches(self, request: Request, pk: str) -> Response:
        """Rows that the last comparison found different: the first thousand, by pages. How many
        there are in all is in the tables' `mismatches`; a repair without a list repairs them
        all."""
        return self._page(self.get_object().mismatches.all(), MismatchSerializer)
