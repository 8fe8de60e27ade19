"""What the schema says of every operation: its errors, `Idempotency-Key`, `If-Match`, `ETag`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from console.api.entity_tags import EntityTags
from console.api.idempotency import IdempotentPosts
from console.api.problem_details import MEDIA_TYPE
from console.api.serializers import ProblemSerializer

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any text of yours, of 255 characters at most. The same request with the same key "
    "is done once in 24 hours; sent again, it has the same answer.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of what you have read. 412: someone has changed it since.",
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="The version of the object, for `If-Match`.",
)
ANY_ERROR = OpenApiResponse(ProblemSerializer, "Problem details; `code` says which.")


class ApiSchema(AutoSchema):
    """REST framework's views as our conventions describe them (docs/api.md)."""

    def map_parsers(self) -> list[str]:
        """Forms are read as well, but a generated client would send a body as all of them."""
        return ["application/json"]

    def get_override_parameters(self) -> list[Any]:
        own: list[Any] = super().get_override_parameters()
        if self.method == "POST" and isinstance(self.view, IdempotentPosts):
            return [*own, IDEMPOTENCY_KEY]
        if isinstance(self.view, EntityTags):
            if self.method == "PATCH":
                return [*own, IF_MATCH, ETAG]
            if getattr(self.view, "action", "") == "retrieve":
                return [*own, ETAG]
        return own

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        bodies["default"] = self._get_response_for_code(  # type: ignore[no-untyped-call]
            ANY_ERROR, "default", [MEDIA_TYPE]
        )
        for code, body in bodies.items():
            if code.startswith(("4", "5")):
                body["content"] = {MEDIA_TYPE: next(iter(body["content"].values()))}
        return bodies
