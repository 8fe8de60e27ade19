"""Adding and editing a server."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from console.accounts.models import User
from pools.domain.names import common_name
from pools.forms.ports import PortField
from pools.forms.rows import RowForm, WebAddress
from pools.models import Server
from pools.services.servers import register_server, update_server

_CANONICAL = re.compile(r"CN=[^/=]+(/[A-Z]{1,2}\d?=[^/=]+)+", re.IGNORECASE)


class ServerForm(RowForm[Server]):
    """`pool` is asked for only when a server is added: afterwards a migration changes it."""

    groups = (
        ("The server", ("domino_name", "pool", "external_url", "note")),
        ("Over SSH", ("ssh_host", "ssh_port", "ssh_login", "profile")),
        ("Over HTTP", ("api_url", "api_login", "allow_http")),
        (
            "What runs there, as far as you know it: a preflight looks for itself",
            (
                "traveler_version",
                "traveler_build",
                "domino_release",
                "domino_edition",
                "platform",
                "bits",
            ),
        ),
    )

    class Meta:
        model = Server
        error_messages = {"domino_name": {"unique": "Another server has this name."}}
        fields = (
            "domino_name",
            "pool",
            "external_url",
            "note",
            "ssh_host",
            "ssh_port",
            "ssh_login",
            "profile",
            "api_url",
            "api_login",
            "allow_http",
            "traveler_version",
            "traveler_build",
            "domino_release",
            "domino_edition",
            "platform",
            "bits",
        )
        labels = {
            "domino_name": "Domino name",
            "external_url": "External URL",
            "ssh_host": "Host",
            "ssh_port": "Port",
            "ssh_login": "Login",
            "profile": "Command profile",
            "api_url": "Address",
            "api_login": "Login",
        }
        help_texts = {
            "pool": "Only for a server that already runs in a pool. Empty: standalone.",
            "profile": "Paths and commands of this kind of host.",
            "api_login": "A Domino name with the administrator role in LotusTraveler.nsf.",
            "ssh_login": "On Linux the Domino user, on Windows an administrator.",
        }
        field_classes = {"ssh_port": PortField, "external_url": WebAddress, "api_url": WebAddress}
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row is not None:
            del self.fields["pool"]
        self.fields["bits"].widget = forms.Select(
            choices=[("", "Not known"), (64, "64-bit"), (32, "32-bit")]
        )

    def clean_domino_name(self) -> str:
        name: str = self.cleaned_data["domino_name"].strip()
        if not _CANONICAL.fullmatch(name):
            host = common_name(name) or "trav1"
            raise forms.ValidationError(
                f"Write the whole canonical name, for example CN={host}/O=Acme."
            )
        return name

    def enter(self, actor: User) -> Server:
        return register_server(actor=actor, **self.cleaned_data)

    def change(self, row: Server, actor: User) -> Server:
        return update_server(row, actor=actor, **self.cleaned_data)
