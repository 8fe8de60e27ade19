"""What the create script of a kit is made from: the wizard of the article as a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms

from pools.databases.kit_order import NewDatabase
from pools.models import DatabaseConfiguration
from pools.services.schema_kits import complaints, kit_of, kit_options_for, rules_of
from pools.store.kit.kit_file import KitFile

LONGEST_LOGIN = 128
ENGINE_HELP = {
    "name": "What the create script calls the new database.",
    "path": "Folder on the database server. Empty: its own default.",
    "alias": "Under which other name it is catalogued on the server. Empty: none.",
    "comment": "Stored with the database.",
    "territory": "Two letters. With the code set UTF-8 it decides forms of dates, not characters.",
}


class SchemaKitForm(forms.Form):
    """Has only the fields that the engine's files use."""

    name = forms.CharField(label="Database")
    path = forms.CharField(required=False)
    alias = forms.CharField(required=False)
    comment = forms.CharField(required=False)
    territory = forms.CharField(required=False)
    traveler_login = forms.CharField(
        label="Traveler's login",
        max_length=LONGEST_LOGIN,
        help_text="Where it is not the console's, both are granted what they need.",
    )

    def __init__(
        self, configuration: DatabaseConfiguration, data: Mapping[str, Any] | None = None
    ) -> None:
        self.configuration = configuration
        start = asdict(kit_options_for(configuration)) | {"traveler_login": configuration.username}
        super().__init__(data, initial=start)
        wanted = rules_of(configuration.engine)
        for name, help_text in ENGINE_HELP.items():
            if name not in wanted:
                del self.fields[name]
            else:
                self.fields[name].help_text = help_text
                self.fields[name].required = wanted[name].required
        for field in self.fields.values():
            field.error_messages["required"] = "Fill this in."
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_traveler_login(self) -> str:
        login: str = self.cleaned_data["traveler_login"]
        if not login.isprintable():
            raise forms.ValidationError("A login has no line breaks and no control characters.")
        return login

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, complaint in complaints(self.configuration.engine, self._new).items():
            if name not in self.errors:
                self.add_error(name, complaint)
        return cleaned

    def kit(self) -> tuple[KitFile, ...]:
        """The kit for what was typed, or for what the form starts with while nothing was."""
        if self.is_bound:
            return kit_of(
                self.configuration,
                new=self._new,
                traveler_login=self.cleaned_data["traveler_login"],
            )
        return kit_of(
            self.configuration, new=kit_options_for(self.configuration), traveler_login=""
        )

    @property
    def _new(self) -> NewDatabase:
        names = rules_of(self.configuration.engine)
        return NewDatabase(**{"name": ""} | {n: self.cleaned_data.get(n, "") for n in names})
