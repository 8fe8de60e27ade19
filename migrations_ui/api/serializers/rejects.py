"""Rejected rows, and what becomes of them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from migrations_ui.models import Correction, Reject
from migrations_ui.models.table_transfer import RejectedColumn


class RejectedColumnSerializer(serializers.Serializer[RejectedColumn]):
    """A value that made the row a reject, and in words what its column takes."""

    column = serializers.CharField()
    reason = serializers.CharField()
    preview = serializers.CharField()
    wants = serializers.CharField()
    in_key = serializers.BooleanField()


class RejectSerializer(serializers.ModelSerializer[Reject]):
    """A rejected row; values that people wrote are masked."""

    rejected_columns = RejectedColumnSerializer(many=True, read_only=True)
    why_not_corrected = serializers.CharField(read_only=True)

    class Meta:
        model = Reject
        fields = [
            *("id", "table", "row_key", "column", "reason", "preview", "note", "skipped_at"),
            *("rejected_columns", "why_not_corrected"),
        ]


class NewCorrectionSerializer(serializers.Serializer[dict[str, Any]]):
    """New values for the columns that rejected the row; empty is null where that is no text.

    `value` is short for `values` where it is one column.
    """

    value = serializers.CharField(allow_blank=True, trim_whitespace=False, required=False)
    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False), required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Give one of them: value, or values by column.")
        return attrs


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    """A rejected row that was written as it was corrected; all values are shortened."""

    corrected_by = serializers.CharField(source="corrected_by.username", read_only=True)
    changes = serializers.SerializerMethodField()

    class Meta:
        model = Correction
        fields = ["table", "row_key", "changes", "corrected_by", "corrected_at"]

    def get_changes(self, correction: Correction) -> list[dict[str, str]]:
        return [
            {"column": column, "source": before, "pool": after}
            for column, before, after in correction.values
        ]


class SkipRejectSerializer(serializers.Serializer[dict[str, str]]):
    """Why a rejected row may be left out."""

    note = serializers.CharField(max_length=400)
