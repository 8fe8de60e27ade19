"""What can be set of a migration after it was drafted: speed, chunks, values, login, policy."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from console.api.requests import validated
from migrations_ui.api.scope import MigrationScope, steers
from migrations_ui.api.serializers.requests import (
    ChunkSizeSerializer,
    ConflictPolicySerializer,
    DerbyLoginSerializer,
    RateLimitSerializer,
    ValuesSerializer,
)
from migrations_ui.services import migrations as services
from migrations_ui.services import source_options


class SettingActions(MigrationScope):
    """What may still be chosen while a migration is under way."""

    @steers(RateLimitSerializer)
    @action(detail=True, methods=["post"], url_path="rate-limit", url_name="rate-limit")
    def rate_limit(self, request: Request, pk: str) -> Response:
        """Limit the rows a second, also while the copy runs; null removes the limit."""
        return self._request(services.limit_rate, **validated(RateLimitSerializer, request))

    @steers(ChunkSizeSerializer)
    @action(detail=True, methods=["post"], url_path="chunk-size", url_name="chunk-size")
    def chunk_size(self, request: Request, pk: str) -> Response:
        """Rows a transaction commits, from the next chunk on; null for the usual size."""
        return self._request(services.size_chunks, **validated(ChunkSizeSerializer, request))

    @steers(ValuesSerializer)
    @action(detail=True, methods=["post"])
    def values(self, request: Request, pk: str) -> Response:
        """Decide what happens to values that do not fit, until they are measured or when they
        have stopped the run. Replaces all earlier choices."""
        chosen = validated(ValuesSerializer, request)
        return self._request(source_options.set_value_policies, treatments=chosen)

    @steers(DerbyLoginSerializer)
    @action(detail=True, methods=["post"], url_path="derby-login", url_name="derby-login")
    def derby_login(self, request: Request, pk: str) -> Response:
        """Set the passwords that open the server's Derby database, where it needs them."""
        login = validated(DerbyLoginSerializer, request)
        return self._request(source_options.set_derby_login, login=login)

    @steers(ConflictPolicySerializer)
    @action(detail=True, methods=["post"], url_path="policy", url_name="policy")
    def policy(self, request: Request, pk: str) -> Response:
        """Which row wins a conflict; until the copy has begun, and when it stopped to ask."""
        return self._request(services.choose_policy, **validated(ConflictPolicySerializer, request))
