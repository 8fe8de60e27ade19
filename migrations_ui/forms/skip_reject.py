"""Why a row may be left out."""

from __future__ import annotations

from django import forms

from migrations_ui.models import Reject


class SkipRejectForm(forms.Form):
    """Why a rejected row may be left out."""

    note = forms.CharField(
        label="Why this row may be left out",
        max_length=Reject._meta.get_field("note").max_length,
        error_messages={"required": "Say why it may be left out."},
    )
