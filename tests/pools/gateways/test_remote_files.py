from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pools.gateways import errors, trees
from pools.gateways.shell import Shell
from pools.gateways.trees import TreeProgress
from tests.pools.gateways.ssh_host import SshHost


def fill(directory: Path) -> None:
    """A small Derby-like tree: some files larger than a piece, an empty one, odd names."""
    content = random.Random(7)
    for name, size in {
        "seg0/c10.dat": 3 * trees.PIECE + 17,
        "seg0/c20.dat": trees.PIECE,
        "log/log1.dat": 100_000,
        "service.properties": 40,
        "empty": 0,
        "Ünlaut name.txt": 5,
    }.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.randbytes(size))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    (directory / "seg0/c20.dat").chmod(0o600)
    (directory / "tmp").mkdir()


def digest(directory: Path) -> dict[str, tuple[str, int, int]]:
    return {
        str(path.relative_to(directory)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            int(path.stat().st_mtime),
            path.stat().st_mode & 0o777,
        )
        for path in directory.rglob("*")
        if path.is_file()
    }


class Interrupted(Exception):
    pass


def test_facts_and_listings(shell: Shell, host: SshHost) -> None:
    (host.directory / "data").mkdir()
    file = host.directory / "data" / "notes.ini"
    file.write_text("a=1")
    assert shell.exists(str(file))
    assert not shell.exists(f"{file}.not")
    assert shell.stat(str(file)).size == 3
    assert [entry.name for entry in shell.list_directory(str(file.parent))] == ["notes.ini"]
    assert shell.stat(str(file.parent)).is_directory


def test_a_missing_file_names_host_and_path(shell: Shell) -> None:
    with pytest.raises(errors.RemoteFileMissing) as raised:
        shell.read_text("/no/such/file")
    assert "/no/such/file" in str(raised.value)
    assert shell.login.address in str(raised.value)


def test_text_with_foreign_bytes_is_read(shell: Shell, host: SshHost) -> None:
    file = host.directory / "notes.ini"
    file.write_bytes(b"Owner=J\xf6rg\r\n")
    assert shell.read_text(str(file)) == "Owner=J\ufffdrg\r\n"
    assert shell.read_text(str(file), encoding="latin-1") == "Owner=Jörg\r\n"


def test_too_much_is_not_read_into_memory(shell: Shell, host: SshHost) -> None:
    (host.directory / "big").write_bytes(b"x" * 100)
    with pytest.raises(errors.RemoteFileError, match="larger than 99"):
        shell.read_bytes(str(host.directory / "big"), limit=99)


def test_an_uploaded_file_replaces_the_old_one(shell: Shell, host: SshHost, tmp_path: Path) -> None:
    file, new = host.directory / "notes.ini", tmp_path / "new.ini"
    file.write_text("old")
    new.write_text("new")
    new.chmod(0o600)
    shell.upload_file(new, str(file))
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in host.directory.iterdir()) == ["bin", "notes.ini"]


def test_free_space_is_reported_in_bytes(shell: Shell, host: SshHost) -> None:
    expected = shutil.disk_usage(host.directory).free
    assert shell.disk_free(str(host.directory)) == pytest.approx(expected, rel=0.05)


def test_the_tail_gives_whole_lines_and_notices_a_new_log(shell: Shell, host: SshHost) -> None:
    log = host.directory / "console.log"
    log.write_bytes("one\nzwölf\nhal".encode())
    text, offset = shell.tail(str(log), 4)
    assert text == "zwölf\n"
    assert shell.tail(str(log), offset) == ("", offset)
    with log.open("a") as growing:
        growing.write("f done\n")
    assert shell.tail(str(log), offset) == ("half done\n", log.stat().st_size)
    log.write_text("new\n")
    assert shell.tail(str(log), offset) == ("new\n", 4)


def test_the_tail_of_a_log_that_was_not_written_out_holds_no_nul(
    shell: Shell, host: SshHost
) -> None:
    log = host.directory / "console.log"
    log.write_bytes(b"one\n" + bytes(100) + b"two\n")
    assert shell.tail(str(log), 0) == ("one\ntwo\n", 108)


def test_a_tree_goes_there_and_back_unchanged(shell: Shell, host: SshHost, tmp_path: Path) -> None:
    source, fetched = host.directory / "ntsdb", tmp_path / "fetched"
    fill(source)
    steps: list[TreeProgress] = []
    outcome = shell.download_tree(str(source), fetched, on_progress=steps.append)
    assert digest(fetched) == digest(source)
    assert (fetched / "tmp").is_dir()
    assert outcome.files == 6
    assert outcome.bytes == steps[-1].bytes_total
    assert [step.bytes_done for step in steps] == sorted(step.bytes_done for step in steps)
    returned = host.directory / "restored" / "ntsdb"
    shell.upload_tree(fetched, str(returned))
    assert digest(returned) == digest(source)


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_an_interrupted_copy_goes_on_where_it_stopped(
    shell: Shell, host: SshHost, tmp_path: Path, direction: str
) -> None:
    there, here = host.directory / "ntsdb", tmp_path / "copy"
    source, target = (there, here) if direction == "download" else (here, there)
    fill(source)

    def copy(on_progress: Callable[[TreeProgress], None] | None = None) -> trees.TreeOutcome:
        if direction == "download":
            return shell.download_tree(str(there), here, on_progress=on_progress)
        return shell.upload_tree(here, str(there), on_progress=on_progress)

    def stop_in_the_big_file(progress: TreeProgress) -> None:
        if progress.path == "seg0/c10.dat" and progress.bytes_done >= 2 * trees.PIECE:
            raise Interrupted

    with pytest.raises(Interrupted):
        copy(stop_in_the_big_file)
    outcome = copy()
    assert 2 * trees.PIECE <= outcome.bytes_already < outcome.bytes
    assert digest(target) == digest(source)
    again = copy()
    assert again.bytes_already == again.bytes


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_one_large_file_is_copied_in_pieces_and_gone_on_with(
    shell: Shell, host: SshHost, tmp_path: Path, direction: str
) -> None:
    there, here = host.directory / "LotusTraveler.nsf", tmp_path / "copy" / "LotusTraveler.nsf"
    source, target = (there, here) if direction == "download" else (here, there)
    here.parent.mkdir()
    source.write_bytes(random.Random(7).randbytes(3 * trees.PIECE + 17))
    source.chmod(0o640)
    target.write_bytes(b"old")

    def copy(on_progress: Callable[[TreeProgress], None] | None = None) -> trees.TreeOutcome:
        if direction == "download":
            return shell.download_file(str(there), here, on_progress=on_progress)
        return shell.upload_file(here, str(there), on_progress=on_progress)

    def stop_after_two_pieces(progress: TreeProgress) -> None:
        if progress.bytes_done == 2 * trees.PIECE:
            raise Interrupted

    with pytest.raises(Interrupted):
        copy(stop_after_two_pieces)
    assert target.read_bytes() == b"old"
    outcome = copy()
    assert outcome.bytes_already == 2 * trees.PIECE
    assert outcome.bytes == 3 * trees.PIECE + 17
    assert digest(target.parent)[target.name] == digest(source.parent)[source.name]
    assert list(target.parent.glob(".*.part")) == []


def test_a_part_of_a_large_file_that_changed_is_not_left_behind(
    shell: Shell, host: SshHost, tmp_path: Path
) -> None:
    source, target = host.directory / "notes.ini", tmp_path / "notes.ini"
    source.write_bytes(b"x" * (trees.PIECE + 1))

    def stop(progress: TreeProgress) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        shell.download_file(str(source), target, on_progress=stop)
    source.write_bytes(b"new")
    shell.download_file(str(source), target)
    assert target.read_bytes() == b"new"
    assert list(tmp_path.glob(".*.part")) == []


def test_a_part_of_a_changed_source_is_begun_again(
    shell: Shell, host: SshHost, tmp_path: Path
) -> None:
    source, target = host.directory / "ntsdb", tmp_path / "copy"
    fill(source)

    def stop(progress: TreeProgress) -> None:
        if progress.bytes_done >= trees.PIECE:
            raise Interrupted

    with pytest.raises(Interrupted):
        shell.download_tree(str(source), target, on_progress=stop)
    big = source / "seg0/c10.dat"
    big.write_bytes(b"changed" * trees.PIECE)
    shell.download_tree(str(source), target)
    assert digest(target) == digest(source)


def test_a_source_that_changes_during_the_copy_is_an_error(
    shell: Shell, host: SshHost, tmp_path: Path
) -> None:
    source = host.directory / "ntsdb"
    fill(source)

    def write_meanwhile(progress: TreeProgress) -> None:
        if progress.path == "seg0/c10.dat" and progress.bytes_done < progress.bytes_total:
            with (source / "seg0/c10.dat").open("ab") as file:
                file.write(b"x")

    with pytest.raises(errors.TransferIncomplete, match="changed while it was copied"):
        shell.download_tree(str(source), tmp_path / "copy", on_progress=write_meanwhile)


def test_what_the_host_has_dropped_does_not_stay_in_the_copy(
    shell: Shell, host: SshHost, tmp_path: Path
) -> None:
    source, target = host.directory / "ntsdb", tmp_path / "copy"
    fill(source)
    shell.download_tree(str(source), target)
    shutil.rmtree(source / "log")
    (source / "empty").unlink()
    (source / "empty").mkdir()
    (source / "tmp").rmdir()
    (source / "tmp").write_text("now a file")
    shell.download_tree(str(source), target)
    assert digest(target) == digest(source)
    assert not (target / "log").exists()
    assert (target / "empty").is_dir()


def test_what_is_not_copied_is_said(shell: Shell, host: SshHost, tmp_path: Path) -> None:
    source = host.directory / "traveler"
    fill(source)
    os.mkfifo(source / "pipe")
    (source / "loop").symlink_to(source)
    (source / "nowhere").symlink_to("missing")
    (source / "link.ini").symlink_to("service.properties")
    outcome = shell.download_tree(str(source), tmp_path / "copy")
    assert sorted(outcome.skipped) == ["loop", "nowhere", "pipe"]
    assert (tmp_path / "copy/link.ini").read_bytes() == (source / "service.properties").read_bytes()


def test_a_full_or_forbidden_local_disk_is_our_fault_not_the_hosts(
    shell: Shell, host: SshHost, tmp_path: Path
) -> None:
    fill(host.directory / "ntsdb")
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a directory should be")
    with pytest.raises(errors.LocalFileError, match="Make room"):
        shell.download_tree(str(host.directory / "ntsdb"), blocked / "copy")


def test_a_tree_is_removed_but_never_near_the_root(shell: Shell, host: SshHost) -> None:
    fill(host.directory / "old")
    shell.remove_tree(str(host.directory / "old"))
    shell.remove_tree(str(host.directory / "old"))
    assert not (host.directory / "old").exists()
    for path in ("/", "/local", "/local/notesdata", "C:\\Domino"):
        with pytest.raises(errors.RemoteFileError, match="Refusing"):
            shell.remove_tree(path)


def test_whoever_was_replaced_does_nothing_more_on_the_host(shell: Shell, host: SshHost) -> None:
    file = host.directory / "notes.ini"
    file.write_text("a=1")
    assert shell.exists(str(file))
    shell.is_superseded = lambda: True
    with pytest.raises(errors.Superseded):
        shell.remove_tree(str(file))
    with pytest.raises(errors.Superseded):
        shell.run(f"rm {file}")
    assert file.exists()
