"""What a person sets for themselves."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth.forms import PasswordChangeForm

from console.accounts.models import User

# Generic for the type checker only: Django's own classes cannot be subscripted.
if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
    PasswordForm = PasswordChangeForm[User]
else:
    UserForm, PasswordForm = forms.ModelForm, PasswordChangeForm


class ProfileForm(UserForm):
    time_zone = forms.ChoiceField(
        help_text="Every time on every page is shown in it.",
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "time_zone", "theme")
        widgets = {"theme": forms.Select}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        zones = sorted(
            zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC"
        )
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(zone, zone.replace("_", " ")) for zone in zones]
