"""What a backup takes from a host and puts back, over a real SSH connection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from migrations_ui.hosts import Host
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files import server_files
from pools.gateways import trees
from pools.gateways.console import DominoConsole
from pools.gateways.shell import Shell, SshLogin
from pools.gateways.traveler_util import TravelerUtil
from pools.gateways.trees import TreeProgress
from tests.factories import CommandProfileFactory
from tests.pools.gateways.ssh_host import PASSWORD, USERNAME, SshHost


def ignore(progress: TreeProgress) -> None:
    """Nobody looks."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The Domino data directory on the host."""
    data = tmp_path / "host" / "domino" / "notesdata"
    (data / "traveler" / "ntsdb").mkdir(parents=True)
    (data / "notes.ini").write_text("[Notes]\n")
    (data / "LotusTraveler.nsf").write_bytes(b"nsf" * 1000)
    (data / "traveler" / "ntsdb" / "service.properties").write_text("derby")
    return data


@pytest.fixture
def host(data: Path, tmp_path: Path) -> Iterator[Host]:
    profile = CommandProfileFactory.build(
        data_directory=str(data),
        notes_ini=str(data / "notes.ini"),
        derby_directory=str(data / "traveler" / "ntsdb"),
    ).host_profile()
    with (
        SshHost(tmp_path / "host") as running,
        Shell(SshLogin("127.0.0.1", running.port, USERNAME, password=PASSWORD)) as shell,
    ):
        yield Host(shell, DominoConsole(shell, profile), TravelerUtil(shell, profile), profile)


def test_a_directory_behind_a_link_is_refused_by_name(
    host: Host, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (data / "traveler" / "logs").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StepFailed, match=r"traveler holds .*: logs\."):
        server_files.download(host, tmp_path / "tree", on_progress=ignore)


def test_a_file_that_not_every_server_has_is_named(host: Host, tmp_path: Path) -> None:
    missing = server_files.download(host, tmp_path / "tree", on_progress=ignore)
    assert missing == [server_files.OPTIONAL_NSF]


def test_a_large_mail_file_can_be_paused_and_gone_on_with(
    host: Host, data: Path, tmp_path: Path
) -> None:
    content = bytes(range(256)) * (trees.PIECE // 128)
    (data / "LotusTraveler.nsf").write_bytes(content)
    reported: list[TreeProgress] = []

    def stop_in_the_file(progress: TreeProgress) -> None:
        reported.append(progress)
        if progress.path == "LotusTraveler.nsf":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        server_files.download(host, tmp_path / "tree", on_progress=stop_in_the_file)
    server_files.download(host, tmp_path / "tree", on_progress=reported.append)

    assert trees.PIECE in {step.bytes_already for step in reported}
    assert (tmp_path / "tree" / "LotusTraveler.nsf").read_bytes() == content
