"""`manage.py decrypt_backup`: an encrypted backup as a plain tar file, to be restored by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from migrations_ui.steps.files.archive import ArchiveDamaged, decrypt_archive


class Command(BaseCommand):
    """`manage.py decrypt_backup`."""

    help = "Writes an encrypted backup as a tar file that anything reads, for the owner alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, help="the .tar file of the backup")
        parser.add_argument("destination", type=Path, help="the file to write; none is replaced")

    def handle(self, *args: Any, archive: Path, destination: Path, **options: Any) -> None:
        if destination.exists():
            raise CommandError(f"{destination} is there already.")
        try:
            decrypt_archive(archive, destination)
        except (ArchiveDamaged, OSError) as error:
            destination.unlink(missing_ok=True)
            raise CommandError(str(error)) from None
        self.stdout.write(f"{destination} is not encrypted: remove it when it is no longer needed.")
