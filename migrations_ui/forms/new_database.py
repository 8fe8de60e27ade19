"""The empty database that a new pool will stand on."""

from __future__ import annotations

from typing import Any

from django import forms

from migrations_ui.transfer.engines.offered import why_no_migration_into
from pools.forms.certificates import AuthorityInput, read_authority
from pools.forms.databases import LABELS, SCHEMA_HELP, PropertiesInput
from pools.forms.engines import EngineField
from pools.forms.ports import PortField
from pools.forms.tls import TlsModeField, chosen_mode
from pools.models import DatabaseConfiguration


class NewDatabaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """Address and login. The password is taken, never shown again."""

    prefix = "database"

    tls_mode = TlsModeField()

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
            "tls_mode",
            "ca_certificate",
            "allow_cleartext",
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
            "ca_certificate": AuthorityInput(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engine"] = EngineField(why_no_migration_into)

    def clean_ca_certificate(self) -> str:
        return read_authority(self.cleaned_data["ca_certificate"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "tls_mode" in cleaned:
            cleaned["tls_mode"] = chosen_mode(cleaned, None)
        return cleaned

    def clean_engine(self) -> str:
        engine: str = self.cleaned_data["engine"]
        EngineField(why_no_migration_into).refuse(engine)
        return engine
