"""Servers with a directory on a disk of their own, so small that it fills up.

The disk is a tmpfs in the server's own mount namespace: nobody else sees it, and it ends with the
server. Only root may mount one; without that the tests that need it are skipped, and say so.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from console.supervision.embedded.mariadb import EmbeddedMariaDB
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.server import EmbeddedServer

SIZE = 24 * 1024 * 1024
BALLAST = "ballast"
MOUNT = (
    'mount -t tmpfs -o size="$1",mode=0700 none "$2" && head -c "$3" /dev/zero >"$2/ballast"'
    ' && shift 3 && exec "$@"'
)


def may_mount() -> bool:
    """Whether this machine lets the tests mount a disk."""
    asked = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return (
        os.geteuid() == 0 and not subprocess.run(asked, capture_output=True, check=False).returncode
    )


class _SmallDisk(EmbeddedServer):
    """`free` bytes are left on it."""

    free: int

    @property
    def disk(self) -> Path:
        """Where the server sees it."""
        return self.directory.with_name(f"{self.directory.name}-disk")

    def on_disk(self, command: list[str]) -> list[str]:
        self.disk.mkdir(exist_ok=True)
        sizes = (str(SIZE), str(self.disk), str(SIZE - self.free))
        return ["unshare", "--mount", "sh", "-c", MOUNT, "sh", *sizes, *command]

    def make_room(self) -> None:
        """As a DBA would."""
        assert self.process is not None
        (Path(f"/proc/{self.process.pid}/root") / self.disk.relative_to("/") / BALLAST).unlink()


class SmallPostgreSQL(_SmallDisk, EmbeddedPostgreSQL):
    free = 1536 * 1024

    def command(self) -> list[str]:
        return self.on_disk(super().command())


class SmallMariaDB(_SmallDisk, EmbeddedMariaDB):
    free = 2 * 1024 * 1024

    def command(self) -> list[str]:
        return self.on_disk(super().command())
