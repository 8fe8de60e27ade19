"""The reader on a disk that fills up: an outage, and no damage of the server's database."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.snapshot import take_copy
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import WorkerDiskFull
from tests.migrations_ui.transfer.conformance.small_disk import may_mount
from tests.migrations_ui.transfer.derby_sample import DerbySample

pytestmark = pytest.mark.skipif(not may_mount(), reason="only root may mount a disk")
ROWS = 300


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    at = tmp_path / "disk"
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "none", str(at)], check=True)
    yield at
    subprocess.run(["umount", "--lazy", str(at)], check=True)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    there = os.statvfs(disk)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, there.f_bavail * there.f_frsize)
    return ballast


def test_a_disk_that_is_full_is_told_as_such_and_the_copy_is_whole_afterwards(
    derby: DerbySample, disk: Path, toolchain: JavaToolchain
) -> None:
    derby.run("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, v VARCHAR(9000))")
    derby.insert("t", [(number, "x" * 5_000) for number in range(ROWS)])
    copy = disk / "ntsdb"
    take_copy(derby.directory, copy)
    with DerbySource(copy, toolchain=toolchain) as source:
        # Derby keeps what it has compiled of its own questions, the first time that they are asked.
        ballast = fill(disk)
        with pytest.raises(WorkerDiskFull):
            source.tables()
    ballast.unlink()
    with DerbySource(copy, toolchain=toolchain) as source:
        (table,) = source.tables()
    assert table.row_count == ROWS
