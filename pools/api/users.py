"""Traveler users and their devices over REST; the helpdesk's part of the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.accounts.capabilities import Capability
from console.api.paging import OldestFirst
from console.api.resources import Resource
from pools.api.filters import DeviceFilters, UserFilters
from pools.models import Device, TravelerUser
from pools.services.user_details import request_details


class UserSerializer(serializers.ModelSerializer[TravelerUser]):
    """`gone_at` is when the listing no longer named the user."""

    short_name = serializers.CharField(read_only=True)
    pool_name = serializers.CharField(
        source="pool.name", default=None, allow_null=True, read_only=True
    )
    master_server_name = serializers.CharField(
        source="master_server.domino_name", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = TravelerUser
        fields = [
            *("id", "name", "short_name", "address", "pool", "pool_name", "server"),
            *("master_server", "master_server_name", "master_since", "seen_at", "gone_at"),
        ]


class DeviceSerializer(serializers.ModelSerializer[Device]):
    """Codes as `/api/traveler/devices` gives them."""

    user_name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Device
        fields = [
            *("id", "user", "user_name", "device_id", "provider", "device_type", "client_level"),
            *("notification_type", "last_sync_at", "access_status", "approval_policy"),
            *("policy_compliance", "wipe_options", "wipe_status", "seen_at", "gone_at"),
        ]


class UserDetailSerializer(UserSerializer):
    """With the devices, and the server's last answer about the user."""

    devices = DeviceSerializer(many=True, read_only=True)

    class Meta(UserSerializer.Meta):
        fields = [
            *UserSerializer.Meta.fields,
            *("master_name", "master_locked", "mail_access", "monitoring", "mail_sentences"),
            *("details_seen_at", "details_tried_at", "details_failure", "devices"),
        ]


class UserViewSet(mixins.ListModelMixin, Resource[TravelerUser]):
    """Users; one of them with all devices."""

    capability = Capability.LOOK_UP_USERS
    capabilities = {
        "refresh": Capability.QUERY_USER,
    }
    queryset = TravelerUser.objects.select_related("pool", "master_server")
    filterset_class = UserFilters
    pagination_class = OldestFirst

    def get_serializer_class(self) -> type[UserSerializer]:
        return UserSerializer if self.action == "list" else UserDetailSerializer

    @extend_schema(request=None, responses={202: UserDetailSerializer})
    @action(detail=True, methods=["post"])
    def refresh(self, request: Request, pk: str) -> Response:
        """Query a server about the user, by a command that only reads; `details_seen_at` changes
        when it has answered. A user who was queried a moment ago is not queried again."""
        person = self.get_object()
        request_details(person)
        person.refresh_from_db()
        return Response(self.get_serializer(person).data, status.HTTP_202_ACCEPTED)


class DeviceViewSet(mixins.ListModelMixin, Resource[Device]):
    """Devices."""

    capability = Capability.LOOK_UP_USERS
    serializer_class = DeviceSerializer
    queryset = Device.objects.select_related("user")
    filterset_class = DeviceFilters
    pagination_class = OldestFirst
