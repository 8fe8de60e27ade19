"""The files of a server that a backup consists of, and how they are restored to the host (article;
domain.md 6): LotusTraveler.nsf, ntsclcache.nsf, notes.ini and the whole traveler folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from migrations_ui.hosts import TRAVELER_NSF, Host
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files.private_files import make_private_directory
from migrations_ui.steps.files.replacement import Replacement
from pools.gateways.profiles import HostProfile
from pools.gateways.remote_files import OnProgress
from pools.gateways.trees import TreeProgress

NOTES_INI = "notes.ini"
OPTIONAL_NSF = "ntsclcache.nsf"
TRAVELER = "traveler"
# Where the Derby database goes when the profile has it outside the traveler folder.
DERBY = "ntsdb"


def download(host: Host, tree: Path, *, on_progress: OnProgress) -> list[str]:
    """Bring the files into `tree`, going on where an earlier attempt stopped.

    Returns the names of optional files that the server does not have.
    """
    make_private_directory(tree.parent)
    make_private_directory(tree)
    missing = []
    host.shell.download_file(host.notes_ini, tree / NOTES_INI, on_progress=on_progress)
    for name in (TRAVELER_NSF, OPTIONAL_NSF):
        found = _spelled_on_host(host, name)
        if found is not None:
            host.shell.download_file(host.in_data(found), tree / found, on_progress=on_progress)
        elif name == TRAVELER_NSF:
            raise StepFailed(
                f"There is no {name} in {host.profile.data_directory}.",
                remedy="Correct the data directory in the server's command profile.",
            )
        else:
            missing.append(name)
    _download_tree(host, host.in_data(TRAVELER), tree / TRAVELER, on_progress=on_progress)
    if not derby_is_in_traveler(host.profile):
        _download_tree(host, host.derby_directory, tree / DERBY, on_progress=on_progress)
    return missing


def replacement(
    host: Host, tree: Path, sums: Mapping[str, str], *, on_progress: OnProgress
) -> Replacement:
    """What puts an unpacked backup back; `sums` are those of its files. The server is down."""
    for name in (TRAVELER, NOTES_INI):
        if not (tree / name).exists():
            raise StepFailed(
                f"The archive has no {name}: it is no backup of a Traveler server.",
                remedy="Choose the archive of a backup.",
            )
    directories = [(tree / TRAVELER, host.in_data(TRAVELER))]
    if (tree / DERBY).is_dir():
        directories.append((tree / DERBY, host.derby_directory))
    files = [
        (path, host.notes_ini if path.name == NOTES_INI else host.in_data(path.name))
        for path in sorted(tree.iterdir())
        if path.is_file()
    ]
    return Replacement(host, directories, files, sums, on_progress=on_progress)


def derby_is_in_traveler(profile: HostProfile) -> bool:
    return profile.path(profile.derby_directory).startswith(_traveler_folder(profile))


def derby_in_archive(profile: HostProfile) -> str:
    """Where the Derby database is within the tree and the archive, with a slash at its end.

    The host itself is not asked: after a migration it may be gone.
    """
    if not derby_is_in_traveler(profile):
        return f"{DERBY}/"
    below = profile.path(profile.derby_directory).removeprefix(_traveler_folder(profile))
    return f"{TRAVELER}/{below}/"


def _traveler_folder(profile: HostProfile) -> str:
    return f"{profile.data_directory}/{TRAVELER}/"


def _spelled_on_host(host: Host, name: str) -> str | None:
    """The name as the host spells it: the vendor's own pages vary in upper and lower case."""
    entries = host.shell.list_directory(host.profile.data_directory)
    return next((entry.name for entry in entries if entry.name.casefold() == name.casefold()), None)


def _download_tree(host: Host, remote: str, local: Path, *, on_progress: OnProgress) -> None:
    """What the backup lacks is not there after a restore, so all of it has to be in it."""

    def follow(progress: TreeProgress) -> None:
        if progress.skipped:
            raise StepFailed(
                f"{remote} holds what cannot be backed up (links to directories, links that lead "
                f"nowhere, sockets or pipes): {', '.join(progress.skipped)}.",
                remedy="Move each away, or put the directory itself in its place, then retry.",
            )
        on_progress(progress)

    host.shell.download_tree(remote, local, on_progress=follow)
