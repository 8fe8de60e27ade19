"""Pools and their members over REST."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.accounts.capabilities import Capability
from pools.api.editing import EditedByForm, RequestSerializer, described
from pools.forms.pools import PoolForm
from pools.models import Pool, PoolMember


class PoolSerializer(serializers.ModelSerializer[Pool]):
    """A pool with its last counts."""

    database_name = serializers.CharField(source="database.name", read_only=True)
    mean_availability_index = serializers.IntegerField(read_only=True, allow_null=True)
    servers = serializers.PrimaryKeyRelatedField(many=True, read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Pool
        fields = [
            *("id", "name", "slug", "external_url", "database", "database_name", "servers"),
            *("heartbeat_seconds", "ca_certificate", "probe_login", "allow_http"),
            "mean_availability_index",
            *("members_seen_at", "members_failure"),
            *("inventory_seen_at", "inventory_failure"),
        ]


class PoolMemberSerializer(serializers.ModelSerializer[PoolMember]):
    """A row of `hadr show`."""

    class Meta:
        model = PoolMember
        fields = [
            *("domino_name", "server_id", "host_name", "ip_address", "server_port"),
            *("servlet_port", "alive", "heartbeat_at", "availability_index", "users", "other"),
        ]


class MembershipSerializer(serializers.ModelSerializer[Pool]):
    """What `hadr show` listed, when, and why it could not be read since."""

    seen_at = serializers.DateTimeField(source="members_seen_at", allow_null=True)
    failure = serializers.CharField(source="members_failure")
    members = PoolMemberSerializer(many=True)

    class Meta:
        model = Pool
        fields = ["seen_at", "failure", "members"]


class PoolRequestSerializer(RequestSerializer):
    """`database`: one that no other pool uses; `heartbeat_seconds` can be said of a pool that is
    there already."""

    confirms_logins = True

    class Meta:
        model = Pool
        fields = PoolForm.Meta.fields


@described(
    "pool",
    request=PoolRequestSerializer,
    shown=PoolSerializer,
    create={
        "name": "Acme EU",
        "external_url": "https://traveler.acme.example/traveler",
        "database": 3,
    },
    change={"name": "Acme Europe"},
)
class PoolViewSet(mixins.ListModelMixin, EditedByForm[Pool]):
    """Pools."""

    capability = Capability.VIEW_POOLS
    capabilities = {
        "create": Capability.ADD_POOLS,
        "partial_update": Capability.EDIT_POOLS,
    }
    ordering_fields = ("name",)
    serializer_class = PoolSerializer
    form_class = PoolForm
    request_serializer_class = PoolRequestSerializer
    queryset = Pool.objects.select_related("database").prefetch_related("servers")

    @extend_schema(responses=MembershipSerializer)
    @action(detail=True)
    def membership(self, request: Request, pk: str) -> Response:
        """The members as the pool itself lists them."""
        return Response(MembershipSerializer(self.get_object()).data)
