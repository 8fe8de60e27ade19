"""Copying a Derby directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrations_ui.transfer.derby.snapshot import directory_digest, take_copy
from migrations_ui.transfer.errors import NotDerby, SourceLocked


@pytest.fixture
def original(tmp_path: Path) -> Path:
    directory = tmp_path / "original"
    for folder in ("seg0", "log", "tmp"):
        (directory / folder).mkdir(parents=True)
    (directory / "service.properties").write_text("a=b\n")
    (directory / "seg0" / "c10.dat").write_bytes(bytes(3_000_000))
    return directory


def test_copy_is_complete_with_its_empty_directories(original: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    copied = take_copy(original, tmp_path / "copy", on_progress=seen.append)
    assert directory_digest(tmp_path / "copy") == copied.digest == directory_digest(original)
    assert (tmp_path / "copy" / "tmp").is_dir()
    assert seen[-1] == copied.bytes == 3_000_004


def test_copy_replaces_what_an_interrupted_one_left(original: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.partial").mkdir()
    (tmp_path / "copy.partial" / "leftover").write_text("x")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "older").write_text("x")
    take_copy(original, tmp_path / "copy")
    assert not (tmp_path / "copy.partial").exists()
    assert not list((tmp_path / "copy").rglob("leftover"))
    assert not (tmp_path / "copy" / "older").exists()


def test_locked_database_is_refused(original: Path, tmp_path: Path) -> None:
    (original / "db.lck").write_text("held")
    with pytest.raises(SourceLocked, match="Stop Traveler"):
        take_copy(original, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_other_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotDerby):
        take_copy(tmp_path, tmp_path / "copy")


def test_digest_sees_a_changed_byte_and_a_moved_file(original: Path) -> None:
    first = directory_digest(original)
    (original / "seg0" / "c10.dat").rename(original / "seg0" / "c20.dat")
    second = directory_digest(original)
    (original / "service.properties").write_text("a=c\n")
    assert len({first, second, directory_digest(original)}) == 3
