"""Encrypting every stored secret with the first key again, so that the others can be dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from console.encryption import WrongKey, decrypt, encrypt, is_current
from console.sealed_files import needs_older_key
from pools.models.secret import Sealed, SecretField

BATCH = 500


@dataclass(slots=True)
class Rotation:
    """What became of one field: numbers of rows, and which rows no key decrypts."""

    label: str
    encrypted: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)


def secret_fields() -> Iterator[tuple[type[models.Model], SecretField]]:
    """Every encrypted field of every installed model."""
    for model in apps.get_models():
        for each in model._meta.local_concrete_fields:
            if isinstance(each, SecretField):
                yield model, each


def rotate(model: type[models.Model], secret: SecretField, *, dry: bool = False) -> Rotation:
    """Encrypt the field of all rows with the first key. `dry`: only count.

    A batch is a transaction, and what is current stays: it can be ended and run again.
    """
    rotation = Rotation(f"{model._meta.label}.{secret.name}")
    last = None
    while True:
        rows = model._default_manager.order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        keys = list(rows.values_list("pk", flat=True)[:BATCH])
        if not keys:
            return rotation
        with transaction.atomic():
            for row in rows.select_for_update().only(secret.name).filter(pk__in=keys):
                _rotate_row(row, secret, rotation, dry=dry)
        last = keys[-1]


def _rotate_row(row: models.Model, secret: SecretField, rotation: Rotation, *, dry: bool) -> None:
    stored = row.__dict__[secret.attname]
    if not isinstance(stored, Sealed):
        return
    if is_current(stored.token):
        rotation.current += 1
        return
    try:
        text = decrypt(stored.token)
    except WrongKey:
        rotation.unreadable.append(str(row.pk))
        return
    if not dry:
        sealed = Sealed(encrypt(text))
        type(row)._default_manager.filter(pk=row.pk).update(**{secret.name: sealed})
    rotation.encrypted += 1


def backups_with_older_keys() -> list[str]:
    """Names of encrypted backups on this machine that the first key does not open.

    They are never written again: the sum that was recorded of each is that of the file.
    """
    backups = settings.LIFEGUARD_WORK_DIR / "backups"
    return [path.name for path in sorted(backups.rglob("*.tar")) if needs_older_key(path)]
