"""The host of a server, opened over SSH with everything a step or a check asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pools.gateways.console import DominoConsole
from pools.gateways.profiles import HostProfile
from pools.gateways.shell import Shell
from pools.gateways.traveler_util import TravelerUtil
from pools.models import Server
from pools.services.hosts import shell_on

# Settings and the database login; no Traveler server is without it (article).
TRAVELER_NSF = "LotusTraveler.nsf"


@dataclass(frozen=True, slots=True)
class Host:
    """An open connection and the three ways to use it."""

    shell: Shell
    console: DominoConsole
    traveler_util: TravelerUtil
    profile: HostProfile

    @property
    def derby_directory(self) -> str:
        return self.profile.path(self.profile.derby_directory)

    @property
    def notes_ini(self) -> str:
        return self.profile.path(self.profile.notes_ini)

    @property
    def jar_directory(self) -> str:
        return self.profile.path(self.profile.jdbc_jar_directory)

    @property
    def traveler_folder(self) -> str:
        return self.in_data("traveler")

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that a backup takes as a whole, none of them within another."""
        if self.derby_directory.startswith(f"{self.traveler_folder}/"):
            return (self.traveler_folder,)
        return self.traveler_folder, self.derby_directory

    def in_data(self, relative: str) -> str:
        """A path below the Domino data directory."""
        return f"{self.profile.data_directory}/{relative}"

    @property
    def derby_is_locked(self) -> bool:
        """True while a process on the host has the Derby database open."""
        return self.shell.exists(f"{self.derby_directory}/db.lck")


@contextmanager
def open_host(
    server: Server, *, is_superseded: Callable[[], bool] = lambda: False
) -> Iterator[Host]:
    """Raises a GatewayError that names the host and the remedy; from when `is_superseded` says so,
    every use of the host raises Superseded."""
    profile = server.profile.host_profile()
    with shell_on(server) as shell:
        shell.is_superseded = is_superseded
        yield Host(shell, DominoConsole(shell, profile), TravelerUtil(shell, profile), profile)
