"""Copying directories and large files over SFTP; an interrupted copy goes on where it stopped.

A file in progress is called `.<name>.<size>-<modified>.part`: its name says which state of the
source it belongs to, so a source that changed meanwhile is started again without any bookkeeping.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from pathlib import Path, PurePosixPath

import asyncssh

from pools.gateways.errors import TransferIncomplete
from pools.gateways.tree_listing import (
    STAGING,
    TreeFile,
    TreeListing,
    TreeOutcome,
    TreeProgress,
    list_local,
    list_remote,
    local_file,
    remote_file,
)

__all__ = ["STAGING", "TreeFile", "TreeListing", "TreeOutcome", "TreeProgress"]

PIECE = 4 * 1024 * 1024


async def download(
    sftp: asyncssh.SFTPClient, remote: str, local: Path, *, resumable: bool
) -> AsyncGenerator[TreeProgress, None]:
    """Make `local` a copy of the directory `remote`; yields about every 4 MiB and after each file.

    Whatever else is in `local` is removed: a file that the host has dropped since an earlier
    attempt (a Derby log, say) must not come back with the copy.
    """
    listing = await list_remote(sftp, remote)
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
    sftp: asyncssh.SFTPClient,
    local: Path,
    remote: str,
    *,
    resumable: bool,
    only: Collection[str] | None = None,
) -> AsyncGenerator[TreeProgress, None]:
    """Copy the directory `local` to `remote`, yielding about every 4 MiB and after each file.

    only: the entries of the directory that are copied; None: all.
    """
    listing = list_local(local)
    if only is not None:
        listing = listing.part(only)
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
    file = remote_file(PurePosixPath(local.name), await sftp.stat(remote))
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
    file = local_file(PurePosixPath(remote.rpartition("/")[2]), local)
    pieces = _send(sftp, local, remote, file, resumable=True)
    async with aclosing(_counted(pieces, _alone(file), file)) as steps:
        async for progress in steps:
            yield progress


def _alone(file: TreeFile) -> TreeProgress:
    """The progress before the first byte of a single file."""
    return TreeListing([], [file], []).start()


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
    arrived = (await sftp.stat(part)).size or 0
    if arrived != file.size:
        await sftp.remove(part)
        raise TransferIncomplete(
            f"{source.name} did not arrive whole: the host has {arrived:,} of {file.size:,} bytes.",
            remedy="Check that the disk of the host has room, then try again.",
        )
    await sftp.utime(part, (file.modified, file.modified))
    await sftp.chmod(part, file.permissions)
    await replace(sftp, part, target)


async def replace(sftp: asyncssh.SFTPClient, source: str, target: str) -> None:
    """Rename over an existing file.

    A host without the POSIX extension renames over nothing: there the old file steps aside first,
    and is removed only when the new one has its name.
    """
    try:
        await sftp.posix_rename(source, target)
    except asyncssh.SFTPOpUnsupported:
        if not await sftp.lexists(target):
            await sftp.rename(source, target)
            return
        folder, _, name = target.rpartition("/")
        aside = f"{folder}/.{name}.replaced"
        if await sftp.lexists(aside):
            await sftp.remove(aside)
        await sftp.rename(target, aside)
        try:
            await sftp.rename(source, target)
        except asyncssh.SFTPError:
            await sftp.rename(aside, target)
            raise
        await sftp.remove(aside)


async def digests(
    sftp: asyncssh.SFTPClient,
    root: str,
    files: Collection[TreeFile],
    sums: dict[PurePosixPath, str],
) -> AsyncGenerator[TreeProgress, None]:
    """Read files of the directory `root` and put their SHA-256 sums into `sums`."""
    progress = TreeListing([], list(files), []).start()
    yield progress
    for file in files:
        digest = hashlib.sha256()
        async with sftp.open(f"{root}/{file.path}", "rb") as reader:
            for offset in range(0, file.size, PIECE):
                piece: bytes = await reader.read(min(PIECE, file.size - offset), offset)
                digest.update(piece)
                progress = progress.moved(file, len(piece), already=False)
                yield progress
        sums[file.path] = digest.hexdigest()
        progress = progress.finished(file)
        yield progress


def _remove_strangers(local: Path, listing: TreeListing) -> None:
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
