"""A name and its secret for hosts: one row serves many servers."""

from __future__ import annotations

from django.db import models

from pools.models.secret import RowWithSecrets, SecretField, has_secret


class Login(RowWithSecrets):
    """A user name with a password, a private key or both; secrets are encrypted at rest."""

    name = models.CharField(max_length=80, unique=True, help_text="As it is called in the lists.")
    username = models.CharField(max_length=120)
    password = SecretField(blank=True, default="")
    private_key = SecretField(
        blank=True, default="", help_text="OpenSSH private key, without a passphrase."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def signs_in_with(self) -> str:
        """Which secrets are stored, in words."""
        kinds = {"private_key": "private key", "password": "password"}
        return ", ".join(kinds[name] for name in kinds if has_secret(self, name)) or "nothing"
