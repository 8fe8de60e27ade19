"""Adding and editing a login."""

from __future__ import annotations

from typing import Any

import asyncssh
from django import forms

from console.accounts.models import User
from pools.forms.rows import RowForm, SecretInput, SecretTextarea
from pools.models import Login
from pools.models.secret import has_secret
from pools.services.logins import create_login, update_login

ENCRYPTED = (
    "This key has a passphrase. Store one without: `ssh-keygen -p -N ''` removes it from a copy."
)
NOT_A_KEY = (
    "This is not a private key. It begins with “-----BEGIN OPENSSH PRIVATE KEY-----” or similar."
)


class LoginForm(RowForm[Login]):
    """A user name with a password, a key or both."""

    secrets = ("password", "private_key")

    class Meta:
        model = Login
        error_messages = {"name": {"unique": "Another login has this name."}}
        fields = ("name", "username", "password", "private_key")
        labels = {"username": "User name", "private_key": "Private key"}
        widgets = {"password": SecretInput(), "private_key": SecretTextarea()}

    def clean_private_key(self) -> str:
        key: str = self.cleaned_data["private_key"].strip()
        if not key:
            return ""
        try:
            asyncssh.import_private_key(key)
        except asyncssh.KeyImportError as error:
            raise forms.ValidationError(
                ENCRYPTED if "passphrase" in str(error).lower() else NOT_A_KEY
            ) from error
        return f"{key}\n"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        row = self.row
        stored = row is not None and any(has_secret(row, name) for name in self.secrets)
        if not (stored or self.errors or cleaned.get("password") or cleaned.get("private_key")):
            raise forms.ValidationError("Give a password, a private key, or both.")
        return cleaned

    def enter(self, actor: User) -> Login:
        return create_login(actor=actor, **self.cleaned_data)

    def change(self, row: Login, actor: User) -> Login:
        return update_login(row, actor=actor, **self.cleaned_data)
