"""Database configurations over REST; the password goes in and never comes out."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from console.accounts.capabilities import Capability
from console.api.requests import actor_of
from pools.api.editing import EditedByForm, RequestSerializer, described
from pools.api.filters import DatabaseFilters
from pools.api.schema_kits import (
    KIT_PARAMETERS,
    KIT_RESPONSES,
    SchemaLevelSerializer,
    ZipRenderer,
    kit_response,
)
from pools.forms.databases import DatabaseForm
from pools.models import DatabaseConfiguration, DatabaseFinding, OutdatedPassword
from pools.services.databases import request_check
from pools.services.schema_levels import request_schema_level


class DatabaseFindingSerializer(serializers.ModelSerializer[DatabaseFinding]):
    """A line of the last check."""

    class Meta:
        model = DatabaseFinding
        fields = ["check_id", "title", "severity", "passed", "seen", "remedy"]


class OutdatedPasswordSerializer(serializers.ModelSerializer[OutdatedPassword]):
    """A server that signs in to the database with the password it had before."""

    server_name = serializers.CharField(source="server.domino_name", read_only=True)

    class Meta:
        model = OutdatedPassword
        fields = ["server", "server_name", "since"]


class DatabaseSerializer(serializers.ModelSerializer[DatabaseConfiguration]):
    """What the last check saw is in `findings`. `tried_since`: a new password waits for a worker to
    try it; `not_taken`: why the last one was refused."""

    jdbc_url = serializers.CharField(read_only=True)
    findings = DatabaseFindingSerializer(many=True, read_only=True)
    tried_since = serializers.DateTimeField(
        source="new_password_at", allow_null=True, read_only=True
    )
    not_taken = serializers.CharField(source="new_password_failure", read_only=True)
    outdated_servers = OutdatedPasswordSerializer(many=True, read_only=True)
    schema_level = SchemaLevelSerializer(source="*", read_only=True)

    class Meta:
        model = DatabaseConfiguration
        fields = [
            *("id", "name", "engine", "host", "port", "database_name", "schema", "username"),
            *("tried_since", "not_taken", "outdated_servers"),
            *("tls_mode", "ca_certificate", "allow_cleartext"),
            *("schema_mode", "jdbc_properties", "jdbc_url"),
            *("checked_at", "reachable", "version", "round_trip_ms", "schema_level", "findings"),
        ]


class DatabaseRequestSerializer(RequestSerializer):
    """Where the database is, the login that Traveler and this console use, and who creates the
    tables. Secrets go one way: to keep one, leave it out. A new password is tried by a worker
    before it is stored, unless it is `untested`."""

    untested = serializers.BooleanField(required=False, write_only=True)

    class Meta:
        model = DatabaseConfiguration
        fields = (*DatabaseForm.Meta.fields, "untested")


@described(
    "database",
    request=DatabaseRequestSerializer,
    shown=DatabaseSerializer,
    create={
        "name": "Acme EU",
        "engine": "postgresql",
        "host": "db.acme.example",
        "port": 5432,
        "database_name": "traveler",
        "username": "lntuser",
        "password": "as the DBA gave it",
        "schema_mode": "manual",
    },
    change={"schema_mode": "automatic"},
)
class DatabaseViewSet(mixins.ListModelMixin, EditedByForm[DatabaseConfiguration]):
    """Where the pools' databases are."""

    capability = Capability.VIEW_DATABASES
    capabilities = {
        "create": Capability.ADD_POOLS,
        "partial_update": Capability.EDIT_DATABASES,
        "check": Capability.CHECK_DATABASE,
        "read_level": Capability.CHECK_DATABASE,
    }
    filterset_class = DatabaseFilters
    ordering_fields = ("name", "checked_at")
    serializer_class = DatabaseSerializer
    form_class = DatabaseForm
    request_serializer_class = DatabaseRequestSerializer
    queryset = DatabaseConfiguration.objects.select_related("pool").prefetch_related(
        "findings", "outdated_servers__server"
    )

    @extend_schema(request=None, responses={202: DatabaseSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Let a worker check it; the findings are replaced when it is done."""
        configuration = self.get_object()
        request_check(configuration, actor=actor_of(request))
        return Response(self.get_serializer(configuration).data, status.HTTP_202_ACCEPTED)

    @extend_schema(request=None, responses={202: DatabaseSerializer})
    @action(detail=True, methods=["post"], url_path="read-level", url_name="read-level")
    def read_level(self, request: Request, pk: str) -> Response:
        """Let a worker read the level of the tables; `schema_level` shows it when it is done."""
        configuration = self.get_object()
        request_schema_level(configuration, actor=actor_of(request))
        return Response(self.get_serializer(configuration).data, status.HTTP_202_ACCEPTED)

    @extend_schema(parameters=KIT_PARAMETERS, responses=KIT_RESPONSES)
    @action(
        detail=True,
        url_path="schema-kit",
        url_name="schema-kit",
        renderer_classes=[JSONRenderer, ZipRenderer],
    )
    def schema_kit(self, request: Request, pk: str) -> HttpResponse:
        """The SQL files for the DBA as one zip; nothing is opened, and no password is in them."""
        return kit_response(self.get_object(), request.query_params)
