"""The settings and `.env.example` say the same, and a missing secret stops the start."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def variables_read() -> set[str]:
    settings = (ROOT / "console" / "settings").glob("*.py")
    calls = (re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', file.read_text()) for file in settings)
    return {name for names in calls for name in names} - {"LIFEGUARD_ENV_FILE"}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**kept, "LIFEGUARD_ENV_FILE": os.devnull, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_names_every_variable_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()

    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == variables_read()


def test_a_missing_secret_key_stops_the_start_with_the_remedy() -> None:
    result = start()

    assert result.returncode != 0
    assert "SECRET_KEY is not set. Put SECRET_KEY=" in result.stderr


def test_a_secret_key_from_a_file_is_enough_to_start(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret that came from a file, long enough to be one")

    result = start(SECRET_KEY_FILE=str(secret), LIFEGUARD_WORK_DIR=str(tmp_path))

    assert result.returncode == 0, result.stderr
