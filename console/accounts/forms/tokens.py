"""What an API token is called, and how long it works."""

from __future__ import annotations

from datetime import timedelta

from django import forms


class TokenForm(forms.Form):
    """A token by its name and how long it works."""

    name = forms.CharField(
        max_length=80, error_messages={"required": "Enter a name for the token."}
    )
    days = forms.TypedChoiceField(
        label="Expires in",
        coerce=int,
        choices=[(1, "1 day"), (30, "30 days"), (90, "90 days"), (365, "1 year")],
        initial=30,
    )

    def lifetime(self) -> timedelta:
        days: int = self.cleaned_data["days"]
        return timedelta(days=days)
