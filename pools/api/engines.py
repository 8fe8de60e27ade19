"""The engines over REST: what is known of each, and whether this console can open its databases."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from console.accounts.permissions import IsAdministrator
from pools.databases.engines import ENGINES
from pools.databases.facts import EngineFacts
from pools.states import Engine


class MinimumSerializer(serializers.Serializer[Any]):
    """The oldest version of a product that will do, and who says so."""

    product = serializers.CharField()
    version = serializers.CharField()
    why = serializers.CharField()
    recommended = serializers.CharField()


class EngineSerializer(serializers.Serializer[Any]):
    """`why_not` is empty where the drivers can be loaded: this process has looked, and every worker
    needs them too. `install` brings them."""

    engine = serializers.SerializerMethodField()
    name = serializers.CharField()
    vendor_supported = serializers.BooleanField()
    remark = serializers.CharField()
    drivers = serializers.ListField(child=serializers.CharField())
    why_not = serializers.CharField(source="why_not_offered")
    install = serializers.CharField()
    minimums = MinimumSerializer(many=True)
    default_port = serializers.IntegerField()
    jdbc_jar = serializers.CharField()
    schema_rule = serializers.CharField()
    code_set = serializers.CharField()

    @extend_schema_field(serializers.ChoiceField(choices=Engine.choices))
    def get_engine(self, shown: EngineFacts) -> str:
        return next(engine for engine, facts in ENGINES.items() if facts is shown)


class EngineViewSet(ViewSet):
    """The engines that a pool's database may be of."""

    permission_classes = [IsAdministrator]

    @extend_schema(responses=EngineSerializer(many=True))
    def list(self, request: Request) -> Response:
        """All of them, also those whose drivers are missing here."""
        return Response(EngineSerializer(ENGINES.values(), many=True).data)
