"""Rejected rows of a migration: listed, corrected, or skipped with a reason."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from console.api.paging import OldestFirst
from console.api.requests import actor_of, validated
from migrations_ui.api.filters import TableFilters
from migrations_ui.api.scope import MigrationScope
from migrations_ui.api.serializers.migration import MigrationProblemSerializer
from migrations_ui.api.serializers.rejects import (
    CorrectionSerializer,
    NewCorrectionSerializer,
    RejectSerializer,
    SkipRejectSerializer,
)
from migrations_ui.api.serializers.verifications import VerificationSerializer
from migrations_ui.models import Reject
from migrations_ui.services.rejects import skip_rejected_row
from migrations_ui.services.verifications import request_correction

ONE_REJECT = r"rejects/(?P<reject_pk>\d+)"
CORRECTED = OpenApiExample(
    "One column corrected", value={"values": {"DEVICE_ID": "A1"}}, request_only=True
)
SKIPPED = OpenApiExample("Skipped", value={"note": "A device of the lab."}, request_only=True)


REJECT = OpenApiParameter("reject_pk", int, OpenApiParameter.PATH, description="Of `rejects`.")


class RejectActions(MigrationScope):
    """Rejected rows: listed, skipped, corrected."""

    @extend_schema(responses=RejectSerializer(many=True))
    @action(detail=True, pagination_class=OldestFirst, filterset_class=TableFilters)
    def rejects(self, request: Request, pk: str) -> Response:
        """Rejected rows, and why: the first 20,000, by pages. How many there are in all is in the
        tables' `rows_rejected`."""
        return self._page(self.get_object().rejects.all(), RejectSerializer)

    @extend_schema(
        request=NewCorrectionSerializer,
        responses={202: VerificationSerializer, 409: MigrationProblemSerializer},
        parameters=[REJECT],
        examples=[CORRECTED],
    )
    @action(
        detail=True, methods=["post"], url_path=rf"{ONE_REJECT}/correct", url_name="correct-reject"
    )
    def correct(self, request: Request, pk: str, reject_pk: str) -> Response:
        """Write the row with other values in the columns that did not fit, then compare all rows
        again; 400 names the columns whose new values do not fit either."""
        requested = validated(NewCorrectionSerializer, request)
        reject = self._reject(reject_pk)
        values = requested.get("values", {reject.column: requested.get("value")})
        made = request_correction(reject, actor=actor_of(request), values=values)
        return Response(VerificationSerializer(made).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        request=SkipRejectSerializer,
        responses=RejectSerializer,
        parameters=[REJECT],
        examples=[SKIPPED],
    )
    @action(detail=True, methods=["post"], url_path=rf"{ONE_REJECT}/skip", url_name="skip-reject")
    def skip_reject(self, request: Request, pk: str, reject_pk: str) -> Response:
        """Accept that the row is not copied, for the reason given."""
        requested = validated(SkipRejectSerializer, request)
        reject = self._reject(reject_pk)
        skip_rejected_row(reject, actor=actor_of(request), **requested)
        return Response(RejectSerializer(reject).data)

    @extend_schema(responses=CorrectionSerializer(many=True))
    @action(detail=True, pagination_class=OldestFirst, filterset_class=TableFilters)
    def corrections(self, request: Request, pk: str) -> Response:
        """Rejected rows that were written as people corrected them."""
        rows = self.get_object().corrections.select_related("corrected_by")
        return self._page(rows, CorrectionSerializer)

    def _reject(self, pk: str) -> Reject:
        return get_object_or_404(self.get_object().rejects.all(), pk=pk)
