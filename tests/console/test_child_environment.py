"""Programs that we start see none of our secrets."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from console.child_environment import child_environment, without_secrets

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "SECRET_KEY": "secret-1",
    "SECRET_ENCRYPTION_KEYS": "secret-2",
    "DATABASE_URL": "postgresql://u:secret-3@h/d",
    "REDIS_URL": "redis://:secret-4@h/0",
    "AWS_SESSION_TOKEN": "secret-5",
}


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_a_child_gets_what_programs_need_and_no_secret() -> None:
    environment = child_environment(MORE="this")

    assert {"PATH", "LC_ALL", "MORE"} <= environment.keys()
    assert not SECRETS.keys() & environment.keys()


def test_a_program_of_the_supervisor_neither() -> None:
    import os

    command = without_secrets(["env"], dict(os.environ))
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "secret-" not in printed
    assert "PATH=" in printed
    assert "secret-" not in " ".join(command)


def test_every_child_says_what_it_gets() -> None:
    """Who starts a program decides about its environment. The supervisor's programs are our own
    processes, which need the keys, or start without (`without_secrets`)."""
    starts = ("subprocess.Popen(", "subprocess.run(", "create_subprocess_exec(")
    silent = [
        str(file.relative_to(ROOT))
        for folder in ("console", "pools", "migrations_ui")
        for file in (ROOT / folder).rglob("*.py")
        for start in starts
        for call in file.read_text().split(start)[1:]
        if "env=" not in call[:700]
    ]

    assert silent == ["console/supervision/supervisor.py"]
