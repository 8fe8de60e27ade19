"""The server's name, typed by hand: danger is slow (ui.md, principle 6)."""

from __future__ import annotations

from typing import Any

from django import forms

from pools.models import Server


class TypedNameForm(forms.Form):
    """Valid when the name typed is the server's, in any of its forms and in any case."""

    typed_name = forms.CharField(
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, server: Server, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.server = server
        field = self.fields["typed_name"]
        field.label = f"Type {server.short_name} to confirm"
        field.error_messages["required"] = f"Type {server.short_name}."

    def clean_typed_name(self) -> str:
        typed = str(self.cleaned_data["typed_name"])
        if not self.server.is_called(typed):
            raise forms.ValidationError(
                f"“{typed}” is not the name of this server. Type {self.server.short_name}."
            )
        return typed
