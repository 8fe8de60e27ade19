"""How long an API token works."""

from __future__ import annotations

from datetime import timedelta

from django import forms


class TokenForm(forms.Form):
    days = forms.TypedChoiceField(
        label="Works for",
        coerce=int,
        choices=[(1, "1 day"), (30, "30 days"), (90, "90 days"), (365, "1 year")],
        initial=30,
    )

    def lifetime(self) -> timedelta:
        days: int = self.cleaned_data["days"]
        return timedelta(days=days)
