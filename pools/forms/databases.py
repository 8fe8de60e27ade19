"""Adding and editing a database configuration."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from console.accounts.models import User
from pools.databases.jdbc_properties import tidied, without_secret_values
from pools.forms.certificates import AuthorityInput, read_authority
from pools.forms.engines import EngineField
from pools.forms.ports import PortField
from pools.forms.rows import RowForm, SecretInput
from pools.forms.tls import TlsModeField, chosen_mode, is_weaker
from pools.models import DatabaseConfiguration
from pools.services.database_passwords import ask_for_new_password, replace_password
from pools.services.databases import create_database, update_database

# The same words wherever a database is entered.
LABELS = {
    "database_name": "Database",
    "username": "User name",
    "schema_mode": "Who creates the tables",
    "jdbc_properties": "Further JDBC properties",
}
SCHEMA_HELP = (
    "Empty: the engine's own rule. The vendor's DDL files, as they come, make the schema LNT: "
    "where a DBA has run them so, enter LNT."
)


# Of whatever decides where the password is sent, and who can read it on the way. Further JDBC
# properties do, because drivers take other servers and proxies there.
DESTINATION = ("engine", "host", "port", "database_name", "username", "jdbc_properties")
SENT_ELSEWHERE = (
    "The stored password would be sent elsewhere, because {changed} changed. "
    "Type the password again."
)


class PropertiesInput(forms.Textarea):
    """Shows again what was refused, but no secret that was in it."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"})

    def format_value(self, value: Any) -> str:
        return without_secret_values(str(value or ""))


class DatabaseForm(RowForm[DatabaseConfiguration]):
    """A database: where it is, how it is signed in to, how its tables come."""

    engine = EngineField()
    tls_mode = TlsModeField()
    untested = forms.BooleanField(
        required=False,
        label="Save a new password without testing it",
        help_text="Else a worker signs in with it first, and the stored one stays until then.",
    )

    secrets = ("password",)
    groups = (
        ("The database", ("name", "engine", "host", "port", "database_name", "schema")),
        ("The login that Traveler and this console use", ("username", "password", "untested")),
        ("The connection", ("tls_mode", "ca_certificate", "allow_cleartext")),
        ("The tables", ("schema_mode",)),
        ("The address that Traveler is given", ("jdbc_properties",)),
    )

    class Meta:
        model = DatabaseConfiguration
        error_messages = {"name": {"unique": "Another database has this name."}}
        fields = (
            "name",
            "engine",
            "host",
            "port",
            "database_name",
            "schema",
            "username",
            "password",
            "tls_mode",
            "ca_certificate",
            "allow_cleartext",
            "schema_mode",
            "jdbc_properties",
        )
        labels = LABELS
        help_texts = {
            "schema": SCHEMA_HELP,
            "username": "Do not change it later: the schema may carry its name.",
            "schema_mode": (
                "By hand means that a DBA runs the files of “Schema for the DBA”, which the pool's "
                "page Database has, before the first migration. Tables that are left as they are "
                "may be any: each migration compares them with the server's before it copies a row."
            ),
        }
        field_classes = {"port": PortField}
        widgets = {
            "password": SecretInput(),
            "jdbc_properties": PropertiesInput(),
            "ca_certificate": AuthorityInput(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mode = cast("forms.ChoiceField", self.fields["tls_mode"])
        mode.choices = TlsModeField.choices_for(self.row)
        if self.row is None:
            del self.fields["untested"]

    def clean_engine(self) -> str:
        engine: str = self.cleaned_data["engine"]
        unchanged = self.row is not None and self.row.engine == engine
        if not unchanged:
            EngineField().refuse(engine)
        return engine

    def clean_ca_certificate(self) -> str:
        return read_authority(self.cleaned_data["ca_certificate"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "tls_mode" in cleaned:
            cleaned["tls_mode"] = chosen_mode(cleaned, self.row)
        return cleaned

    def clean_jdbc_properties(self) -> str:
        """A browser's line ends are no change."""
        return tidied(self.cleaned_data["jdbc_properties"])

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.row is None or self.errors or self.cleaned_data["password"]:
            return
        changed = self._moved(self.row)
        if changed:
            named = " and ".join(str(label).casefold() for label in changed)
            self.add_error("password", SENT_ELSEWHERE.format(changed=named))

    def _moved(self, row: DatabaseConfiguration) -> list[str]:
        """What of the form would send the stored password elsewhere, in words."""
        changed = [
            str(self.fields[name].label or name)
            for name in DESTINATION
            if getattr(row, name) != getattr(self.instance, name)
        ]
        return [*changed, *(["its protection"] if is_weaker(row, self.instance) else [])]

    def enter(self, actor: User) -> DatabaseConfiguration:
        return create_database(actor=actor, **self.cleaned_data)

    def change(self, row: DatabaseConfiguration, actor: User) -> DatabaseConfiguration:
        """A new password for the same place is tried first; the rest is saved at once."""
        changes = dict(self.cleaned_data)
        untested = changes.pop("untested")
        moved = self._moved(row)
        password = changes.pop("password")
        if not password or untested or moved:
            return replace_password(row, actor=actor, password=password, **changes)
        row = update_database(row, actor=actor, **changes)
        ask_for_new_password(row, actor=actor, password=password)
        return row
