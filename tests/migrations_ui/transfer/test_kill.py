"""SIGKILL at any moment: a resume loses and doubles nothing, and no reader is left behind."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest

from migrations_ui.transfer.derby.snapshot import take_copy
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import (
    NO_DIFFERENCES,
    create_in_derby,
    create_in_target,
    differences,
)

KILLS = 4
ROWS = 60_000
READER_SECONDS = 20
Target = psycopg.Connection[Any]


def words(output: IO[str]) -> list[str]:
    return output.readline().split()


def kill_somewhere(command: list[str], chance: random.Random) -> int:
    """Start the driver, kill it at a random moment; the reader's process id."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        announced = words(driver.stdout)
        assert announced[:1] == ["reader"]
        for _ in range(chance.randrange(3)):
            words(driver.stdout)
        # Anywhere inside a chunk: while it is sent, committed, or announced.
        time.sleep(chance.uniform(0, 0.05))
        driver.kill()
    return int(announced[1])


@pytest.mark.parametrize(("exclusive", "seed"), [(True, 1), (False, 2)])
def test_killed_at_random_moments(  # noqa: PLR0917
    derby: DerbySample,
    tmp_path: Path,
    toolchain: JavaToolchain,
    target: Target,
    database_login: DatabaseLogin,
    exclusive: bool,
    seed: int,
) -> None:
    create_in_derby(derby, "doc", ROWS)
    create_in_derby(derby, "plain", 30_000, key=False)
    create_in_target(target, "doc")
    create_in_target(target, "plain", key=False)
    before = set(target.execute("SELECT indexdef FROM pg_indexes").fetchall())
    take_copy(derby.directory, tmp_path / "copy")
    programs = {name: getattr(toolchain, name) for name in ("java", "javac", "derby_classpath")}
    given = {
        "copy": str(tmp_path / "copy"),
        "work": str(toolchain.work_directory),
        "toolchain": programs,
        "login": dataclasses.asdict(database_login),
        "exclusive": exclusive,
    }
    command = [
        *(sys.executable, "-W", "ignore", "-m", "tests.migrations_ui.transfer.copy_driver"),
        json.dumps(given),
    ]
    chance = random.Random(seed)
    readers = [kill_somewhere(command, chance) for _ in range(KILLS)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert differences(derby, target, "doc") == NO_DIFFERENCES
    assert differences(derby, target, "plain") == NO_DIFFERENCES
    assert before < set(target.execute("SELECT indexdef FROM pg_indexes").fetchall())
    assert target.execute("SELECT count(*) FROM lg_deferred").fetchone() == (0,)
    deadline = time.monotonic() + READER_SECONDS
    while any(Path(f"/proc/{reader}").exists() for reader in readers):
        assert time.monotonic() < deadline, "a reader outlived its killed parent"
        time.sleep(0.1)
