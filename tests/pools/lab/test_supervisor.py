"""`manage.py lab` as a process: it tells when it is ready, and leaves no host behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from pools.lab.directory import LabDirectory, load_lab
from tests.waiting import wait_until

SCENARIO = """\
organization = "Acme"
[traveler]
version = "14.5.1.0"
build = "1"
domino_release = "14.5.1"
edition = "Enterprise"
external_url = "http://traveler.acme.example/traveler"
[[hosts]]
name = "solo"
users = 2
devices = 3
documents = 10
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "lab"


@pytest.fixture
def lab_process(tmp_path: Path, directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    command = [sys.executable, "-m", "django", "lab", "--directory", str(directory)]
    process = subprocess.Popen(
        [*command, "--scenario", str(tmp_path / "scenario.toml")],
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: (directory / "ready").exists() or process.poll() is not None)
        yield process
    finally:
        process.kill()
        process.wait()


def host_process(lab: LabDirectory) -> int:
    return int(lab.process_file(lab.host("solo")).read_text(encoding="ascii"))


def test_it_ends_its_hosts_when_it_is_ended(
    lab_process: subprocess.Popen[bytes], directory: Path
) -> None:
    host = host_process(load_lab(directory))
    lab_process.terminate()
    assert lab_process.wait(30) == 0
    wait_until(lambda: not psutil.pid_exists(host))
    assert not (directory / "ready").exists()


def test_its_hosts_end_also_when_it_is_killed(
    lab_process: subprocess.Popen[bytes], directory: Path
) -> None:
    host = host_process(load_lab(directory))
    lab_process.kill()
    wait_until(lambda: not psutil.pid_exists(host) or _is_zombie(host))


def test_its_state_is_readable_by_the_owner_only(
    lab_process: subprocess.Popen[bytes], directory: Path
) -> None:
    assert (directory / "lab.json").stat().st_mode & 0o077 == 0
    assert (directory / "client_key").stat().st_mode & 0o077 == 0
    assert lab_process.poll() is None
    assert os.getpid() != host_process(load_lab(directory))


def _is_zombie(process_id: int) -> bool:
    try:
        return psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
