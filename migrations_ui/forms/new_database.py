"""The empty database that a new pool will stand on."""

from __future__ import annotations

from typing import Any

from django import forms

from migrations_ui.transfer.offers import why_no_move_into
from pools.forms.databases import LABELS, SCHEMA_HELP, PropertiesInput
from pools.forms.engines import EngineField
from pools.forms.ports import PortField
from pools.models import DatabaseConfiguration


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
            "jdbc_properties",
        )
        labels = LABELS
        help_texts = {"schema": SCHEMA_HELP}
        field_classes = {"port": PortField}
        widgets = {
            "password": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            "jdbc_properties": PropertiesInput(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engine"] = EngineField(why_no_move_into)

    def clean_engine(self) -> str:
        engine: str = self.cleaned_data["engine"]
        EngineField(why_no_move_into).refuse(engine)
        return engine
