"""What the console writes is for its own account alone: files 0600 in directories 0700."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Warning as CheckWarning

OTHERS = 0o077


def private_paths() -> Iterator[Path]:
    """The work directory, which holds backups, Redis and keys, and the console's SQLite files."""
    yield Path(settings.LIFEGUARD_WORK_DIR)
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        for suffix in ("", "-wal", "-shm"):
            yield Path(f"{database['NAME']}{suffix}")


def open_to_others() -> list[tuple[Path, int]]:
    """Those that other accounts may read or change, with their mode."""
    found = []
    for path in private_paths():
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue
        if mode & OTHERS:
            found.append((path, mode))
    return found


def keep_new_files_private() -> None:
    os.umask(OTHERS)


def close_to_others() -> None:
    """Take other accounts' rights away from what an older version has written."""
    for path, mode in open_to_others():
        path.chmod(mode & ~OTHERS)


def check_private_files(**kwargs: Any) -> list[CheckWarning]:
    """Django's check, made at `migrate`, `check` and the start of a worker."""
    return [
        CheckWarning(
            f"Other accounts of this machine may open {path} (mode {mode:04o}).",
            hint=f"chmod go= {path}",
            id="console.W001",
        )
        for path, mode in open_to_others()
    ]
