"""A certificate authority, wherever one is entered."""

from __future__ import annotations

import ssl

from django import forms


def read_authority(typed: str) -> str:
    """The PEM text without blanks around. Raises ValidationError for anything else."""
    pem = typed.strip()
    if pem:
        try:
            ssl.create_default_context(cadata=pem)
        except (ssl.SSLError, ValueError) as error:
            raise forms.ValidationError(
                "This is not a certificate in PEM form. It begins with "
                "“-----BEGIN CERTIFICATE-----”."
            ) from error
    return pem


class AuthorityInput(forms.Textarea):
    """Several lines that no browser corrects."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 5, "spellcheck": "false"})
