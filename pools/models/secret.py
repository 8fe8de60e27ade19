"""A secret that is encrypted at rest and may be left out."""

from __future__ import annotations

from typing import Any

from encrypted_fields.fields import EncryptedTextField


class SecretField(EncryptedTextField):  # type: ignore[misc]
    """An empty secret is stored as empty text: the field it extends would store NULL."""

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value) or ""
