"""`make demo` in small: it comes up, leaves no process behind, and finds its data again."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from console.supervision.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 180
STOP_SECONDS = 60


def command(port: int) -> list[str]:
    return [sys.executable, "manage.py", "up", "--lab", "--scale", "0.02", "--port", str(port)]


def environment(directory: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "SECRET_KEY": "a key for this test only",
        "HTTPS": "false",
        "LIFEGUARD_ENV_FILE": os.devnull,
        "LIFEGUARD_WORK_DIR": str(directory),
    }


@contextmanager
def running(directory: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The console with its lab, and the one line that it prints when ready."""
    log = directory.parent / "up.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command(port),
            cwd=ROOT,
            env=environment(directory),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            start_new_session=True,
        )
    try:
        lines = iter(process.stdout)  # type: ignore[arg-type]
        ready = next((line for line in lines if line.startswith("Ready: ")), None)
        assert ready, log.read_text()[-2000:]
        yield process, ready
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOP_SECONDS)


def command_line(process: psutil.Process) -> str:
    """Nothing, when it has ended since it was listed."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


@pytest.mark.timeout(2 * START_SECONDS)
def test_it_comes_up_twice_and_leaves_no_process_behind(tmp_path: Path) -> None:
    port, directory = free_port(), tmp_path / "demo"
    with running(directory, port) as (process, first_line):
        assert httpx.get(f"http://127.0.0.1:{port}/accounts/sign-in/").status_code == 200
        family = psutil.Process(process.pid).children(recursive=True)
        names = [command_line(child) for child in family]
        assert any("postgres" in name for name in names)
        assert any("lab host trav4" in name for name in names)
        password = (directory / "postgresql.password").read_text()
        assert not any(password in name for name in names)
        assert not any((directory / "redis.password").read_text() in name for name in names)
        strangers = [
            child
            for child, name in zip(family, names, strict=True)
            if name.startswith("postgres") or "redis-server" in name or "lab host" in name
        ]
        assert strangers
        assert not any("a key for this test only" in str(child.environ()) for child in strangers)
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []

    with running(directory, port) as (_, second_line):
        assert second_line == first_line, "the accounts and the address stay"


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = subprocess.run(
            command(port),
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )

    assert result.returncode != 0
    assert f"Port {port} for the web console is taken" in result.stderr
    assert not (tmp_path / "postgresql").exists()
