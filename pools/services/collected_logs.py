"""The archive that `travelerUtil log collect` made: fetched, kept for a while, downloaded."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from console.accounts.models import User
from pools.gateways.errors import GatewayError
from pools.gateways.parsing.log_collect import archive_path
from pools.gateways.shell import Shell
from pools.models import Operation
from pools.services import audit

# A file of logs is for a support ticket: larger is fetched by hand, older is collected again.
LARGEST_ARCHIVE = 2 * 1024**3
RETENTION = timedelta(days=30)


def fetch_archive(operation: Operation, shell: Shell, lines: list[str]) -> str:
    """Keep the archive that the output names; a sentence says why not, or how large it is."""
    path = archive_path(lines)
    if path is None:
        return "Not fetched: the output names no .zip file by its full path."
    try:
        size = shell.stat(path).size
        if size > LARGEST_ARCHIVE:
            return f"Not fetched: {path} has {filesizeformat(size)}. Fetch it by hand."
        settings.LIFEGUARD_WORK_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.LIFEGUARD_WORK_DIR) as directory:
            local = Path(directory) / "logs.zip"
            shell.download_file(path, local)
            with local.open("rb") as content:
                operation.archive.save(_name(operation, path), File(content), save=False)
    except GatewayError as error:
        return f"Not fetched: {error}"
    operation.archive_bytes = size
    operation.save(update_fields=["archive", "archive_bytes"])
    return f"Fetched: {filesizeformat(size)}, kept here for {RETENTION.days} days."


def open_archive(operation: Operation, *, actor: User) -> File[bytes] | None:
    """The archive, its download recorded; None where there is none, or not any more."""
    archive = operation.archive
    if not archive.name or not archive.storage.exists(archive.name):
        return None
    audit.record(actor=actor, action="download_logs", target=str(operation.server))
    return archive.open("rb")


def purge_archives(older_than: timedelta = RETENTION) -> int:
    """Remove archives past their retention; the operation and its lines stay. Returns how many."""
    old = Operation.objects.exclude(archive="").filter(finished_at__lt=timezone.now() - older_than)
    for operation in old:
        operation.archive.delete(save=False)
        operation.save(update_fields=["archive"])
    return len(old)


def _name(operation: Operation, path: str) -> str:
    """A name of ours that names server and moment, whatever the host called it."""
    stamp = PurePosixPath(path.replace("\\", "/")).stem[-40:]
    safe = "".join(letter for letter in stamp if letter.isalnum() or letter in "-_")
    return f"{operation.pk}-{operation.server.short_name}-{safe}.zip"
