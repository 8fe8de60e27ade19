"""Putting a backup's files in the place of a host's, with no moment at which both are missing.

All of it is first sent beside its place and read back. Only then do entries change places, by
renaming; what they replace is removed last. So a host that has no room or goes away still has its
own files, and another attempt goes on with what this one has sent.

A mount point cannot be renamed. So a directory that is one, or holds one, keeps its place, and its
entries are exchanged instead.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from migrations_ui.hosts import Host
from migrations_ui.steps.errors import StepFailed
from pools.gateways.errors import GatewayError, RemoteFileError
from pools.gateways.remote_files import OnProgress
from pools.gateways.tree_listing import (
    STAGING,
    TreeFile,
    TreeListing,
    TreeProgress,
    list_local,
    local_file,
)

MEGABYTE = 1024 * 1024
# What a host's disk is left beside the files that are sent.
SPARE_BYTES = 16 * MEGABYTE
RETRY = "Retry: what did not arrive whole is sent again."


@dataclass
class Root:
    """A directory of the host that keeps its place. `below`: its name in the list of sums.

    `held`: entries that are roots of their own. `replacing`: those whose new content waits beside.
    """

    source: Path
    target: str
    below: str
    held: frozenset[str] = frozenset()
    replacing: set[str] = field(default_factory=set)

    @property
    def staging(self) -> str:
        return f"{self.target}/{STAGING}"

    @property
    def waiting(self) -> str:
        return f"{self.staging}/new"

    def sum_of(self, file: TreeFile, sums: Mapping[str, str]) -> str | None:
        return sums.get(f"{self.below}/{file.path}")


@dataclass(frozen=True, slots=True)
class SingleFile:
    """A file that stands among others which are not ours to replace."""

    source: Path
    target: str

    @property
    def waiting(self) -> str:
        folder, _, name = self.target.rpartition("/")
        return f"{folder}/{STAGING}.{name}"


class Replacement:
    """`sums`: SHA-256 of each file, by its path in the archive. `stage` first, then `swap`."""

    def __init__(
        self,
        host: Host,
        directories: Sequence[tuple[Path, str]],
        files: Sequence[tuple[Path, str]],
        sums: Mapping[str, str],
        *,
        on_progress: OnProgress,
    ) -> None:
        self._shell = host.shell
        self._sums = sums
        mounts = host.shell.mount_points() or ()
        for _, target in files:
            if target in mounts:
                raise _in_the_way(target)
        self._roots = [
            root
            for source, target in directories
            for root in _roots(source, host.shell.real_path(target), source.name, mounts)
        ]
        self._files = [SingleFile(source, host.shell.real_path(target)) for source, target in files]
        # Everything is sent, or found in its place, and read.
        whole = sum(list_local(source).bytes for source, _ in directories)
        whole += sum(source.stat().st_size for source, _ in files)
        self._progress = _Sum(on_progress, 2 * whole)

    def stage(self) -> None:
        """Send what differs and read it back. Nothing of the host's own has changed so far."""
        for root in self._roots:
            self._shell.make_tree(root.target)
            local = list_local(root.source)
            names = [name for name in local.names if name not in root.held]
            self._send(root, local, set(names) - self._in_place(root, local.part(names)))
        for file in self._files:
            self._send_file(file)

    def swap(self) -> None:
        """Let the new entries take the place of the old ones, then remove those."""
        for root in self._roots:
            local = list_local(root.source)
            found = self._shell.list_tree(root.target)
            names = set(local.names) - root.held - root.replacing
            changed = {
                name for name in names if not local.part([name]).looks_like(found.part([name]))
            }
            self._send(root, local, changed)
        for root in self._roots:
            self._exchange(root)
        for file in self._files:
            self._shell.replace(file.waiting, file.target)
        for root in self._roots:
            self._shell.remove_tree(root.staging)

    def _in_place(self, root: Root, local: TreeListing) -> set[str]:
        """Entries that are what the backup has, to the byte."""
        found = self._shell.list_tree(root.target)
        alike = [name for name in local.names if local.part([name]).looks_like(found.part([name]))]
        read = self._digests(root, root.target, local.part(alike))
        return {name for name in alike if not self._differing(root, local.part([name]), read)}

    def _send(self, root: Root, local: TreeListing, names: Collection[str]) -> None:
        if not names:
            return
        wanted = local.part(names)
        try:
            self._shell.make_directory(root.staging)
            self._shell.make_directory(root.waiting)
            there = self._shell.list_tree(root.waiting).bytes
            self._require_room(root.target, wanted.bytes - there)
            with self._progress.part():
                self._shell.upload_tree(
                    root.source, root.waiting, only=names, on_progress=self._progress
                )
        except RemoteFileError:
            # No room, or no right: nothing of ours may go on filling that disk.
            with contextlib.suppress(GatewayError):
                self._shell.remove_tree(root.waiting)
            raise
        arrived = self._shell.list_tree(root.waiting).part(names)
        read = self._digests(root, root.waiting, wanted)
        if not arrived.looks_like(wanted) or self._differing(root, wanted, read):
            self._shell.remove_tree(root.waiting)
            raise StepFailed(
                f"What was sent to {root.waiting} is not what the backup holds.", remedy=RETRY
            )
        root.replacing |= set(names)

    def _send_file(self, file: SingleFile) -> None:
        self._require_room(file.target.rpartition("/")[0], file.source.stat().st_size)
        with self._progress.part():
            self._shell.upload_file(file.source, file.waiting, on_progress=self._progress)
        folder, _, name = file.waiting.rpartition("/")
        sent = local_file(PurePosixPath(name), file.source)
        with self._progress.part():
            read = self._shell.digests(folder, [sent], on_progress=self._progress)
        if read[sent.path] != self._sums.get(file.source.name):
            raise StepFailed(
                f"{file.waiting} is not what the backup holds of {file.source.name}.", remedy=RETRY
            )

    def _exchange(self, root: Root) -> None:
        found = self._shell.list_tree(root.target).names
        strangers = set(found) - set(list_local(root.source).names)
        if not root.replacing and not strangers:
            return
        self._shell.make_directory(root.staging)
        aside = self._new_directory(root)
        for name in sorted(root.replacing):
            if name in found:
                self._shell.rename(f"{root.target}/{name}", f"{aside}/{name}")
            self._shell.rename(f"{root.waiting}/{name}", f"{root.target}/{name}")
        for name in sorted(strangers):
            self._shell.rename(f"{root.target}/{name}", f"{aside}/{name}")

    def _new_directory(self, root: Root) -> str:
        """For the old entries; an earlier attempt may have left one with some of them."""
        there = {entry.name for entry in self._shell.list_directory(root.staging)}
        number = next(number for number in range(len(there) + 1) if f"old-{number}" not in there)
        self._shell.make_directory(f"{root.staging}/old-{number}")
        return f"{root.staging}/old-{number}"

    def _digests(self, root: Root, directory: str, listing: TreeListing) -> dict[str, str]:
        with self._progress.part():
            read = self._shell.digests(directory, listing.files, on_progress=self._progress)
        return {str(path): digest for path, digest in read.items()}

    def _differing(self, root: Root, listing: TreeListing, read: Mapping[str, str]) -> list[str]:
        return [
            str(file.path)
            for file in listing.files
            if read[str(file.path)] != root.sum_of(file, self._sums)
        ]

    def _require_room(self, directory: str, needed: int) -> None:
        """Raise StepFailed when the host has no room for the new beside the old."""
        try:
            free = self._shell.disk_free(directory)
        except RemoteFileError:
            # Not every host says so; then it shows while the files are sent.
            return
        if free < needed + SPARE_BYTES:
            raise StepFailed(
                f"{directory} needs {(needed + SPARE_BYTES) / MEGABYTE:,.0f} MB of free room for "
                "the backup's files, which are put beside the present ones first; it has "
                f"{free / MEGABYTE:,.0f} MB. Nothing there was changed.",
                remedy="Make room on that disk, then retry.",
            )


def _roots(source: Path, target: str, below: str, mounts: Collection[str]) -> list[Root]:
    """The directory, and those within it that cannot be renamed."""
    inside = [
        point.removeprefix(f"{target}/") for point in mounts if point.startswith(f"{target}/")
    ]
    held = frozenset(point.partition("/")[0] for point in inside)
    found = [Root(source, target, below, held)]
    for name in sorted(held):
        if not (source / name).is_dir():
            raise _in_the_way(f"{target}/{name}")
        found += _roots(source / name, f"{target}/{name}", f"{below}/{name}", mounts)
    return found


def _in_the_way(path: str) -> StepFailed:
    return StepFailed(
        f"{path} is a mount point on the host, or holds one, and the backup has no directory "
        "there. Nothing was changed.",
        remedy="Unmount it, then retry.",
    )


class _Sum:
    """Adds up the progress of one copy after the other."""

    def __init__(self, on_progress: OnProgress, total: int) -> None:
        self._on_progress = on_progress
        self._total = total
        self._before = 0
        self._now = TreeProgress()

    def __call__(self, progress: TreeProgress) -> None:
        self._now = progress
        done = min(self._before + progress.bytes_done, self._total)
        self._on_progress(replace(progress, bytes_done=done, bytes_total=self._total))

    @contextlib.contextmanager
    def part(self) -> Iterator[None]:
        self._now = TreeProgress()
        yield
        self._before += self._now.bytes_done
