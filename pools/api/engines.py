"""The engines over REST: facts of each, and whether this console can open its databases."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from console.accounts.capabilities import Capability
from pools.databases.engines import ENGINES, engine_choices


class MinimumSerializer(serializers.Serializer[Any]):
    """The oldest version of a product that will do, and who says so."""

    product = serializers.CharField()
    version = serializers.CharField()
    why = serializers.CharField()
    recommended = serializers.CharField()


class EngineKeyField(serializers.ChoiceField):
    """A key of the registry, looked up whenever a serializer is made."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=engine_choices(), **kwargs)


class EngineSerializer(serializers.Serializer[Any]):
    """`why_not` is empty where the drivers can be loaded: this process has looked, and every worker
    needs them too. `install` brings them."""

    engine = EngineKeyField(source="key")
    name = serializers.CharField()
    vendor_supported = serializers.BooleanField()
    remark = serializers.CharField()
    drivers = serializers.ListField(child=serializers.CharField())
    why_not = serializers.CharField(source="why_not_offered")
    install = serializers.CharField()
    minimums = MinimumSerializer(many=True)
    default_port = serializers.IntegerField()
    jdbc_jar = serializers.CharField(source="jdbc_jar.name")
    schema_rule = serializers.CharField()
    code_set = serializers.CharField()


class EngineViewSet(ViewSet):
    """The engines that a pool's database may be of."""

    capability = Capability.VIEW_DATABASES

    # The class, not an instance: that would keep the choices of the first time.
    @extend_schema(responses=EngineSerializer)
    def list(self, request: Request) -> Response:
        """All of them, also those whose drivers are missing here."""
        return Response(EngineSerializer(ENGINES.values(), many=True).data)
