"""A secret that is encrypted at rest, may be left out, and is decrypted when it is read.

A row whose secret was encrypted with another key can be loaded, listed and saved; only who reads
the secret hears of it, and a new one can be entered.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute
from encrypted_fields.fields import EncryptedTextField

from console.encryption import WrongKey, decrypt, encrypt
from pools.databases.errors import DatabaseError
from pools.gateways.errors import GatewayError


class SecretUnreadable(GatewayError, DatabaseError):
    """A stored secret cannot be decrypted.

    Of both kinds, because a host or a database cannot be used for want of it: whoever expects that
    one of them fails expects this as well.
    """

    def __init__(self, row: models.Model, field: models.Field[Any, Any]) -> None:
        named = f"{field.verbose_name} of the {row._meta.verbose_name} “{row}” (no. {row.pk})"
        super().__init__(
            f"The {named} cannot be decrypted: it was encrypted with another key. Put the former "
            "key back (SECRET_KEY, or last in SECRET_ENCRYPTION_KEYS) and restart, or enter it "
            "again."
        )


class Sealed:
    """Ciphertext as it is stored; not text, so that nobody takes it for the secret."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return "<sealed>"


# Set while a row is read again: its secrets are copied as they are stored, and nobody reads them.
_AS_STORED: ContextVar[bool] = ContextVar("secrets as they are stored", default=False)


class RowWithSecrets(models.Model):
    """A row that can be read again although a secret of it cannot be decrypted."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        token = _AS_STORED.set(True)
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            _AS_STORED.reset(token)


class SecretAttribute(DeferredAttribute):
    """Decrypts at the first read of the attribute, and keeps the text with the row."""

    field: SecretField

    def __get__(self, row: Any, owner: Any = None) -> Any:
        value = super().__get__(row, owner)
        if not isinstance(value, Sealed) or _AS_STORED.get():
            return value
        try:
            text = decrypt(value.token)
        except WrongKey:
            raise SecretUnreadable(row, self.field) from None
        row.__dict__[self.field.attname] = text
        return text

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class SecretField(EncryptedTextField):  # type: ignore[misc]
    """Text to whoever reads the attribute; `Sealed` in a row that was loaded and in `values()`."""

    descriptor_class = SecretAttribute

    def from_db_value(self, value: str | None, *args: Any) -> Sealed | str:
        return Sealed(value) if value else ""

    def to_python(self, value: Any) -> Any:
        return models.TextField.to_python(self, value)

    def clean(self, value: Any, model_instance: Any) -> Any:
        return models.TextField.clean(self, value, model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What nobody has read is stored as it was."""
        stored = model_instance.__dict__.get(self.attname)
        return stored if isinstance(stored, Sealed) else super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, Sealed):
            return value.token
        return encrypt(str(value)) if value else ""

    def value_from_object(self, obj: models.Model) -> str:
        """Of forms, which show no secret."""
        return ""

    def value_to_string(self, obj: models.Model) -> str:
        return str(getattr(obj, self.attname))


def has_secret(row: models.Model, name: str) -> bool:
    """True when one is stored, whether it can be read or not."""
    if name not in row.__dict__:
        return bool(getattr(row, name))
    return bool(row.__dict__[name])


def holds_secret(row: models.Model, name: str, text: str) -> bool:
    """True when it is stored and is this text."""
    try:
        return bool(getattr(row, name) == text)
    except SecretUnreadable:
        return False


def unread_secrets(row: models.Model) -> list[str]:
    """The names of secrets that were loaded and not read, so that there is nothing to validate."""
    return [name for name, value in row.__dict__.items() if isinstance(value, Sealed)]
