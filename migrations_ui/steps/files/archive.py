"""The backup archive: a tar file with a list of SHA-256 sums as its last member.

`tar -xf` and `sha256sum -c SHA256SUMS` are enough to restore it by hand, without this console;
where it is encrypted, after `manage.py decrypt_backup`.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from console.sealed_files import NoKey, OpeningReader, SealBroken, SealingWriter, is_sealed
from migrations_ui.steps.files.private_files import create_private_file, make_private_directory
from pools.domain.lines import split_lines

MANIFEST = "SHA256SUMS"
PIECE = 1024 * 1024
# What is unpacked has to be read again here, whatever the host allows its owner.
OWNER_MAY = stat.S_IRUSR | stat.S_IWUSR
# No file runs as its owner because an archive says so.
PLAIN_MODE = 0o777

# Called with (bytes done, bytes in all).
OnProgress = Callable[[int, int], None]


class ArchiveDamaged(Exception):
    """The backup archive is damaged or incomplete."""


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """`sha256` and `bytes` are of the archive file itself, `sums` those of its files by name."""

    sha256: str
    bytes: int
    sums: dict[str, str]

    @property
    def files(self) -> int:
        return len(self.sums)


def write_archive(
    tree: Path, archive: Path, *, on_progress: OnProgress, encrypted: bool = False
) -> None:
    """Pack all that is below `tree`, empty directories as well.

    The archive appears under its name when it is complete.
    """
    paths = sorted(tree.rglob("*"))
    total = sum(path.stat().st_size for path in paths if path.is_file())
    make_private_directory(archive.parent)
    part = archive.with_suffix(".part")
    sums: list[str] = []
    done = 0
    with (
        create_private_file(part) as file,
        _sealing(file, encrypted=encrypted) as output,
        tarfile.open(fileobj=output, mode="w|") as tar,
    ):
        for path in paths:
            name = path.relative_to(tree).as_posix()
            if path.is_dir():
                tar.add(path, arcname=name, recursive=False)
                continue
            with path.open("rb") as content:
                reader = _HashingReader(content)
                tar.addfile(tar.gettarinfo(path, arcname=name), reader)
            sums.append(f"{reader.sha256.hexdigest()}  {name}\n")
            done += path.stat().st_size
            on_progress(done, total)
        _add_text(tar, MANIFEST, "".join(sums))
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(archive)


def verify_archive(archive: Path, *, on_progress: OnProgress) -> ArchiveFacts:
    """Read the archive back and compare every file with its sum. Raises ArchiveDamaged."""
    total = archive.stat().st_size
    seen: dict[str, str] = {}
    manifest = ""
    with _opened(archive) as (content, whole):
        with tarfile.open(fileobj=content, mode="r|") as tar:
            for member in tar:
                if member.name == MANIFEST:
                    manifest = _content(tar, member).read().decode()
                elif member.isfile():
                    seen[member.name] = _sha256(_content(tar, member))
                on_progress(whole.bytes, total)
        # Behind the end of the tar as well: to the last sealed piece, and to the last byte.
        for rest in (content, whole):
            while rest.read(PIECE):
                pass
    if seen != read_manifest(manifest):
        raise ArchiveDamaged(f"{archive.name}: files and {MANIFEST} do not agree.")
    return ArchiveFacts(whole.sha256.hexdigest(), total, seen)


def read_manifest(text: str) -> dict[str, str]:
    """Sums by file name."""
    pairs = (line.split("  ", 1) for line in split_lines(text))
    return {name: digest for digest, name in pairs}


def extract(archive: Path, destination: Path, *, below: str = "") -> int:
    """Unpack what is below a directory of the archive (''= all); returns the number of files.

    `destination` stands for that directory. Files have the times and permissions of the host.
    """
    count = 0
    with _opened(archive) as (content, _), tarfile.open(fileobj=content, mode="r|") as tar:
        for member in tar:
            if member.name == MANIFEST or not member.name.startswith(below):
                continue
            member.name = member.name.removeprefix(below)
            tar.extract(member, destination, filter=_within_with_its_mode)
            count += member.isfile()
    return count


def decrypt_archive(archive: Path, destination: Path) -> None:
    """Write it as a tar file that anything reads. Raises ArchiveDamaged."""
    with _opened(archive) as (content, _), create_private_file(destination) as output:
        shutil.copyfileobj(content, output, PIECE)


@contextmanager
def _sealing(file: IO[bytes], *, encrypted: bool) -> Iterator[IO[bytes]]:
    if not encrypted:
        yield file
        return
    sealing = SealingWriter(file)
    yield cast("IO[bytes]", sealing)
    sealing.finish()


@contextmanager
def _opened(archive: Path) -> Iterator[tuple[IO[bytes], _HashingReader]]:
    """What is in it, encrypted or not, and the file as it is. Raises ArchiveDamaged, also for what
    is found while it is read."""
    try:
        with archive.open("rb") as file:
            whole = _HashingReader(file)
            content = OpeningReader(cast("IO[bytes]", whole)) if is_sealed(file) else whole
            yield cast("IO[bytes]", content), whole
    except NoKey:
        raise ArchiveDamaged(
            f"{archive.name} is encrypted, and no key of this console opens it. Put the key that "
            "it was made with behind the others in SECRET_ENCRYPTION_KEYS."
        ) from None
    except SealBroken:
        raise ArchiveDamaged(f"{archive.name} has been changed or cut off.") from None
    except tarfile.FilterError:
        raise
    except tarfile.TarError as error:
        raise ArchiveDamaged(f"{archive.name} cannot be read as a tar file.") from error


def _within_with_its_mode(member: tarfile.TarInfo, destination: str) -> tarfile.TarInfo:
    """Refuse what would lead out of the destination; permissions go back to the host unmasked,
    but for set-user-id, set-group-id and the sticky bit."""
    safe = tarfile.data_filter(member, destination)
    mode = member.mode & PLAIN_MODE | OWNER_MAY
    return safe.replace(mode=mode, deep=False) if member.isfile() else safe


class _HashingReader(io.BufferedIOBase):
    """Passes a file through, adding up what is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.sha256 = hashlib.sha256()
        self.bytes = 0
        self._source = source

    def read(self, size: int | None = -1) -> bytes:
        piece = self._source.read(-1 if size is None else size)
        self.sha256.update(piece)
        self.bytes += len(piece)
        return piece


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member)
    if content is None:
        raise ArchiveDamaged(f"{member.name} has no content.")
    return content


def _sha256(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(content):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(PIECE):
        yield piece


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))
