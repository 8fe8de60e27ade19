"""What a person sets for themselves."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

from django import forms

from console.accounts.models import User

# Generic for the type checker only: Django's own class cannot be subscripted.
if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:
    UserForm = forms.ModelForm


def time_zones() -> list[tuple[str, str]]:
    """Names that mean a place, and UTC; not the historical abbreviations."""
    names = zoneinfo.available_timezones()
    return [
        (name, name.replace("_", " "))
        for name in sorted(names)
        if name == "UTC" or ("/" in name and not name.startswith("Etc/"))
    ]


class OwnProfileForm(UserForm):
    """What people change of themselves."""

    time_zone = forms.ChoiceField(
        choices=time_zones, help_text="Every time on every page is shown in it."
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "time_zone", "theme")
