"""Copying directories and large files over SFTP; an interrupted copy goes on where it stopped.

A file in progress is called `.<name>.<size>-<modified>.part`: its name says which state of the
source it belongs to, so a source that changed meanwhile is begun anew without any bookkeeping.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import stat
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import asyncssh

from pools.gateways.errors import RemoteFileError, TransferIncomplete

PIECE = 4 * 1024 * 1024
_SEPARATORS = frozenset("/\\\0")


@dataclass(frozen=True, slots=True)
class TreeOutcome:
    """What was copied. bytes_already: kept from an earlier attempt, part of bytes.

    skipped: sockets, pipes, links to directories and the like, which are not copied.
    """

    files: int
    bytes: int
    bytes_already: int
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TreeProgress:
    """How far a tree copy is; the totals are those of the listing made at its start."""

    path: str = ""
    files_done: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    bytes_already: int = 0
    skipped: tuple[str, ...] = ()

    def outcome(self) -> TreeOutcome:
        """Return the same figures as a result."""
        return TreeOutcome(self.files_done, self.bytes_done, self.bytes_already, self.skipped)

    def moved(self, file: TreeFile, size: int, *, already: bool) -> TreeProgress:
        """Return the progress after `size` more bytes of `file`."""
        return dataclasses.replace(
            self,
            path=str(file.path),
            bytes_done=self.bytes_done + size,
            bytes_already=self.bytes_already + (size if already else 0),
        )

    def finished(self, file: TreeFile) -> TreeProgress:
        """Return the progress after the end of `file`."""
        return dataclasses.replace(self, path=str(file.path), files_done=self.files_done + 1)

    def kept_file(self, file: TreeFile) -> TreeProgress:
        """Return the progress after a file that an earlier attempt had finished."""
        return self.moved(file, file.size, already=True).finished(file)


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One regular file, by its path relative to the root of the tree."""

    path: PurePosixPath
    size: int
    modified: int
    permissions: int

    @property
    def part_name(self) -> str:
        """Name of the unfinished copy of exactly this state of the file."""
        return f".{self.path.name}.{self.size}-{self.modified}.part"

    def is_stale_part(self, name: str) -> bool:
        """Tell whether `name` is an unfinished copy of another state of this file."""
        return (
            name != self.part_name
            and name.startswith(f".{self.path.name}.")
            and name.endswith(".part")
        )


@dataclass(slots=True)
class Listing:
    """A walked tree: directories before what they hold."""

    directories: list[PurePosixPath]
    files: list[TreeFile]
    skipped: list[str]

    def start(self) -> TreeProgress:
        """Return the progress before the first byte."""
        return TreeProgress(
            bytes_total=sum(file.size for file in self.files),
            skipped=tuple(self.skipped),
        )


async def download(
    sftp: asyncssh.SFTPClient, remote: str, local: Path, *, resumable: bool
) -> AsyncGenerator[TreeProgress, None]:
    """Make `local` a copy of the directory `remote`; yields about every 4 MiB and after each file.

    Whatever else is in `local` is removed: a file that the host has dropped since an earlier
    attempt (a Derby log, say) must not come back with the copy.
    """
    listing = await _list_remote(sftp, remote)
    _remove_strangers(local, listing)
    for directory in listing.directories:
        (local / directory).mkdir(parents=True, exist_ok=True)
    progress = listing.start()
    yield progress
    for file in listing.files:
        target = local / file.path
        if resumable and _is_same(target, file):
            progress = progress.kept_file(file)
            yield progress
            continue
        source = f"{remote}/{file.path}"
        pieces = _fetch(sftp, source, target, file, resumable=resumable)
        async with aclosing(_counted(pieces, progress, file)) as steps:
            async for progress in steps:
                yield progress


async def upload(
    sftp: asyncssh.SFTPClient, local: Path, remote: str, *, resumable: bool
) -> AsyncGenerator[TreeProgress, None]:
    """Copy the directory `local` to `remote`, yielding about every 4 MiB and after each file."""
    listing = _list_local(local)
    for directory in listing.directories:
        await sftp.makedirs(f"{remote}/{directory}", exist_ok=True)
    progress = listing.start()
    yield progress
    for file in listing.files:
        target = f"{remote}/{file.path}"
        if resumable and await _is_same_remote(sftp, target, file):
            progress = progress.kept_file(file)
            yield progress
            continue
        source = local / file.path
        pieces = _send(sftp, source, target, file, resumable=resumable)
        async with aclosing(_counted(pieces, progress, file)) as steps:
            async for progress in steps:
                yield progress


async def download_file(
    sftp: asyncssh.SFTPClient, remote: str, local: Path
) -> AsyncGenerator[TreeProgress, None]:
    """Make `local` a copy of one file, yielding about every 4 MiB; a part of it is gone on with."""
    file = _remote_file(PurePosixPath(local.name), await sftp.stat(remote))
    for other in local.parent.iterdir():
        if file.is_stale_part(other.name):
            other.unlink()
    pieces = _fetch(sftp, remote, local, file, resumable=True)
    async with aclosing(_counted(pieces, _alone(file), file)) as steps:
        async for progress in steps:
            yield progress


async def upload_file(
    sftp: asyncssh.SFTPClient, local: Path, remote: str
) -> AsyncGenerator[TreeProgress, None]:
    """Replace one file of the host, yielding about every 4 MiB; readers never see a part of it."""
    file = _local_file(PurePosixPath(remote.rpartition("/")[2]), local)
    pieces = _send(sftp, local, remote, file, resumable=True)
    async with aclosing(_counted(pieces, _alone(file), file)) as steps:
        async for progress in steps:
            yield progress


def _alone(file: TreeFile) -> TreeProgress:
    """The progress before the first byte of a single file."""
    return Listing([], [file], []).start()


async def _counted(
    pieces: AsyncGenerator[tuple[int, bool], None], progress: TreeProgress, file: TreeFile
) -> AsyncGenerator[TreeProgress, None]:
    """Add up the pieces of `file`; the last progress has it finished."""
    async with aclosing(pieces):
        async for size, already in pieces:
            progress = progress.moved(file, size, already=already)
            yield progress
    yield progress.finished(file)


async def _fetch(
    sftp: asyncssh.SFTPClient, source: str, target: Path, file: TreeFile, *, resumable: bool
) -> AsyncGenerator[tuple[int, bool], None]:
    """Copy one file, yielding (bytes, whether an earlier attempt had them)."""
    part = target.with_name(file.part_name)
    with part.open("ab" if resumable else "wb") as output:
        kept = output.tell()
        if kept:
            yield kept, True
        async with sftp.open(source, "rb") as reader:
            for offset in range(kept, file.size, PIECE):
                wanted = min(PIECE, file.size - offset)
                piece: bytes = await reader.read(wanted, offset)
                if len(piece) != wanted:
                    raise TransferIncomplete(f"{source} became shorter while it was copied.")
                output.write(piece)
                yield wanted, False
        output.flush()
        await asyncio.to_thread(os.fsync, output.fileno())
    if not _matches(await sftp.stat(source), file):
        part.unlink()
        raise TransferIncomplete(f"{source} changed while it was copied.")
    os.utime(part, (file.modified, file.modified))
    part.chmod(file.permissions | stat.S_IRUSR | stat.S_IWUSR)
    part.replace(target)


async def _send(
    sftp: asyncssh.SFTPClient, source: Path, target: str, file: TreeFile, *, resumable: bool
) -> AsyncGenerator[tuple[int, bool], None]:
    """Copy one file, yielding (bytes, whether an earlier attempt had them)."""
    folder = target.rpartition("/")[0]
    part = f"{folder}/{file.part_name}"
    kept = await _kept_remotely(sftp, folder, file, resumable=resumable)
    if kept:
        yield kept, True
    with source.open("rb") as reader:
        reader.seek(kept)
        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT
        # Nobody may read it meanwhile who may not read the file itself.
        attributes = asyncssh.SFTPAttrs(permissions=file.permissions | stat.S_IWUSR)
        async with sftp.open(part, flags, attributes, encoding=None) as output:
            for offset in range(kept, file.size, PIECE):
                piece = reader.read(min(PIECE, file.size - offset))
                await output.write(piece, offset)
                yield len(piece), False
    if (await sftp.stat(part)).size != file.size:
        await sftp.remove(part)
        raise TransferIncomplete(f"{source.name} changed while it was copied.")
    await sftp.utime(part, (file.modified, file.modified))
    await sftp.chmod(part, file.permissions)
    await replace(sftp, part, target)


async def replace(sftp: asyncssh.SFTPClient, source: str, target: str) -> None:
    """Rename over an existing file; hosts without the POSIX extension need a removal first."""
    try:
        await sftp.posix_rename(source, target)
    except asyncssh.SFTPOpUnsupported:
        if await sftp.lexists(target):
            await sftp.remove(target)
        await sftp.rename(source, target)


async def _list_remote(sftp: asyncssh.SFTPClient, root: str) -> Listing:
    listing = Listing([PurePosixPath()], [], [])
    # The list grows while it is walked: each directory found is walked in its turn.
    for directory in listing.directories:
        entries = await sftp.readdir(f"{root}/{directory}")
        for entry in sorted(entries, key=lambda entry: str(entry.filename)):
            name = str(entry.filename)
            if name in (".", ".."):
                continue
            # Names come from the host: one with a separator could write outside of the target.
            if _SEPARATORS.intersection(name):
                raise RemoteFileError("The host lists a file name that holds a separator.")
            path = directory / name
            linked = stat.S_ISLNK(entry.attrs.permissions or 0)
            facts = await _followed(sftp, f"{root}/{path}") if linked else entry.attrs
            mode = facts.permissions or 0
            if stat.S_ISREG(mode):
                listing.files.append(_remote_file(path, facts))
            elif stat.S_ISDIR(mode) and not linked:
                listing.directories.append(path)
            else:
                listing.skipped.append(str(path))
    return listing


async def _followed(sftp: asyncssh.SFTPClient, path: str) -> asyncssh.SFTPAttrs:
    """Return what a link leads to; nothing at all for one that leads nowhere."""
    try:
        return await sftp.stat(path)
    except asyncssh.SFTPNoSuchFile:
        return asyncssh.SFTPAttrs()


def _remove_strangers(local: Path, listing: Listing) -> None:
    files = {file.path for file in listing.files}
    files |= {file.path.with_name(file.part_name) for file in listing.files}
    directories = set(listing.directories)
    # Backwards, so that a directory comes after what it holds.
    for path in sorted(local.rglob("*"), reverse=True):
        relative = PurePosixPath(path.relative_to(local))
        if path.is_dir() and not path.is_symlink():
            if relative not in directories:
                path.rmdir()
        elif relative not in files:
            path.unlink()


def _list_local(root: Path) -> Listing:
    listing = Listing([PurePosixPath()], [], [])
    for directory in listing.directories:
        for entry in sorted((root / directory).iterdir()):
            path = directory / entry.name
            if entry.is_dir() and not entry.is_symlink():
                listing.directories.append(path)
            elif entry.is_file():
                listing.files.append(_local_file(path, entry))
            else:
                listing.skipped.append(str(path))
    return listing


def _remote_file(path: PurePosixPath, facts: asyncssh.SFTPAttrs) -> TreeFile:
    mode = stat.S_IMODE(facts.permissions or 0)
    return TreeFile(path, facts.size or 0, int(facts.mtime or 0), mode)


def _local_file(path: PurePosixPath, local: Path) -> TreeFile:
    facts = local.stat()
    return TreeFile(path, facts.st_size, int(facts.st_mtime), stat.S_IMODE(facts.st_mode))


def _is_same(target: Path, file: TreeFile) -> bool:
    try:
        facts = target.stat()
    except FileNotFoundError:
        return False
    return (facts.st_size, int(facts.st_mtime)) == (file.size, file.modified)


async def _is_same_remote(sftp: asyncssh.SFTPClient, target: str, file: TreeFile) -> bool:
    try:
        return _matches(await sftp.stat(target), file)
    except asyncssh.SFTPNoSuchFile:
        return False


def _matches(attributes: asyncssh.SFTPAttrs, file: TreeFile) -> bool:
    return (attributes.size or 0, int(attributes.mtime or 0)) == (file.size, file.modified)


async def _kept_remotely(
    sftp: asyncssh.SFTPClient, folder: str, file: TreeFile, *, resumable: bool
) -> int:
    """Return how much of `file` an earlier attempt left in `folder`; remove what is stale."""
    kept = 0
    for entry in await sftp.readdir(folder):
        name = str(entry.filename)
        if name == file.part_name and resumable and (entry.attrs.size or 0) <= file.size:
            kept = entry.attrs.size or 0
        elif name == file.part_name or file.is_stale_part(name):
            await sftp.remove(f"{folder}/{name}")
    return kept
