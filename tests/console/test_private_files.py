"""What the console writes is for its own account alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import redis as redis_client
from pytest_django import Settings

from console.private_files import check_private_files, close_to_others
from console.supervision.embedded.redis import EmbeddedRedis

ROOT = Path(__file__).resolve().parents[2]


WRITE_A_DATABASE = """
import os, django
os.umask(0o022)
django.setup()
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE t (a)")
    print([oct(file.stat().st_mode & 0o777) for file in settings.LIFEGUARD_WORK_DIR.iterdir()])
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_database_is_private_whatever_the_umask(tmp_path: Path) -> None:
    work = tmp_path / "work"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "LIFEGUARD_ENV_FILE": os.devnull,
        "LIFEGUARD_WORK_DIR": str(work),
        "SECRET_KEY": "a key for this test only",
    }
    result = subprocess.run(
        [sys.executable, "-c", WRITE_A_DATABASE],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "console.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.stdout.strip() == "['0o600', '0o600', '0o600']", result.stderr
    assert mode(work) == 0o700


def test_what_is_open_is_said_and_closed(settings: Settings, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    work.chmod(0o755)
    database = work / "console.sqlite3"
    database.touch()
    database.chmod(0o644)
    settings.LIFEGUARD_WORK_DIR = work
    settings.DATABASES["default"] = settings.DATABASES["default"] | {"NAME": str(database)}

    assert [warning.hint for warning in check_private_files()] == [
        f"chmod go= {work}",
        f"chmod go= {database}",
    ]
    close_to_others()
    assert check_private_files() == []
    assert (mode(work), mode(database)) == (0o700, 0o600)


def test_redis_wants_a_password_that_no_argument_shows(redis: EmbeddedRedis) -> None:
    assert redis.process is not None
    process = psutil.Process(redis.process.pid)

    assert redis.password not in " ".join(process.cmdline())
    assert redis.password not in str(process.environ())
    with (
        redis_client.Redis(port=redis.port) as client,
        pytest.raises(redis_client.AuthenticationError),
    ):
        client.ping()
    with redis_client.Redis.from_url(redis.url) as client:
        assert client.ping()


def test_the_files_of_redis_are_private(redis: EmbeddedRedis) -> None:
    with redis_client.Redis.from_url(redis.url) as client:
        client.set("a", "b")
    written = [path for path in redis.directory.rglob("*") if path.is_file()]

    assert written
    assert {mode(path) for path in written} == {0o600}
    assert mode(redis.directory) == 0o700
    assert mode(redis.directory.with_suffix(".password")) == 0o600
    assert mode(redis.directory.with_suffix(".conf")) == 0o600
