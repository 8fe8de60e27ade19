"""Files of a host over SFTP."""

from __future__ import annotations

import re
import stat as file_modes
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

import asyncssh

from pools.gateways import errors, trees
from pools.gateways.event_loop import iterate_blocking, run_blocking
from pools.gateways.ssh_connection import SshConnection
from pools.gateways.tree_listing import (
    TreeFile,
    TreeListing,
    TreeOutcome,
    TreeProgress,
    list_remote,
)

T = TypeVar("T")
OnProgress = Callable[[TreeProgress], None]

# One file operation, and the longest silence allowed within a copy.
FILE_TIMEOUT = 60.0
# For walking or removing a whole directory.
TREE_TIMEOUT = 600.0
LARGEST_READ = 64 * 1024 * 1024
# `/local` or `C:\Domino` is never removed as a whole.
SHALLOWEST_REMOVAL = 3
TAIL_BYTES = 4 * 1024 * 1024
# Linux says there what is mounted where; a space in a path is written as \040.
MOUNTS = "/proc/self/mountinfo"
MOUNT_POINT = 4

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """Size in bytes, modification time in seconds since 1970, permission bits."""

    name: str
    size: int
    modified: int
    permissions: int
    is_directory: bool


class RemoteFiles(SshConnection):
    r"""Paths are absolute; Windows paths (`C:\Domino`) are turned into SFTP's form."""

    _sftp: asyncssh.SFTPClient | None = None

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or directory."""
        try:
            self.stat(path)
        except errors.RemoteFileMissing:
            return False
        return True

    def stat(self, path: str) -> RemoteFile:
        """Return the facts of a file or directory, links followed."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> RemoteFile:
            return _facts(path, await sftp.stat(remote))

        return self._file("Reading the facts of", path, action)

    def list_directory(self, path: str) -> list[RemoteFile]:
        """Return the entries by name; links are described, not followed."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> list[RemoteFile]:
            names = await sftp.readdir(remote)
            entries = [_facts(str(entry.filename), entry.attrs) for entry in names]
            return sorted(
                (entry for entry in entries if entry.name not in (".", "..")),
                key=lambda entry: entry.name,
            )

        return self._file("TreeListing", path, action)

    def read_bytes(self, path: str, *, limit: int = LARGEST_READ) -> bytes:
        """Return the content; more than `limit` bytes raise RemoteFileError."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> bytes:
            async with sftp.open(remote, "rb") as file:
                content: bytes = await file.read(limit + 1)
            if len(content) > limit:
                raise errors.RemoteFileError(
                    f"{path} is larger than {limit} bytes.", host=self.login.address
                )
            return content

        return self._file("Reading", path, action)

    def read_text(self, path: str, *, encoding: str = "utf-8") -> str:
        """Return the content; bytes that do not fit the encoding become U+FFFD."""
        return self.read_bytes(path).decode(encoding, errors="replace")

    def head(self, path: str, length: int) -> bytes:
        """Return the first bytes, fewer when the file is shorter."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> bytes:
            async with sftp.open(remote, "rb") as file:
                content: bytes = await file.read(length) if length else b""
            return content

        return self._file("Reading the beginning of", path, action)

    def tail(self, path: str, from_offset: int) -> tuple[str, int]:
        """Return the complete lines after byte `from_offset`, and the offset after them.

        A file shorter than the offset was archived and started again: it is read from its start. At
        most 4 MiB are returned; call again for the rest. NUL, which no log means, is left out.
        """

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> tuple[str, int]:
            size = (await sftp.stat(remote)).size or 0
            offset = from_offset if from_offset <= size else 0
            if offset == size:
                return "", offset
            async with sftp.open(remote, "rb") as file:
                content: bytes = await file.read(TAIL_BYTES, offset)
            complete = content.rfind(b"\n") + 1
            if not complete and len(content) == TAIL_BYTES:
                complete = len(content)
            text = content[:complete].decode("utf-8", errors="replace")
            return text.replace("\0", ""), offset + complete

        return self._file("Reading the end of", path, action)

    def remove_tree(self, path: str) -> None:
        """Remove a directory with all it holds; one that is not there is fine."""
        if len([part for part in re.split(r"[\\/]+", path) if part]) < SHALLOWEST_REMOVAL:
            raise errors.RemoteFileError(
                f"Refusing to remove {path}: it is too near to the root.", host=self.login.address
            )

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> None:
            if await sftp.lexists(remote):
                await sftp.rmtree(remote)

        self._file("Removing", path, action, seconds=TREE_TIMEOUT)

    def list_tree(self, path: str) -> TreeListing:
        """Walk a directory; links to files count as files, links to directories as skipped."""
        return self._file("TreeListing", path, list_remote, seconds=TREE_TIMEOUT)

    def real_path(self, path: str) -> str:
        """Return the path with its links followed; one that leads nowhere as it is."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> str:
            if not await sftp.exists(remote):
                return path
            return str(await sftp.realpath(remote))

        return self._file("Following", path, action)

    def make_directory(self, path: str) -> None:
        """Make it for the login alone; one that is there already stays as it is."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> None:
            if not await sftp.isdir(remote):
                await sftp.mkdir(remote, asyncssh.SFTPAttrs(permissions=0o700))

        self._file("Making", path, action)

    def make_tree(self, path: str) -> None:
        """Make a directory and what is missing above it."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> None:
            await sftp.makedirs(remote, exist_ok=True)

        self._file("Making", path, action)

    def rename(self, path: str, new: str) -> None:
        """Give a file or directory a name that nothing has."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> None:
            await sftp.rename(remote, _sftp_path(new))

        self._file("Renaming", path, action)

    def replace(self, path: str, target: str) -> None:
        """Rename a file over another one."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> None:
            await trees.replace(sftp, _sftp_path(path), remote)

        self._file("Replacing", target, action)

    def mount_points(self) -> tuple[str, ...] | None:
        """Return where file systems are mounted on the host; None where it does not say."""
        try:
            lines = self.read_text(MOUNTS).splitlines()
        except errors.RemoteFileError:
            return None
        points = [line.split(" ")[MOUNT_POINT] for line in lines if line.count(" ") > MOUNT_POINT]
        return tuple(
            re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point) for point in points
        )

    def disk_free(self, path: str) -> int:
        """Return the bytes free to this login on the file system of `path`."""

        async def action(sftp: asyncssh.SFTPClient, remote: str) -> int:
            file_system = await sftp.statvfs(remote)
            return int(file_system.bavail * file_system.frsize)

        return self._file("Asking for the free space of", path, action)

    def download_tree(
        self,
        remote: str,
        local: Path,
        *,
        on_progress: OnProgress | None = None,
        resumable: bool = True,
    ) -> TreeOutcome:
        """Make `local` a copy of the host's directory, with modification times and permissions.

        Other files in `local` are removed. resumable: files and parts of files left by an earlier
        attempt are kept when the source has not changed since. on_progress is called in this
        thread, about every 4 MiB; an exception it raises stops the copy, to be resumed later.
        """
        source = _sftp_path(remote)
        return self._copy(
            f"Fetching {remote}",
            lambda sftp: trees.download(sftp, source, local, resumable=resumable),
            on_progress,
        )

    def upload_tree(
        self,
        local: Path,
        remote: str,
        *,
        on_progress: OnProgress | None = None,
        resumable: bool = True,
        only: Collection[str] | None = None,
    ) -> TreeOutcome:
        """Copy a directory to the host; the counterpart of `download_tree`.

        only: the entries of the directory that are copied; None: all.
        """
        target = _sftp_path(remote)
        return self._copy(
            f"Sending {remote}",
            lambda sftp: trees.upload(sftp, local, target, resumable=resumable, only=only),
            on_progress,
        )

    def digests(
        self,
        directory: str,
        files: Collection[TreeFile],
        *,
        on_progress: OnProgress | None = None,
    ) -> dict[PurePosixPath, str]:
        """Read files below a directory of the host; return their SHA-256 sums, by path."""
        root, sums = _sftp_path(directory), dict[PurePosixPath, str]()
        self._copy(
            f"Reading back {directory}",
            lambda sftp: trees.digests(sftp, root, files, sums),
            on_progress,
        )
        return sums

    def download_file(
        self, remote: str, local: Path, *, on_progress: OnProgress | None = None
    ) -> TreeOutcome:
        """Like `download_tree`, for one file of any size."""
        source = _sftp_path(remote)
        return self._copy(
            f"Fetching {remote}",
            lambda sftp: trees.download_file(sftp, source, local),
            on_progress,
        )

    def upload_file(
        self, local: Path, remote: str, *, on_progress: OnProgress | None = None
    ) -> TreeOutcome:
        """Like `upload_tree`, for one file of any size; what is there is replaced at the end."""
        target = _sftp_path(remote)
        return self._copy(
            f"Sending {remote}",
            lambda sftp: trees.upload_file(sftp, local, target),
            on_progress,
        )

    def _copy(
        self,
        doing: str,
        steps: Callable[[asyncssh.SFTPClient], AsyncGenerator[TreeProgress, None]],
        on_progress: OnProgress | None,
    ) -> TreeOutcome:
        progress = TreeProgress()
        for progress in iterate_blocking(self._bounded(doing, steps)):
            if on_progress is not None:
                on_progress(progress)
        return progress.outcome()

    async def _bounded(
        self,
        doing: str,
        steps: Callable[[asyncssh.SFTPClient], AsyncGenerator[TreeProgress, None]],
    ) -> AsyncGenerator[TreeProgress, None]:
        """Bound each step, not the whole copy: a big tree may take hours, a silent host not."""
        async with self._translated(doing, seconds=FILE_TIMEOUT):
            source = steps(await self._sftp_client())
        async with aclosing(source):
            while True:
                async with self._translated(doing, seconds=FILE_TIMEOUT):
                    progress = await anext(source, None)
                if progress is None:
                    return
                yield progress

    def _file(
        self,
        doing: str,
        path: str,
        action: Callable[[asyncssh.SFTPClient, str], Awaitable[T]],
        *,
        seconds: float = FILE_TIMEOUT,
    ) -> T:
        async def bounded() -> T:
            async with self._translated(f"{doing} {path}", seconds=seconds):
                return await action(await self._sftp_client(), _sftp_path(path))

        return run_blocking(bounded())

    async def _sftp_client(self) -> asyncssh.SFTPClient:
        connection = self._connection
        if self._sftp is None:
            self._sftp = await connection.start_sftp_client()
        return self._sftp

    async def _close(self) -> None:
        self._sftp = None
        await super()._close()


def _sftp_path(path: str) -> str:
    return "/" + path.replace("\\", "/") if _DRIVE.match(path) else path


def _facts(name: str, attributes: asyncssh.SFTPAttrs) -> RemoteFile:
    mode = attributes.permissions or 0
    return RemoteFile(
        name=name,
        size=attributes.size or 0,
        modified=int(attributes.mtime or 0),
        permissions=file_modes.S_IMODE(mode),
        is_directory=file_modes.S_ISDIR(mode),
    )
