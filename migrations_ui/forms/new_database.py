"""The empty database that a new pool will stand on."""

from __future__ import annotations

from typing import Any

from django import forms

from migrations_ui.transfer.offers import why_no_move_into
from pools.models import DatabaseConfiguration
from pools.states import Engine

LAST_PORT = 65535


def _engines() -> list[tuple[str, str]]:
    """All of them; one that no server can be moved into says why."""
    return [
        (value, f"{label} ({why})" if (why := why_no_move_into(value)) else label)
        for value, label in Engine.choices
    ]


class NewDatabaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """Address and login. The password is taken, never shown again."""

    prefix = "database"

    class Meta:
        model = DatabaseConfiguration
        fields = (
            "name",
            "engine",
            "host",
            "port",
            "database_name",
            "username",
            "password",
            "schema",
            "schema_mode",
        )
        labels = {"name": "Called here", "database_name": "Database", "username": "User"}
        widgets = {"password": forms.PasswordInput(attrs={"autocomplete": "new-password"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engine"] = forms.ChoiceField(choices=_engines)
        self.fields["port"] = forms.IntegerField(min_value=1, max_value=LAST_PORT)

    def clean_engine(self) -> str:
        engine: str = self.cleaned_data["engine"]
        if why := why_no_move_into(engine):
            raise forms.ValidationError(f"{Engine(engine).label} cannot be chosen yet: {why}")
        return engine
