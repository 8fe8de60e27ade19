"""The backup archive: whole, checked, and restorable without this console."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_ui.steps.files.archive import (
    MANIFEST,
    ArchiveDamaged,
    extract,
    verify_archive,
    write_archive,
)


def ignore(done: int, total: int) -> None:
    assert done <= total


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "host"
    (tree / "traveler" / "ntsdb" / "seg0").mkdir(parents=True)
    (tree / "notes.ini").write_text("[Notes]\n")
    (tree / "traveler" / "ntsdb" / "service.properties").write_text("derby")
    (tree / "traveler" / "ntsdb" / "seg0" / "c10.dat").write_bytes(bytes(range(256)) * 9000)
    (tree / "traveler" / "Zoë café.txt").write_text("ü")
    (tree / "traveler" / "ntsdb" / "tmp").mkdir()
    return tree


@pytest.fixture
def archive(tree: Path, tmp_path: Path) -> Path:
    archive = tmp_path / "backups" / "run.tar"
    write_archive(tree, archive, on_progress=ignore)
    return archive


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_what_was_packed_comes_out_again(archive: Path, tree: Path, tmp_path: Path) -> None:
    facts = verify_archive(archive, on_progress=ignore)
    assert facts.files == 4
    assert facts.bytes == archive.stat().st_size
    assert extract(archive, tmp_path / "out") == 4
    assert contents(tmp_path / "out") == contents(tree)


def test_one_directory_can_be_taken_out(archive: Path, tree: Path, tmp_path: Path) -> None:
    assert extract(archive, tmp_path / "ntsdb", below="traveler/ntsdb/") == 2
    assert contents(tmp_path / "ntsdb") == contents(tree / "traveler" / "ntsdb")


def test_an_empty_directory_is_part_of_it(archive: Path, tmp_path: Path) -> None:
    extract(archive, tmp_path / "all")
    extract(archive, tmp_path / "ntsdb", below="traveler/ntsdb/")
    assert (tmp_path / "all" / "traveler" / "ntsdb" / "tmp").is_dir()
    assert (tmp_path / "ntsdb" / "tmp").is_dir()


def test_ordinary_tools_restore_and_check_it(archive: Path, tree: Path, tmp_path: Path) -> None:
    by_hand = tmp_path / "by-hand"
    by_hand.mkdir()
    subprocess.run(["tar", "-xf", archive], cwd=by_hand, check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", MANIFEST], cwd=by_hand, check=True)
    assert contents(by_hand) == contents(tree)


def test_times_and_permissions_are_kept(archive: Path, tree: Path, tmp_path: Path) -> None:
    extract(archive, tmp_path / "out")
    before, after = (tree / "notes.ini").stat(), (tmp_path / "out" / "notes.ini").stat()
    assert int(after.st_mtime) == int(before.st_mtime)
    assert after.st_mode == before.st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o666, 0o755, 0o775])
def test_permissions_come_out_as_they_went_in(tree: Path, tmp_path: Path, mode: int) -> None:
    (tree / "notes.ini").chmod(mode)
    write_archive(tree, tmp_path / "run.tar", on_progress=ignore)
    extract(tmp_path / "run.tar", tmp_path / "out")
    assert (tmp_path / "out" / "notes.ini").stat().st_mode & 0o777 == mode


def test_nothing_is_written_outside_of_the_destination(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(tarfile.OutsideDestinationError):
        extract(tmp_path / "evil.tar", tmp_path / "out")
    assert not (tmp_path / "outside").exists()


def test_nobody_else_may_read_it_at_any_time(tree: Path, tmp_path: Path) -> None:
    archive = tmp_path / "backups" / "trav4" / "run.tar"

    def look(done: int, total: int) -> None:
        for path in (tmp_path / "backups").rglob("*"):
            assert path.stat().st_mode & 0o077 == 0

    before = os.umask(0)
    try:
        write_archive(tree, archive, on_progress=look)
    finally:
        os.umask(before)
    look(0, 0)
    assert (tmp_path / "backups").stat().st_mode & 0o777 == 0o700


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(position=st.floats(min_value=0, max_value=0.999), bit=st.integers(0, 7))
def test_a_flipped_bit_in_a_file_is_noticed(archive: Path, position: float, bit: int) -> None:
    whole = archive.read_bytes()
    with tarfile.open(archive) as tar:
        member = tar.getmember("traveler/ntsdb/seg0/c10.dat")
    spoilt = bytearray(whole)
    spoilt[member.offset_data + int(position * member.size)] ^= 1 << bit
    archive.write_bytes(spoilt)
    with pytest.raises(ArchiveDamaged):
        verify_archive(archive, on_progress=ignore)
    archive.write_bytes(whole)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_torn_archive_is_noticed(archive: Path, part: float) -> None:
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(ArchiveDamaged):
        verify_archive(archive, on_progress=ignore)


def test_an_interrupted_archive_never_bears_its_name(tree: Path, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise InterruptedError

    archive = tmp_path / "run.tar"
    with pytest.raises(InterruptedError):
        write_archive(tree, archive, on_progress=interrupt)
    assert not archive.exists()
    write_archive(tree, archive, on_progress=ignore)
    assert verify_archive(archive, on_progress=ignore).files == 4
