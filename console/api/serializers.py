"""How the schema shows a problem."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A field is not valid",
            value={
                "type": "urn:lifeguard:problem:validation_failed",
                "title": "Some values are not valid",
                "status": 400,
                "code": "validation_failed",
                "detail": "port: A valid integer is required.",
                "next_step": "Correct what `errors` names, and send the request again.",
                "errors": {"port": ["A valid integer is required."]},
            },
        )
    ]
)
class ProblemSerializer(serializers.Serializer[dict[str, Any]]):
    """Problem details (RFC 9457). `code` never changes; `detail` and `next_step` are for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    next_step = serializers.CharField(allow_blank=True)
    errors = serializers.DictField(  # type: ignore[assignment]  # a field is no attribute
        required=False, help_text="By the name of the field; nested as the request is."
    )
