"""A restore never removes before it can replace: real SSH, real disks, real mount points."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from migrations_ui.hosts import Host
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.files import server_files
from migrations_ui.steps.files.archive import verify_archive, write_archive
from migrations_ui.steps.files.restore import restore_archive
from pools.gateways.console import DominoConsole
from pools.gateways.errors import GatewayError
from pools.gateways.shell import Shell, SshLogin
from pools.gateways.traveler_util import TravelerUtil
from pools.gateways.tree_listing import STAGING
from pools.gateways.trees import TreeProgress
from tests.factories import CommandProfileFactory
from tests.migrations_ui.transfer.conformance.small_disk import may_mount
from tests.pools.gateways.ssh_host import PASSWORD, USERNAME, SshHost

MEGABYTE = 1024 * 1024
needs_mounts = pytest.mark.skipif(not may_mount(), reason="only root may mount a disk")


def ignore(progress: TreeProgress) -> None:
    assert progress.bytes_done <= progress.bytes_total


class Stopped(Exception):
    """The worker is killed here."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The Domino data directory on the host."""
    data = tmp_path / "host" / "domino" / "notesdata"
    for number in range(12):
        folder = data / "traveler" / "ntsdb" / f"seg{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"c{number}.dat").write_bytes(bytes([number]) * 100_000)
    (data / "traveler" / "ntsdb" / "service.properties").write_text("derby")
    (data / "traveler" / "ntsdb" / "tmp").mkdir()
    (data / "traveler" / "cfg").mkdir()
    (data / "traveler" / "cfg" / "NTSConfig.xml").write_text("<NTSConfig/>")
    (data / "traveler" / "version.txt").write_text("14.5")
    (data / "notes.ini").write_text("[Notes]\n")
    (data / "LotusTraveler.nsf").write_bytes(b"nsf" * 10_000)
    return data


@pytest.fixture
def host(data: Path, tmp_path: Path) -> Iterator[Host]:
    profile = CommandProfileFactory.build(
        data_directory=str(data),
        notes_ini=str(data / "notes.ini"),
        derby_directory=str(data / "traveler" / "ntsdb"),
        server_status="exit 0",
    ).host_profile()
    with (
        SshHost(tmp_path / "host") as running,
        Shell(SshLogin("127.0.0.1", running.port, USERNAME, password=PASSWORD)) as shell,
    ):
        yield Host(shell, DominoConsole(shell, profile), TravelerUtil(shell, profile), profile)


@dataclass
class Backup:
    """Of the host as it was before the migration, on the worker's disk."""

    host: Host
    directory: Path

    def make(self) -> None:
        tree = self.directory / "tree"
        server_files.download(self.host, tree, on_progress=ignore)
        write_archive(tree, self.archive, on_progress=lambda done, total: None)

    @property
    def archive(self) -> Path:
        return self.directory / "run.tar"

    def restore(self, *, sha256: str = "", before_swap: Callable[[], None] = lambda: None) -> int:
        facts = verify_archive(self.archive, on_progress=lambda done, total: None)
        return restore_archive(
            self.host,
            self.archive,
            self.directory / "scratch",
            sha256=sha256 or facts.sha256,
            on_progress=ignore,
            before_swap=before_swap,
        )


@pytest.fixture
def backup(host: Host, tmp_path: Path) -> Backup:
    made = Backup(host, tmp_path)
    made.make()
    return made


@pytest.fixture
def mount(host: Host) -> Iterator[Callable[..., None]]:
    """Mounts as the host's administrator would; all are gone after the test."""
    mounted: list[Path] = []

    def run(*words: str, at: Path) -> None:
        subprocess.run(["mount", *words, str(at)], check=True)
        mounted.append(at)

    yield run
    for path in reversed(mounted):
        subprocess.run(["umount", str(path)], check=False, capture_output=True)


def contents(data: Path) -> dict[str, str]:
    """Files with their digests, directories with none."""
    return {
        str(path.relative_to(data)): sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in data.rglob("*")
    }


def spoil(data: Path) -> None:
    """As a server leaves it that has joined a pool."""
    shutil.rmtree(data / "traveler" / "ntsdb")
    (data / "traveler" / "cfg" / "NTSConfig.xml").write_text("<Pooled/>")
    (data / "traveler" / "pool.txt").write_text("not there before")
    (data / "LotusTraveler.nsf").write_bytes(b"set to the pool")


def test_every_file_is_back_and_nothing_else_is_there(backup: Backup, data: Path) -> None:
    before = contents(data)
    spoil(data)
    assert backup.restore() == 17
    assert contents(data) == before


def test_all_files_are_on_the_host_before_the_first_is_replaced(backup: Backup, data: Path) -> None:
    spoil(data)
    present = contents(data)

    def look() -> None:
        there = contents(data)
        assert {name: there[name] for name in present} == present

    backup.restore(before_swap=look)
    assert contents(data) != present


def test_what_is_in_place_already_is_not_sent_again(backup: Backup, data: Path) -> None:
    derby = (data / "traveler" / "ntsdb").stat().st_ino
    (data / "traveler" / "cfg" / "NTSConfig.xml").write_text("<Pooled/>")
    backup.restore()
    assert (data / "traveler" / "ntsdb").stat().st_ino == derby


def test_what_the_utility_changes_meanwhile_is_put_back_too(backup: Backup, data: Path) -> None:
    before = contents(data)

    def remove_setting() -> None:
        (data / "traveler" / "cfg" / "NTSConfig.xml").write_text("<Derby/>")

    backup.restore(before_swap=remove_setting)
    assert contents(data) == before


@pytest.mark.parametrize("after", range(13))
def test_a_retry_passes_wherever_the_first_attempt_was_killed(
    backup: Backup,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    after: int,
) -> None:
    before = contents(data)
    spoil(data)
    with monkeypatch.context() as attempt:
        left = _kill_after(after, attempt)
        try:
            backup.restore()
        except Stopped:
            assert left.pop() < 0
    assert "traveler/version.txt" in contents(data)
    backup.restore()
    assert contents(data) == before


def _kill_after(calls: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The worker ends instead of one of its calls that change something on the host."""
    left = [calls]

    def counted(original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise Stopped
            return original(*args, **options)

        return call

    for name in ("upload_tree", "upload_file", "rename", "replace", "remove_tree"):
        monkeypatch.setattr(Shell, name, counted(getattr(Shell, name)))
    return left


def test_a_copy_that_was_spoilt_on_its_way_is_sent_again(backup: Backup, data: Path) -> None:
    before = contents(data)
    spoil(data)
    present = contents(data)
    waiting = data / "traveler" / STAGING / "new" / "ntsdb" / "seg0" / "c0.dat"

    def interrupt() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        backup.restore(before_swap=interrupt)
    times = waiting.stat()
    waiting.write_bytes(b"x" * times.st_size)
    os.utime(waiting, (times.st_atime, times.st_mtime))
    with pytest.raises(StepFailed, match="not what the backup holds"):
        backup.restore()
    assert present.items() <= contents(data).items()
    backup.restore()
    assert contents(data) == before


def test_an_archive_that_was_changed_since_is_refused(backup: Backup, data: Path) -> None:
    present = contents(data)
    with pytest.raises(StepFailed, match="was recorded when it was made"):
        backup.restore(sha256="0" * 64)
    assert contents(data) == present


def test_an_archive_of_something_else_changes_nothing(
    backup: Backup, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("no server")
    write_archive(tmp_path / "other", backup.archive, on_progress=lambda done, total: None)
    present = contents(data)
    with pytest.raises(StepFailed, match="no backup of a Traveler server"):
        backup.restore()
    assert contents(data) == present


def test_leftovers_of_a_restore_are_no_part_of_a_backup(
    backup: Backup, data: Path, tmp_path: Path
) -> None:
    spoil(data)

    def interrupt() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        backup.restore(before_swap=interrupt)
    server_files.download(backup.host, tmp_path / "again", on_progress=ignore)
    assert not list((tmp_path / "again").rglob(f"{STAGING}*"))


@needs_mounts
def test_a_full_disk_takes_no_file_and_a_retry_passes_after_room_is_made(
    backup: Backup, data: Path, tmp_path: Path, mount: Callable[..., None]
) -> None:
    before = contents(data)
    spoil(data)
    kept = tmp_path / "kept"
    shutil.copytree(data, kept)
    mount("-t", "tmpfs", "-o", "size=24m", "none", at=data)
    shutil.copytree(kept, data, dirs_exist_ok=True)
    (data / "ballast").write_bytes(bytes(8 * MEGABYTE))
    present = contents(data)
    with pytest.raises(StepFailed, match=r"MB of free room .* Nothing there was changed"):
        backup.restore()
    assert present.items() <= contents(data).items()
    (data / "ballast").unlink()
    backup.restore()
    assert contents(data) == before


@needs_mounts
def test_a_disk_that_fills_up_while_files_are_sent_takes_none_and_is_not_left_full(
    backup: Backup,
    data: Path,
    tmp_path: Path,
    mount: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = contents(data)
    spoil(data)
    kept = tmp_path / "kept"
    shutil.copytree(data, kept)
    mount("-t", "tmpfs", "-o", "size=8m", "none", at=data)
    shutil.copytree(kept, data, dirs_exist_ok=True)
    (data / "ballast").write_bytes(bytes(7 * MEGABYTE + MEGABYTE // 2))
    present = contents(data)
    with monkeypatch.context() as unaware:
        unaware.setattr("migrations_ui.steps.files.replacement.SPARE_BYTES", -64 * MEGABYTE)
        with pytest.raises(GatewayError, match="disk of the host has room"):
            backup.restore()
    assert present.items() <= contents(data).items()
    assert not (data / "traveler" / STAGING / "new").exists()
    (data / "ballast").unlink()
    monkeypatch.setattr("migrations_ui.steps.files.replacement.SPARE_BYTES", 0)
    backup.restore()
    assert contents(data) == before


@needs_mounts
@pytest.mark.parametrize("where", ["traveler", "traveler/ntsdb", "traveler/ntsdb/seg1"])
def test_a_mount_point_keeps_its_place_and_gets_the_backups_files(
    backup: Backup,
    data: Path,
    tmp_path: Path,
    mount: Callable[..., None],
    where: str,
) -> None:
    before = contents(data)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(data / where, elsewhere)
    mount("--bind", str(elsewhere), at=data / where)
    (data / "traveler" / "ntsdb" / "service.properties").write_text("of the pool")
    (data / "traveler" / "ntsdb" / "seg1" / "c1.dat").unlink()
    (data / "traveler" / "version.txt").write_text("14.6")
    backup.restore()
    assert contents(data) == before
    assert (data / where).samefile(elsewhere)


@needs_mounts
def test_a_mount_point_that_the_backup_does_not_know_stops_it_before_any_change(
    backup: Backup, data: Path, mount: Callable[..., None]
) -> None:
    before = contents(data)
    spoil(data)
    (data / "traveler" / "extra").mkdir()
    mount("-t", "tmpfs", "-o", "size=1m", "none", at=data / "traveler" / "extra")
    present = contents(data)
    with pytest.raises(StepFailed, match=r"extra is a mount point .* Nothing was changed"):
        backup.restore()
    assert contents(data) == present
    subprocess.run(["umount", str(data / "traveler" / "extra")], check=True)
    backup.restore()
    assert contents(data) == before


def test_a_traveler_folder_behind_a_link_stays_behind_it(
    backup: Backup, data: Path, tmp_path: Path
) -> None:
    (data / "traveler").rename(tmp_path / "other-disk")
    (data / "traveler").symlink_to(tmp_path / "other-disk")
    (data / "notes.ini").rename(tmp_path / "notes.ini")
    (data / "notes.ini").symlink_to(tmp_path / "notes.ini")
    (data / "traveler" / "version.txt").write_text("14.6")
    (data / "notes.ini").write_text("[Notes]\nNTS_AUTO_DBSCHEMA=false\n")
    backup.restore()
    assert (data / "traveler").is_symlink()
    assert (data / "notes.ini").is_symlink()
    assert (data / "notes.ini").read_text() == "[Notes]\n"
    assert (data / "traveler" / "version.txt").read_text() == "14.5"


def test_a_file_that_ran_as_its_owner_does_so_no_more(
    host: Host, data: Path, tmp_path: Path
) -> None:
    (data / "traveler" / "bindsock").write_text("#!/bin/sh\n")
    (data / "traveler" / "bindsock").chmod(0o4755)
    made = Backup(host, tmp_path)
    made.make()
    assert (tmp_path / "tree" / "traveler" / "bindsock").stat().st_mode & 0o7777 == 0o755
    spoil(data)
    (data / "traveler" / "bindsock").unlink()
    made.restore()
    assert (data / "traveler" / "bindsock").stat().st_mode & 0o7777 == 0o755
