"""Entering and changing a row that a person filled in: validated, saved and recorded as one."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models, transaction

from console.accounts.models import User
from pools import extensions
from pools.models.secret import SecretField, holds_secret, unread_secrets
from pools.services import audit

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def enter_row(row: Row, *, actor: User | None, action: str) -> Row:
    """Save a new row. Raises ValidationError, with one list of messages a field."""
    row.full_clean()
    row.save()
    audit.record(actor=actor, action=action, target=str(row))
    return row


@transaction.atomic
def change_row(
    row: Row,
    *,
    actor: User | None,
    action: str,
    changes: dict[str, Any],
    same_place: bool = False,
) -> Row:
    """Save what is different; an empty secret means “as it was”.

    `same_place`: what it stands for is the same under another address, so no extension is asked.
    Raises ValidationError, and the ServiceError of an extension.
    """
    lines: dict[str, str] = {}
    for name, new in changes.items():
        if isinstance(row._meta.get_field(name), SecretField):
            if not new or holds_secret(row, name, new):
                continue
            lines[name] = f"{name}: changed"
        elif new != (old := getattr(row, name)):
            lines[name] = f"{name}: {old} → {new}"
        else:
            continue
        setattr(row, name, new)
    if lines:
        if not same_place:
            extensions.refuse_change(row, lines.keys())
        row.full_clean(exclude=unread_secrets(row))
        row.save()
        audit.record(actor=actor, action=action, target=str(row), detail="\n".join(lines.values()))
    return row
