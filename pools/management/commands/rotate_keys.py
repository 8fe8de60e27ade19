"""`manage.py rotate_keys`: encrypts all stored secrets with the first key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandError

from pools.services.key_rotation import (
    Rotation,
    backups_with_older_keys,
    rotate,
    secret_fields,
)

SHOWN = 20


class Command(BaseCommand):
    """`manage.py rotate_keys`."""

    help = "Encrypt all stored secrets with the first of SECRET_ENCRYPTION_KEYS; repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--new-key", action="store_true", help="print a new key, do no more")

    def handle(self, *args: Any, dry_run: bool, new_key: bool, **options: Any) -> None:
        if new_key:
            self.stdout.write(Fernet.generate_key().decode())
            return
        rotations = [rotate(model, field, dry=dry_run) for model, field in secret_fields()]
        done = "to encrypt" if dry_run else "encrypted"
        for rotation in rotations:
            self.stdout.write(
                f"{rotation.label}: {rotation.encrypted} {done}, {rotation.current} current, "
                f"{len(rotation.unreadable)} unreadable"
            )
        if older := backups_with_older_keys():
            self.stdout.write(
                f"Backups on this machine that need an older key: {', '.join(older)}. They stay as "
                "they are: keep that key behind the first one for as long as they may be needed."
            )
        if unreadable := [each for each in rotations if each.unreadable]:
            raise CommandError(
                f"No key decrypts {' and '.join(map(_named, unreadable))}. Put the key that they "
                "were encrypted with last in SECRET_ENCRYPTION_KEYS, or the former SECRET_KEY into "
                "SECRET_KEY_FALLBACKS, and run this again; or enter those secrets again."
            )


def _named(rotation: Rotation) -> str:
    more = len(rotation.unreadable) - SHOWN
    numbers = ", ".join(rotation.unreadable[:SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"{rotation.label} of no. {numbers}"
