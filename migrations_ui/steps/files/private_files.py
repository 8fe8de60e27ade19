"""What a migration keeps on the worker is people's data: for the console's own user alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY_DIRECTORY = 0o700
OWNER_ONLY_FILE = 0o600


def make_private_directory(directory: Path) -> None:
    """Make it, and what is missing above it; close it to others if it was there and open."""
    for each in (*reversed(directory.parents), directory):
        each.mkdir(mode=OWNER_ONLY_DIRECTORY, exist_ok=True)
    directory.chmod(OWNER_ONLY_DIRECTORY)


def create_private_file(path: Path) -> BinaryIO:
    """Open a new file for writing, in place of one that is there; never open to others."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE), "wb")
