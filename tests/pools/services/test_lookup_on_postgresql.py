"""The same search with PostgreSQL below the console: its tests are run there in a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL

ROOT = Path(__file__).parents[3]


def test_postgresql_finds_the_same(postgresql: EmbeddedPostgreSQL) -> None:
    tests = ROOT / "tests/pools/services"
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *(str(tests / name) for name in ("test_lookup.py", "test_purge.py")),
        ],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgresql.url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
