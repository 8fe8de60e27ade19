"""The record of who did what; every writing service calls it in its own transaction."""

from __future__ import annotations

from console.accounts.models import User
from pools.models import AuditEntry


def record(
    *, actor: User | None, action: str, target: str, detail: str = "", address: str = ""
) -> AuditEntry:
    """Write one entry. `action`: the service's own name; `target`: what it was done to, in words;
    `detail` never holds a secret; `address`: where the person sits, where that is known."""
    return AuditEntry.objects.create(
        actor=actor, action=action, target=target[:255], detail=detail, address=address
    )
