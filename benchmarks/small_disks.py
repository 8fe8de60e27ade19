"""Disks that can be filled: a tmpfs of a fixed size for a directory, which only root may mount."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL

SIZE = "512m"
BALLAST = "ballast"
TOP_UP_SECONDS = 0.25


def may_mount() -> bool:
    """Whether this account may mount a disk here."""
    asked = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return (
        os.geteuid() == 0 and not subprocess.run(asked, capture_output=True, check=False).returncode
    )


@contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    """A disk of its own for what is written to the directory."""
    at.mkdir(mode=0o700, exist_ok=True)
    options = f"size={SIZE},mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(at)], check=True)
    try:
        yield at
    finally:
        # Lazily: a process that is just ending may still be in there.
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def keep_full(disk: Path, seconds: float) -> None:
    """Fill it, and what is freed meanwhile; then give all of it back."""
    ballast = disk / BALLAST
    until = time.monotonic() + seconds
    try:
        with ballast.open("wb") as file:
            size = 0
            while time.monotonic() < until:
                size = _grown(file.fileno(), size, disk)
                time.sleep(TOP_UP_SECONDS)
    finally:
        ballast.unlink(missing_ok=True)


def move_new_databases(postgresql: EmbeddedPostgreSQL, disk: Path) -> None:
    """Whatever database is created from now on is on that disk, and says nothing of it."""
    with psycopg.connect(postgresql.url, autocommit=True) as connection:
        place = sql.Literal(str(disk))
        connection.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(place))
        connection.execute("ALTER DATABASE template0 SET TABLESPACE small")


def _grown(file: int, size: int, disk: Path) -> int:
    there = os.statvfs(disk)
    free = there.f_bavail * there.f_frsize
    # Others write as well: less may be left by now.
    with suppress(OSError):
        if free:
            os.posix_fallocate(file, size, free)
            return size + free
    return size
