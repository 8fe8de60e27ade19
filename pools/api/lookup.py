"""The helpdesk's search over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console.accounts.capabilities import Capability
from console.accounts.permissions import access_of
from pools.api.users import DeviceSerializer, UserSerializer
from pools.services.lookup import Match, look_up


class QuestionSerializer(serializers.Serializer[dict[str, Any]]):
    """What is looked for, and how many answers."""

    q = serializers.CharField(max_length=255)
    limit = serializers.IntegerField(min_value=1, max_value=50, default=10)


class MatchSerializer(serializers.Serializer[Any]):
    """`text` is the value that matched; `device` is null where a user matched."""

    kind = serializers.ChoiceField(choices=["user", "device"])
    matched_by = serializers.CharField()
    closeness = serializers.SerializerMethodField()
    text = serializers.CharField()
    user = UserSerializer()
    device = DeviceSerializer(allow_null=True)

    def get_closeness(self, match: Match) -> str:
        return match.closeness.name.lower()


class LookUpView(APIView):
    """One box for a user's name or address, a device's id or type."""

    capability = Capability.LOOK_UP_USERS

    @extend_schema(
        operation_id="look_up",
        parameters=[
            OpenApiParameter("q", str, required=True, description="What is looked for."),
            OpenApiParameter("limit", int, description="At most so many users and devices."),
        ],
        responses=MatchSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Exact matches first, then what begins so, then what contains it."""
        question = QuestionSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        matches = look_up(
            question.validated_data["q"],
            limit=question.validated_data["limit"],
            access=access_of(request.user),
        )
        return Response(MatchSerializer(matches, many=True).data)
