"""What happened in a migration: events, snapshot, report, findings."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.api.paging import InSequence
from migrations_ui.api.filters import EventFilters
from migrations_ui.api.scope import MigrationScope
from migrations_ui.api.serializers.snapshot import (
    EventSerializer,
    FindingSerializer,
    ReportSerializer,
    SnapshotSerializer,
)
from migrations_ui.presentation.report import make_report
from migrations_ui.presentation.snapshot import take_snapshot
from pools.domain.numbers import read_number

AFTER = OpenApiParameter("after", int, description="The number of the last event you have.")


class EventActions(MigrationScope):
    """Events, snapshot and report."""

    @extend_schema(responses=EventSerializer(many=True))
    @action(detail=True, pagination_class=InSequence, filterset_class=EventFilters)
    def events(self, request: Request, pk: str) -> Response:
        """Everything that happened after event number `after`, in order, without a gap."""
        return self._page(self.get_object().events.all(), EventSerializer)

    @extend_schema(parameters=[AFTER], responses=SnapshotSerializer)
    @action(detail=True)
    def snapshot(self, request: Request, pk: str) -> Response:
        """The state with steps, tables and progress, and the events after `after`."""
        snapshot = take_snapshot(self.get_object().pk, after=_after(request))
        return Response(SnapshotSerializer(snapshot, context=self.get_serializer_context()).data)

    @extend_schema(responses=ReportSerializer)
    @action(detail=True)
    def report(self, request: Request, pk: str) -> Response:
        """The report as of now, also of a migration that is not finished: who, when, what was
        checked, copied and rejected; in `equation` what became of all rows, and in `forecast` what
        a rehearsal says about the migration."""
        return Response(ReportSerializer(make_report(self.get_object())).data)

    @extend_schema(responses=FindingSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def findings(self, request: Request, pk: str) -> Response:
        """The preflight report, and the measured values in the group `compatibility`."""
        return Response(FindingSerializer(self.get_object().findings.all(), many=True).data)


def _after(request: Request) -> int:
    return read_number(request.query_params.get("after", ""))
