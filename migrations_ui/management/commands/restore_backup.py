"""`manage.py restore_backup`: put the backup of a migration back on its server."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from migrations_ui.hosts import open_host
from migrations_ui.models import Migration
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files.restore import restore_archive
from pools.domain.names import same_name
from pools.gateways.errors import GatewayError
from pools.gateways.trees import TreeProgress
from pools.models import Server
from pools.services import audit


class Command(BaseCommand):
    """`manage.py restore_backup`."""

    help = (
        "Puts LotusTraveler.nsf, ntsclcache.nsf, notes.ini and the traveler folder of a backup "
        "archive back on a server, in place of what is there. Domino has to be down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, help="the .tar file of the backup")
        parser.add_argument("server", help="Domino name of the server, e.g. trav4/Acme")
        parser.add_argument(
            "--unrecorded",
            action="store_true",
            help="take an archive that this console has no record of, by its own sums alone",
        )

    def handle(
        self, *args: Any, archive: Path, server: str, unrecorded: bool, **options: Any
    ) -> None:
        target = _find(server)
        sha256 = "" if unrecorded else _recorded_sha256(archive, target)
        try:
            with open_host(target) as host:
                files = restore_archive(
                    host,
                    archive,
                    settings.LIFEGUARD_WORK_DIR / "runs",
                    sha256=sha256,
                    on_progress=self._show,
                )
        except (StepFailed, GatewayError) as error:
            raise CommandError(str(error)) from None
        audit.record(actor=None, action="restore_backup", target=str(target), detail=archive.name)
        self.stdout.write(f"{files} files of {archive.name} are back on {target}. Start it now.")

    def _show(self, progress: TreeProgress) -> None:
        self.stdout.write(f"{progress.bytes_done:,} of {progress.bytes_total:,} bytes", ending="\r")


def _recorded_sha256(archive: Path, server: Server) -> str:
    """What the backup's sum was when it was made; an archive bears the number of its run."""
    made = Migration.objects.filter(run_id=archive.stem).exclude(backup_sha256="").first()
    if made is None:
        raise CommandError(
            f"This console has no record of {archive.name}. If you know that it is the right "
            "backup, add --unrecorded: then only the sums within it are checked."
        )
    if made.server_id != server.pk:
        raise CommandError(f"{archive.name} is a backup of {made.server}, not of {server}.")
    return made.backup_sha256


def _find(name: str) -> Server:
    servers = Server.objects.select_related("profile", "ssh_login")
    found = next((server for server in servers if same_name(server.domino_name, name)), None)
    if found is None:
        known = ", ".join(str(server) for server in servers) or "none"
        raise CommandError(f"No server is called {name}. Known servers: {known}.")
    return found
