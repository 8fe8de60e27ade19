"""Operations over REST: started here, run by a worker, read with the lines they printed."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from console.accounts.api.scoping import ScopedRelatedField
from console.accounts.capabilities import Capability
from console.accounts.permissions import may
from console.api.paging import NewestFirst
from console.api.requests import actor_of, validated
from console.api.resources import Resource
from pools.api.filters import OperationFilters
from pools.api.servers import not_called
from pools.capabilities import OPERATION_CAPABILITIES
from pools.models import Operation, Server
from pools.services.collected_logs import open_archive
from pools.services.operations import queue_operation
from pools.states import OperationKind


class OperationSerializer(serializers.ModelSerializer[Operation]):
    """An operation without its output."""

    server_name = serializers.CharField(source="server.domino_name", read_only=True)
    actor = serializers.CharField(source="actor.username", read_only=True)
    requested_at = serializers.DateTimeField(source="asked_at", read_only=True)

    class Meta:
        model = Operation
        fields = [
            *("id", "server", "server_name", "kind", "status", "actor"),
            *("requested_at", "started_at", "finished_at", "failure"),
        ]


class OperationDetailSerializer(OperationSerializer):
    """An operation with the lines that it printed."""

    lines = serializers.SlugRelatedField[Any](many=True, read_only=True, slug_field="text")
    archive = serializers.SerializerMethodField()

    class Meta(OperationSerializer.Meta):
        fields = [*OperationSerializer.Meta.fields, "lines", "archive", "archive_bytes"]

    def get_archive(self, operation: Operation) -> str | None:
        """Where the collected logs are to be had; null where there are none."""
        if not operation.archive:
            return None
        return reverse("operation-archive", args=[operation.pk])


@extend_schema_serializer(
    examples=[
        OpenApiExample("Show its status", value={"server": 7, "kind": "status"}),
        OpenApiExample("Drain it", value={"server": 7, "kind": "drain", "typed_name": "trav4"}),
    ]
)
class NewOperationSerializer(serializers.Serializer[dict[str, Any]]):
    """`typed_name`: to drain a server takes its name, in any of its forms."""

    server = ScopedRelatedField(queryset=Server.objects.in_service().select_related("pool"))
    kind = serializers.ChoiceField(choices=OperationKind.choices)
    typed_name = serializers.CharField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        typed = attrs.get("typed_name", "")
        if attrs["kind"] == OperationKind.DRAIN and not attrs["server"].is_called(typed):
            raise serializers.ValidationError({"typed_name": [not_called(attrs["server"])]})
        return attrs


class OperationViewSet(mixins.ListModelMixin, Resource[Operation]):
    """Commands that were run on servers."""

    capability = Capability.VIEW_POOLS
    capabilities = {
        "archive": Capability.COLLECT_LOGS,
        "create": (Capability.CHECK_SERVER, Capability.COLLECT_LOGS, Capability.DRAIN_SERVER),
    }
    queryset = Operation.objects.select_related("server", "actor")
    filterset_class = OperationFilters
    pagination_class = NewestFirst

    def get_serializer_class(self) -> type[OperationSerializer]:
        return OperationDetailSerializer if self.action == "retrieve" else OperationSerializer

    @extend_schema(responses={(200, "application/zip"): bytes})
    @action(detail=True, url_path="archive")
    def archive(self, request: Request, pk: str) -> FileResponse:
        """The collected logs."""
        archive = open_archive(self.get_object(), actor=actor_of(request))
        if archive is None:
            raise NotFound("There is no archive: it was not fetched, or is past its retention.")
        return FileResponse(archive, as_attachment=True)

    @extend_schema(request=NewOperationSerializer, responses={201: OperationSerializer})
    def create(self, request: Request) -> Response:
        """Run a command on a server; a worker takes it up."""
        requested = validated(NewOperationSerializer, request)
        server, kind = requested["server"], OperationKind(requested["kind"])
        if not may(request.user, OPERATION_CAPABILITIES[kind], server.pool):
            raise PermissionDenied(f"This needs the capability {OPERATION_CAPABILITIES[kind]}.")
        operation = queue_operation(server, kind=kind, actor=actor_of(request))
        return Response(OperationSerializer(operation).data, status.HTTP_201_CREATED)
