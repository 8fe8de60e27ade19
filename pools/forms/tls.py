"""How the connection to a database is protected, wherever one is entered."""

from __future__ import annotations

from typing import Any

from django import forms

from pools.domain.cleartext import is_loopback
from pools.models import DatabaseConfiguration
from pools.states import TlsMode

# From the strongest down: a step to the right sends the password where it may be read.
STRENGTH = (TlsMode.OFF, TlsMode.PREFERRED, TlsMode.REQUIRED, TlsMode.VERIFIED)
AUTOMATIC = ("", "TLS; verified where an authority is given below")
OFFERED = (TlsMode.VERIFIED, TlsMode.REQUIRED, TlsMode.OFF)


class TlsModeField(forms.ChoiceField):
    """Nothing chosen means TLS; a row that was there before this choice may stay as it is."""

    def __init__(self, **_options: Any) -> None:
        super().__init__(required=False, label="TLS", initial="", choices=self.choices_for(None))

    @staticmethod
    def choices_for(row: DatabaseConfiguration | None) -> list[tuple[str, str]]:
        """What may be chosen for a stored row, or for a new one."""
        named = [(mode.value, str(mode.label)) for mode in OFFERED]
        if row is None:
            return [AUTOMATIC, *named]
        not_chosen = TlsMode.PREFERRED
        kept = [(not_chosen.value, str(not_chosen.label))] if row.tls_mode == not_chosen else []
        return [*kept, *named]


def chosen_mode(cleaned: dict[str, Any], row: DatabaseConfiguration | None) -> str:
    """The mode that is meant. With an authority the server is verified, unless somebody said no.

    What does not leave the machine is not encrypted unless that is asked for.
    """
    mode: str = cleaned.get("tls_mode") or (row.tls_mode if row is not None else "")
    if mode in {"", TlsMode.PREFERRED} and cleaned.get("ca_certificate"):
        return TlsMode.VERIFIED
    if mode:
        return mode
    return TlsMode.PREFERRED if is_loopback(cleaned.get("host") or "") else TlsMode.REQUIRED


def is_weaker(before: DatabaseConfiguration, after: DatabaseConfiguration) -> bool:
    """Whether somebody can get at the password by the change who could not before."""
    weaker = STRENGTH.index(TlsMode(after.tls_mode)) < STRENGTH.index(TlsMode(before.tls_mode))
    verified = before.tls_mode == TlsMode.VERIFIED
    other_authority = verified and before.ca_certificate != after.ca_certificate
    return weaker or other_authority or (after.allow_cleartext and not before.allow_cleartext)
