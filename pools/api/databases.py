"""Database configurations over REST; the password never leaves the console."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from console.accounts.models import User
from console.accounts.permissions import IsAdministrator
from pools.models import DatabaseConfiguration, DatabaseFinding
from pools.services.databases import ask_for_check


class DatabaseFindingSerializer(serializers.ModelSerializer[DatabaseFinding]):
    class Meta:
        model = DatabaseFinding
        fields = ["check_id", "title", "severity", "passed", "seen", "remedy"]


class DatabaseSerializer(serializers.ModelSerializer[DatabaseConfiguration]):
    """What the last check saw is in `findings`."""

    jdbc_url = serializers.CharField(read_only=True)
    findings = DatabaseFindingSerializer(many=True, read_only=True)

    class Meta:
        model = DatabaseConfiguration
        fields = [
            *("id", "name", "engine", "host", "port", "database_name", "schema", "username"),
            *("schema_mode", "jdbc_url", "checked_at", "reachable", "version", "round_trip_ms"),
            "findings",
        ]


class DatabaseViewSet(ReadOnlyModelViewSet[DatabaseConfiguration]):
    """Where the pools' databases are."""

    permission_classes = [IsAdministrator]
    serializer_class = DatabaseSerializer
    queryset = DatabaseConfiguration.objects.prefetch_related("findings")

    @extend_schema(request=None, responses={202: DatabaseSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Have a worker check it; the findings are replaced when it is done."""
        configuration = self.get_object()
        ask_for_check(configuration, actor=cast("User", request.user))
        return Response(self.get_serializer(configuration).data, status.HTTP_202_ACCEPTED)
