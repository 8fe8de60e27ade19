"""Servers: entering, changing and retiring them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from console.accounts.models import User
from pools import extensions
from pools.domain.names import same_name
from pools.models import CommandProfile, Login, Pool, Server
from pools.services import audit
from pools.services.errors import NameTaken
from pools.services.rows import change_row, enter_row


def register_server(
    domino_name: str,
    *,
    actor: User | None,
    profile: CommandProfile,
    ssh_host: str,
    ssh_login: Login,
    api_url: str,
    api_login: Login,
    ssh_port: int = 22,
    pool: Pool | None = None,
    **facts: Any,
) -> Server:
    """Enter a server, standalone without a `pool`; `facts` are further fields of it.

    Raises NameTaken when a server of that name is known, in whatever spelling; ValidationError.
    """
    _refuse_taken_name(domino_name)
    server = Server(
        domino_name=domino_name,
        profile=profile,
        ssh_host=ssh_host,
        ssh_port=ssh_port,
        ssh_login=ssh_login,
        api_url=api_url,
        api_login=api_login,
        pool=pool,
        **facts,
    )
    return enter_row(server, actor=actor, action="register_server")


def update_server(
    server: Server, *, actor: User | None, same_place: bool = False, **changes: Any
) -> Server:
    """Change a server. Its SSH host key stays known until somebody forgets it by name.

    `same_place`: it is the same host under another address. Raises NameTaken, ValidationError, or
    the ServiceError of a guard.
    """
    name = changes.get("domino_name", server.domino_name)
    if name != server.domino_name:
        _refuse_taken_name(name, besides=server)
    return change_row(
        server, actor=actor, action="update_server", changes=changes, same_place=same_place
    )


def trust_host_key(server: Server, *, actor: User | None) -> None:
    """Forget the recorded SSH key; the key shown at the next connection is recorded instead."""
    if not server.host_key:
        return
    with transaction.atomic():
        forgotten, server.host_key, server.host_key_seen_at = server.host_key, "", None
        server.save(update_fields=["host_key", "host_key_seen_at"])
        audit.record(
            actor=actor,
            action="trust_host_key",
            target=str(server),
            detail=f"forgotten: {forgotten}",
        )


def retire_server(server: Server, *, actor: User | None) -> None:
    """Take a server out of service: it is no longer monitored, its history stays.

    Raises the ServiceError of an extension.
    """
    extensions.refuse_change(server, ["retired_at"])
    with transaction.atomic():
        server.retired_at = timezone.now()
        server.save(update_fields=["retired_at"])
        audit.record(actor=actor, action="retire_server", target=str(server))


def _refuse_taken_name(domino_name: str, besides: Server | None = None) -> None:
    known = Server.objects.exclude(pk=besides.pk) if besides else Server.objects.all()
    for other in known.values_list("domino_name", flat=True):
        if same_name(other, domino_name):
            raise NameTaken(f"The server {other} is known already.")
