"""What a directory holds, on a host or here, and how far a copy of it is."""

from __future__ import annotations

import dataclasses
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import asyncssh

from pools.gateways.errors import RemoteFileError

# Where a backup waits beside what it is to replace; no part of any tree.
STAGING = ".lifeguard-restore"
# Set-user-id and its like are not carried from one machine to another.
PLAIN_MODE = 0o777
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
    def facts(self) -> tuple[int, int, int]:
        """What a copy has in common with it; a copy can always be read and written by its owner."""
        return self.size, self.modified, self.permissions | stat.S_IRUSR | stat.S_IWUSR

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
class TreeListing:
    """A walked tree: directories before what they hold."""

    directories: list[PurePosixPath]
    files: list[TreeFile]
    skipped: list[str]

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.size for file in self.files)

    @property
    def names(self) -> list[str]:
        """What stands in the directory itself, copied or not."""
        paths = (*self.directories, *(file.path for file in self.files))
        found = {path.parts[0] for path in paths if path.parts}
        return sorted(found | {PurePosixPath(path).parts[0] for path in self.skipped})

    def part(self, names: Collection[str]) -> TreeListing:
        """Return these entries of the directory, with all they hold."""
        return TreeListing(
            [path for path in self.directories if not path.parts or path.parts[0] in names],
            [file for file in self.files if file.path.parts[0] in names],
            [path for path in self.skipped if PurePosixPath(path).parts[0] in names],
        )

    def looks_like(self, other: TreeListing) -> bool:
        """Tell whether names, sizes, times and permissions are the same in both."""
        return (
            set(self.directories) == set(other.directories)
            and sorted(self.skipped) == sorted(other.skipped)
            and {file.path: file.facts for file in self.files}
            == {file.path: file.facts for file in other.files}
        )

    def start(self) -> TreeProgress:
        """Return the progress before the first byte."""
        return TreeProgress(bytes_total=self.bytes, skipped=tuple(self.skipped))


async def list_remote(sftp: asyncssh.SFTPClient, root: str) -> TreeListing:
    """Walk a directory of the host; links to files count as files."""
    listing = TreeListing([PurePosixPath()], [], [])
    # The list grows while it is walked: each directory found is walked in its turn.
    for directory in listing.directories:
        entries = await sftp.readdir(f"{root}/{directory}")
        for entry in sorted(entries, key=lambda entry: str(entry.filename)):
            name = str(entry.filename)
            if name in (".", "..") or name == STAGING:
                continue
            # Names come from the host: one with a separator could write outside of the target.
            if _SEPARATORS.intersection(name):
                raise RemoteFileError("The host lists a file name that holds a separator.")
            path = directory / name
            linked = stat.S_ISLNK(entry.attrs.permissions or 0)
            facts = await _followed(sftp, f"{root}/{path}") if linked else entry.attrs
            mode = facts.permissions or 0
            if stat.S_ISREG(mode):
                listing.files.append(remote_file(path, facts))
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


def list_local(root: Path) -> TreeListing:
    """Walk a directory of this machine."""
    listing = TreeListing([PurePosixPath()], [], [])
    for directory in listing.directories:
        for entry in sorted((root / directory).iterdir()):
            path = directory / entry.name
            if entry.is_dir() and not entry.is_symlink():
                listing.directories.append(path)
            elif entry.is_file():
                listing.files.append(local_file(path, entry))
            else:
                listing.skipped.append(str(path))
    return listing


def remote_file(path: PurePosixPath, facts: asyncssh.SFTPAttrs) -> TreeFile:
    mode = (facts.permissions or 0) & PLAIN_MODE
    return TreeFile(path, facts.size or 0, int(facts.mtime or 0), mode)


def local_file(path: PurePosixPath, local: Path) -> TreeFile:
    facts = local.stat()
    return TreeFile(path, facts.st_size, int(facts.st_mtime), facts.st_mode & PLAIN_MODE)
