"""What the benchmarks share: a Derby database to copy, servers' logins, time, memory, a table."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from benchmarks.derby_sample import BLOB_MB, DERBY
from console.supervision.embedded.mariadb import EmbeddedMariaDB
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from pools.databases.connection import DatabaseLogin

CONTROL_TABLES = "lg_table, lg_chunk, lg_reject, lg_deferred"


@contextmanager
def scratch_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lifeguard-bench-") as scratch:
        yield Path(scratch)


def derby_with(
    scratch: Path, rows: int, *, tables: int = 1, blobs: int = 0, mb: int = BLOB_MB
) -> Path:
    """A Derby database with so many rows in each table, and so many blobs of `mb` MB."""
    directory = scratch / "derby"
    numbers = (str(rows), str(tables), str(blobs), str(mb))
    fill = [sys.executable, "-m", "benchmarks.derby_sample", str(directory), *numbers]
    subprocess.run(fill, check=True)
    return directory


def toolchain(scratch: Path) -> JavaToolchain:
    return JavaToolchain("java", "javac", DERBY, scratch / "work")


def login_of(server: EmbeddedPostgreSQL | EmbeddedMariaDB, database: str) -> DatabaseLogin:
    """The server's administrator, in one of its databases."""
    return DatabaseLogin(
        server.engine, "127.0.0.1", server.port, database, server.user, server.password
    )


def seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def speed_of_this_machine() -> str:
    """The processor time of an empty loop of a million rounds, to compare machines by."""
    started = time.process_time()
    for _ in range(1_000_000):
        pass
    return f"an empty loop of a million rounds: {(time.process_time() - started) * 1000:.0f} ms"


def own_peak() -> int:
    """Peak resident memory of this process in MB."""
    # Not getrusage: after an exec it still has the peak of the process that began this one.
    return peak(os.getpid())


def peak(pid: int) -> int:
    """Peak resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def print_table(lines: Iterable[tuple[str, str]]) -> None:
    for title, value in lines:
        print(f"{title:<44}{value:>18}")
