"""Servers over REST: what they are, how they do, how that changed; entering and changing them."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from console.accounts.models import User
from console.accounts.permissions import IsAdministrator
from pools.api.editing import EditedByForm, NotDoneSerializer, RequestSerializer, described
from pools.api.filters import DeclaredParameters, column, switch
from pools.forms.servers import ServerForm
from pools.models import Reading, Server, StatusChange
from pools.services.errors import ServiceError
from pools.services.rejected_logins import try_now
from pools.services.servers import retire_server, trust_host_key


class ServerSerializer(serializers.ModelSerializer[Server]):
    """`swept_at` is when it was asked last, `seen_at` when it answered last, `status_seen_at` when
    it last told its overall status."""

    pool_name = serializers.CharField(source="pool.name", default=None, read_only=True)
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


class TypedNameSerializer(serializers.Serializer[dict[str, str]]):
    """For what is done slowly: the name of the server, in any of its forms."""

    typed_name = serializers.CharField()


def not_called(server: Server) -> str:
    """Why nothing was done, where its name was not given."""
    return f"Nothing was done: give {server.short_name}, the server's name."


class ReadingSerializer(serializers.ModelSerializer[Reading]):
    class Meta:
        model = Reading
        fields = [
            *("taken_at", "availability", "availability_index", "overall_status"),
            *("status_reasons", "constrained", "users", "heartbeat_at", "latency_ms", "failure"),
        ]


class StatusChangeSerializer(serializers.ModelSerializer[StatusChange]):
    class Meta:
        model = StatusChange
        fields = ["at", "value", "old", "new", "reason"]


class ServerRequestSerializer(RequestSerializer):
    """`pool` can be said of a new server only, that already runs in one: afterwards a migration
    changes it."""

    confirms_logins = True

    class Meta:
        model = Server
        fields = ServerForm.Meta.fields


ACTED = {200: ServerSerializer, 409: NotDoneSerializer}


@described(
    "server",
    wish=ServerRequestSerializer,
    shown=ServerSerializer,
    create={
        "domino_name": "CN=trav4/O=Acme",
        "profile": 1,
        "ssh_host": "trav4.acme.example",
        "ssh_login": 1,
        "api_url": "https://trav4.acme.example",
        "api_login": 2,
    },
    change={"note": "Migrations on Sunday."},
)
class ServerViewSet(EditedByForm[Server], ReadOnlyModelViewSet[Server]):
    """Servers, pooled and standalone."""

    permission_classes = [IsAdministrator]
    serializer_class = ServerSerializer
    form_class = ServerForm
    request_serializer_class = ServerRequestSerializer
    queryset = Server.objects.select_related("pool", "profile")
    filter_backends = [DeclaredParameters]
    parameters = {
        "pool": column("pool", "Servers of this pool."),
        "standalone": switch(
            lambda rows, wanted: rows.filter(pool__isnull=wanted),
            "Servers with their own Derby database, or those in a pool.",
        ),
        "retired": switch(
            lambda rows, wanted: rows.filter(retired_at__isnull=not wanted),
            "Servers taken out of service, or those in service.",
        ),
    }

    @extend_schema(responses=ReadingSerializer(many=True))
    @action(detail=True, filter_backends=[])
    def readings(self, request: Request, pk: str) -> Response:
        """Samples of its condition, the newest first."""
        return self._page(self.get_object().readings.all(), ReadingSerializer)

    @extend_schema(responses=StatusChangeSerializer(many=True))
    @action(detail=True, filter_backends=[])
    def changes(self, request: Request, pk: str) -> Response:
        """Each time one of the four health values became another word, the newest first."""
        return self._page(self.get_object().status_changes.all(), StatusChangeSerializer)

    @extend_schema(request=TypedNameSerializer, responses=ACTED)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Take it out of service: it is no longer watched, its history stays. Takes its name."""
        return self._act(retire_server)

    @extend_schema(request=TypedNameSerializer, responses=ACTED)
    @action(detail=True, methods=["post"], url_path="forget-host-key", url_name="forget-host-key")
    def forget_host_key(self, request: Request, pk: str) -> Response:
        """The next connection shows its SSH key, and that one is kept. Takes its name."""
        return self._act(trust_host_key)

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"], url_path="try-logins", url_name="try-logins")
    def try_logins(self, request: Request, pk: str) -> Response:
        """Try its logins now, although they were refused; 202 once that is queued."""
        try_now(self.get_object(), actor=cast("User", request.user))
        return Response(status=status.HTTP_202_ACCEPTED)

    def _act(self, service: Any) -> Response:
        server = self.get_object()
        typed = TypedNameSerializer(data=self.request.data)
        typed.is_valid(raise_exception=True)
        if not server.is_called(typed.validated_data["typed_name"]):
            raise serializers.ValidationError({"typed_name": [not_called(server)]})
        try:
            service(server, actor=cast("User", self.request.user))
        except ServiceError as refusal:
            return Response({"detail": str(refusal)}, status.HTTP_409_CONFLICT)
        return Response(ServerSerializer(server).data)

    def _page(self, rows: QuerySet[Any], serializer: type[BaseSerializer[Any]]) -> Response:
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(page, many=True).data)
