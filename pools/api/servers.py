"""Servers over REST: details, health, history; creating and changing them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.accounts.capabilities import Capability
from console.api.paging import NewestFirst
from console.api.requests import actor_of, validated
from console.api.serializers import ProblemSerializer
from pools.api.editing import EditedByForm, RequestSerializer, described
from pools.api.filters import ReadingFilters, ServerFilters
from pools.forms.servers import ServerForm
from pools.models import Reading, Server, StatusChange
from pools.services.rejected_logins import try_now
from pools.services.servers import retire_server, trust_host_key


class ServerSerializer(serializers.ModelSerializer[Server]):
    """`swept_at` is when it was queried last, `seen_at` when it answered last, `status_seen_at`
    when it last reported its overall status."""

    pool_name = serializers.CharField(
        source="pool.name", default=None, allow_null=True, read_only=True
    )
    profile_name = serializers.CharField(source="profile.name", read_only=True)
    reasons = serializers.ListField(child=serializers.CharField(), read_only=True)
    is_stale = serializers.BooleanField(read_only=True)

    class Meta:
        model = Server
        fields = [
            *("id", "domino_name", "pool", "pool_name", "external_url", "retired_at", "note"),
            *("traveler_version", "traveler_build", "domino_release", "domino_edition"),
            *("platform", "bits", "profile", "profile_name", "ssh_host", "ssh_port", "ssh_login"),
            *("api_url", "api_login", "allow_http"),
            *("availability", "availability_index", "overall_status", "reasons", "constrained"),
            *("users", "heartbeat_at", "swept_at", "seen_at", "changed_at", "failure"),
            *("status_seen_at", "status_failure", "is_stale"),
            *("inventory_seen_at", "inventory_failure"),
        ]


@extend_schema_serializer(examples=[OpenApiExample("By its name", value={"typed_name": "trav4"})])
class TypedNameSerializer(serializers.Serializer[dict[str, str]]):
    """The name of the server in any of its forms, so that nothing happens by accident."""

    typed_name = serializers.CharField()


def not_called(server: Server) -> str:
    """Why nothing was done, where its name was not given."""
    return f"Nothing was done: give {server.short_name}, the server's name."


class ReadingSerializer(serializers.ModelSerializer[Reading]):
    """Health values at one moment."""

    class Meta:
        model = Reading
        fields = [
            *("taken_at", "availability", "availability_index", "overall_status"),
            *("status_reasons", "constrained", "users", "heartbeat_at", "latency_ms", "failure"),
        ]


class StatusChangeSerializer(serializers.ModelSerializer[StatusChange]):
    """A health value that changed."""

    class Meta:
        model = StatusChange
        fields = ["at", "value", "old", "new", "reason"]


class ServerRequestSerializer(RequestSerializer):
    """`pool` can be set of a new server only, that already runs in one: afterwards a migration
    changes it."""

    confirms_logins = True

    class Meta:
        model = Server
        fields = ServerForm.Meta.fields


ACTED = {200: ServerSerializer, 409: ProblemSerializer}


@described(
    "server",
    request=ServerRequestSerializer,
    shown=ServerSerializer,
    create={
        "domino_name": "CN=trav4/O=Acme",
        "profile": 1,
        "ssh_host": "trav4.acme.example",
        "ssh_login": 1,
        "api_url": "https://trav4.acme.example",
        "api_login": 2,
    },
    change={"note": "Migrates on Sunday."},
)
class ServerViewSet(mixins.ListModelMixin, EditedByForm[Server]):
    """Servers, pooled and standalone."""

    capability = Capability.VIEW_POOLS
    capabilities = {
        "create": Capability.ADD_POOLS,
        "partial_update": Capability.EDIT_SERVERS,
        "retire": Capability.EDIT_SERVERS,
        "forget_host_key": Capability.EDIT_SERVERS,
        "try_logins": Capability.CHECK_SERVER,
    }
    serializer_class = ServerSerializer
    form_class = ServerForm
    request_serializer_class = ServerRequestSerializer
    queryset = Server.objects.select_related("pool", "profile")
    filterset_class = ServerFilters
    ordering_fields = ("domino_name", "swept_at", "users")

    @extend_schema(responses=ReadingSerializer(many=True))
    @action(detail=True, pagination_class=NewestFirst, filterset_class=ReadingFilters)
    def readings(self, request: Request, pk: str) -> Response:
        """Samples of its condition, the newest first."""
        return self._page(self.get_object().readings.all(), ReadingSerializer)

    @extend_schema(responses=StatusChangeSerializer(many=True))
    @action(detail=True, pagination_class=NewestFirst)
    def changes(self, request: Request, pk: str) -> Response:
        """Changes of the four health values, the newest first."""
        return self._page(self.get_object().status_changes.all(), StatusChangeSerializer)

    @extend_schema(request=TypedNameSerializer, responses=ACTED)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Take it out of service: it is no longer monitored, its history stays. Takes its name."""
        return self._act(retire_server)

    @extend_schema(request=TypedNameSerializer, responses=ACTED)
    @action(detail=True, methods=["post"], url_path="forget-host-key", url_name="forget-host-key")
    def forget_host_key(self, request: Request, pk: str) -> Response:
        """The next connection shows its SSH key, and that one is stored. Takes its name."""
        return self._act(trust_host_key)

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"], url_path="try-logins", url_name="try-logins")
    def try_logins(self, request: Request, pk: str) -> Response:
        """Try its logins now, although they were refused; 202 once that is queued."""
        try_now(self.get_object(), actor=actor_of(request))
        return Response(status=status.HTTP_202_ACCEPTED)

    def _act(self, service: Any) -> Response:
        server = self.get_object()
        if not server.is_called(validated(TypedNameSerializer, self.request)["typed_name"]):
            raise serializers.ValidationError({"typed_name": [not_called(server)]})
        service(server, actor=actor_of(self.request))
        return Response(ServerSerializer(server).data)
