"""How the reader's JVM is started."""

from __future__ import annotations

from pathlib import Path

from migrations_ui.transfer.derby.process import SMALL_FILE, has_small_tables


def test_tables_are_small_by_the_average_of_their_files(tmp_path: Path) -> None:
    segment = tmp_path / "seg0"
    segment.mkdir()
    for number, size in enumerate((1, 2 * SMALL_FILE - 1)):
        with (segment / f"c{number}.dat").open("wb") as file:
            file.truncate(size)
    assert has_small_tables(tmp_path)
    with (segment / "c1.dat").open("ab") as file:
        file.write(b"x")
    assert not has_small_tables(tmp_path)


def test_what_is_no_database_is_for_derby_to_refuse(tmp_path: Path) -> None:
    assert has_small_tables(tmp_path / "nothing")
