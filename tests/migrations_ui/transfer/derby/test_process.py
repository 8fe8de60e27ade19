"""How the reader's JVM is started."""

from __future__ import annotations

from pathlib import Path

from migrations_ui.transfer.derby.process import SMALL_BYTES, is_small


def test_a_database_is_small_by_all_its_files_together(tmp_path: Path) -> None:
    segment = tmp_path / "seg0"
    segment.mkdir()
    for number in range(2):
        with (segment / f"c{number}.dat").open("wb") as file:
            file.truncate(SMALL_BYTES // 2)
    assert is_small(tmp_path)
    (segment / "c2.dat").write_bytes(b"x")
    assert not is_small(tmp_path)


def test_what_is_no_database_is_for_derby_to_refuse(tmp_path: Path) -> None:
    assert is_small(tmp_path / "nothing")
