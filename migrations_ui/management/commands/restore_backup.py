"""`manage.py restore_backup`: put the backup of a move back on its server."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from migrations_ui.hosts import open_host
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.restoring import restore_archive
from pools.domain.names import same_name
from pools.gateways.errors import GatewayError
from pools.gateways.trees import TreeProgress
from pools.models import Server
from pools.services import audit


class Command(BaseCommand):
    help = (
        "Puts LotusTraveler.nsf, ntsclcache.nsf, notes.ini and the traveler folder of a backup "
        "archive back on a server, in place of what is there. Domino has to be down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, help="the .tar file of the backup")
        parser.add_argument("server", help="Domino name of the server, e.g. trav4/Acme")

    def handle(self, *args: Any, archive: Path, server: str, **options: Any) -> None:
        target = _find(server)
        try:
            with open_host(target) as host:
                files = restore_archive(
                    host, archive, settings.LIFEGUARD_WORK_DIR / "runs", on_progress=self._show
                )
        except (StepFailed, GatewayError) as error:
            raise CommandError(str(error)) from None
        audit.record(actor=None, action="restore_backup", target=str(target), detail=archive.name)
        self.stdout.write(f"{files} files of {archive.name} are back on {target}. Start it now.")

    def _show(self, progress: TreeProgress) -> None:
        self.stdout.write(f"{progress.bytes_done:,} of {progress.bytes_total:,} bytes", ending="\r")


def _find(name: str) -> Server:
    servers = Server.objects.select_related("profile", "ssh_login")
    found = next((server for server in servers if same_name(server.domino_name, name)), None)
    if found is None:
        known = ", ".join(str(server) for server in servers) or "none"
        raise CommandError(f"No server is called {name}. Known servers: {known}.")
    return found
