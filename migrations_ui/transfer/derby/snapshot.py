"""A private copy of a Derby directory. The original is read as files, never opened by Derby."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from migrations_ui.transfer.errors import NotDerby, SourceLocked

LOCK_FILE = "db.lck"
LOCK_FILES = frozenset({LOCK_FILE, "dbex.lck"})
PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CopiedDirectory:
    """What was copied: the digest of the original (see `directory_digest`), and its size."""

    digest: str
    bytes: int


def take_copy(
    original: Path, destination: Path, *, on_progress: Callable[[int], None] | None = None
) -> CopiedDirectory:
    """Copy a quiet Derby directory; `destination` appears only when it is complete.

    `on_progress` is called with the bytes copied so far. An existing destination is replaced.
    Raises NotDerby or SourceLocked.
    """
    if not (original / "service.properties").is_file():
        raise NotDerby(f"{original}: {NotDerby()}")
    if (original / LOCK_FILE).exists():
        raise SourceLocked(
            f"{original}: {SourceLocked()} If no Traveler runs, it ended without closing Derby: "
            "start and stop it once."
        )
    partial = destination.with_name(destination.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    copied = 0
    digest = hashlib.sha256()
    for path in _files(original):
        target = partial / path.relative_to(original)
        target.parent.mkdir(parents=True, exist_ok=True)
        _add_name(digest, path, original)
        with target.open("wb") as copy:
            for piece in _pieces(path):
                digest.update(piece)
                copy.write(piece)
                copied += len(piece)
                if on_progress is not None:
                    on_progress(copied)
    # Derby insists on its directories, the empty ones as well.
    for path in original.rglob("*"):
        if path.is_dir():
            (partial / path.relative_to(original)).mkdir(parents=True, exist_ok=True)
    shutil.rmtree(destination, ignore_errors=True)
    partial.rename(destination)
    return CopiedDirectory(digest.hexdigest(), copied)


def directory_digest(directory: Path) -> str:
    """SHA-256 over the names and contents of all files but the lock files."""
    digest = hashlib.sha256()
    for path in _files(directory):
        _add_name(digest, path, directory)
        for piece in _pieces(path):
            digest.update(piece)
    return digest.hexdigest()


def _files(directory: Path) -> list[Path]:
    return sorted(
        path for path in directory.rglob("*") if path.is_file() and path.name not in LOCK_FILES
    )


def _add_name(digest: hashlib._Hash, path: Path, directory: Path) -> None:
    name = path.relative_to(directory).as_posix()
    digest.update(f"{name}\0{path.stat().st_size}\0".encode())


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
