"""Rows that differ, and comparing again."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from migrations_ui.models import Mismatch, Verification
from migrations_ui.states import VerificationKind
from pools.domain.numbers import LARGEST


class MismatchSerializer(serializers.ModelSerializer[Mismatch]):
    """A row that the last comparison found wrong, both sides cut to be shown."""

    pool_side = serializers.DictField(child=serializers.CharField(allow_null=True))
    server_side = serializers.DictField(child=serializers.CharField(allow_null=True))

    class Meta:
        model = Mismatch
        fields = ["id", "table", "row_key", "kind", "pool_side", "server_side"]


class VerificationSerializer(serializers.ModelSerializer[Verification]):
    """A comparison that was requested."""

    requested_at = serializers.DateTimeField(source="asked_at", read_only=True)

    class Meta:
        model = Verification
        fields = ["id", "kind", "status", "requested_at", "ended_at", "summary"]


class NewVerificationSerializer(serializers.Serializer[dict[str, Any]]):
    """`mismatches`: the rows to write again first, for a repair; none: all."""

    kind = serializers.ChoiceField(
        choices=[
            choice
            for choice in VerificationKind.choices
            if choice[0] != VerificationKind.CORRECTION
        ],
        default=VerificationKind.VERIFY,
    )
    mismatches = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST),
        default=list,
        max_length=1000,
    )
