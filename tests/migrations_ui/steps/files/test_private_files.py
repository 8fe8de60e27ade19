from __future__ import annotations

from pathlib import Path

import pytest

from migrations_ui.steps.files.private_files import create_private_file, make_private_directory


def test_a_directory_that_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs").chmod(0o755)
    make_private_directory(tmp_path / "runs")
    assert (tmp_path / "runs").stat().st_mode & 0o777 == 0o700


def test_what_is_above_it_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_directory(tmp_path / "runs" / "1")
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "runs").stat().st_mode & 0o777 == 0o700


def test_a_leftover_that_was_open_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "run.part").write_bytes(b"longer than the new one")
    (tmp_path / "run.part").chmod(0o644)
    with create_private_file(tmp_path / "run.part") as file:
        file.write(b"new")
    assert (tmp_path / "run.part").read_bytes() == b"new"
    assert (tmp_path / "run.part").stat().st_mode & 0o777 == 0o600


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(FileExistsError):
        make_private_directory(tmp_path / "runs")
