"""Peak memory of worker and reader, for many rows and for large objects.

    python -m benchmarks.memory [--rows 10000000] [--blobs 40] [--large 6]

Each is copied and compared by processes of their own, so that no peak hides the other; the rows of
57 MB, near the reader's limit, into MariaDB as well as into PostgreSQL. The memory is to depend on
none of these numbers. 0 leaves a part out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import psycopg

from benchmarks import mysql
from benchmarks.measuring import (
    derby_with,
    login_of,
    own_peak,
    peak,
    print_table,
    scratch_directory,
    seconds,
    toolchain,
)
from benchmarks.transfer import create
from console.supervision.embedded.mariadb import EmbeddedMariaDB
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines.mysql.target import open_target
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin

ATTACHMENT = "CREATE TABLE attachment (id integer PRIMARY KEY, content {})"
LARGE_MB = 57


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--blobs", type=int, default=40, help="of 20 MB each")
    parser.add_argument("--large", type=int, default=6, help=f"blobs of {LARGE_MB} MB each")
    parser.add_argument("--copy", action="store_true", help="be the process that is measured")
    options = parser.parse_args()
    if options.copy:
        copy_and_compare(json.loads(sys.stdin.readline()))
        return
    if options.blobs:
        with scratch_directory() as scratch:
            directory = derby_with(scratch, 0, blobs=options.blobs)
            into_postgresql(scratch, directory, f"{options.blobs} blobs of 20 MB")
    if options.large:
        with scratch_directory() as scratch:
            directory = derby_with(scratch, 0, blobs=options.large, mb=LARGE_MB)
            title = f"{options.large} blobs of {LARGE_MB} MB"
            into_postgresql(scratch, directory, title)
            into_mariadb(scratch, directory, f"{title}, MariaDB")
    if options.rows:
        with scratch_directory() as scratch:
            into_postgresql(scratch, derby_with(scratch, options.rows), f"{options.rows:,} rows")


def into_postgresql(scratch: Path, directory: Path, title: str) -> None:
    with EmbeddedPostgreSQL(scratch / "postgresql") as server:
        create(server.url, with_key=True)
        with psycopg.connect(server.url) as connection:
            connection.execute(ATTACHMENT.format("bytea"))
        measure(scratch, directory, title, login_of(server, "postgres"))


def into_mariadb(scratch: Path, directory: Path, title: str) -> None:
    with EmbeddedMariaDB(scratch / "mariadb") as server:
        server.create_database(mysql.DATABASE)
        login = login_of(server, mysql.DATABASE)
        mysql.create(login)
        with open_target(login) as target:
            target.execute(ATTACHMENT.format("longblob"))
        measure(scratch, directory, title, login)


def measure(scratch: Path, directory: Path, title: str, login: DatabaseLogin) -> None:
    given = {"login": asdict(login), "derby": str(directory), "scratch": str(scratch)}
    # Standard input: an argument is seen by everybody on the machine.
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.memory", "--copy"]
    print(f"\n{title}", flush=True)
    subprocess.run(command, input=json.dumps(given) + "\n", text=True, check=True)


def copy_and_compare(given: dict[str, object]) -> None:
    """One worker's work, from the start of its reader to the verdict."""
    login = DatabaseLogin(**given["login"])  # type: ignore[arg-type]
    derby, scratch = Path(str(given["derby"])), Path(str(given["scratch"]))
    settings = TransferSettings(exclusive=True)
    with DerbySource(derby, toolchain=toolchain(scratch)) as source:
        plan = plan_transfer(source, login)
        copied = seconds(
            lambda: copy(plan, source=source, login=login, run_id="bench", settings=settings)
        )
        verdicts = verify(plan, source=source, login=login, run_id="bench")
        print_table(
            (
                ("tables found equal", str(sum(verdict.equal for verdict in verdicts))),
                ("copied in", f"{copied:.1f} s"),
                ("peak memory of this process (goal 250 MB)", f"{own_peak()} MB"),
                ("peak memory of the reader", f"{peak(source.pid)} MB"),
            )
        )


if __name__ == "__main__":
    main()
