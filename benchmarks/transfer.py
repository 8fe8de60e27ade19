"""Derby to PostgreSQL: the engine against the bare byte pipe, and against rows one by one.

    python -m benchmarks.transfer [--rows 1000000] [--pairs 3] [--sample 50000]

The pipe is the same reader into COPY, one transaction, no key, no digests, no checkpoint. Runs of
both are interleaved and the median is taken, so that other load on the machine weighs on both.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import psycopg

from benchmarks.derby_sample import table_names
from benchmarks.measuring import (
    CONTROL_TABLES,
    derby_with,
    login_of,
    own_peak,
    peak,
    print_table,
    scratch_directory,
    seconds,
    toolchain,
)
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin

COLUMNS = """
    username varchar(254) NOT NULL, device_id varchar(64) NOT NULL, doc_id varchar(64) NOT NULL,
    folder_id varchar(64) NOT NULL, subject varchar(254), doc_type smallint NOT NULL,
    revision integer NOT NULL, size_bytes bigint NOT NULL, content_digest bytea,
    modified timestamptz NOT NULL
"""
KEY = ", PRIMARY KEY (username, device_id, doc_id)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--sample", type=int, default=50_000)
    options = parser.parse_args()
    with scratch_directory() as scratch:
        run_all(scratch, rows=options.rows, pairs=options.pairs, sample=options.sample)


def run_all(scratch: Path, *, rows: int, pairs: int, sample: int) -> None:
    directory = derby_with(scratch, rows)
    with EmbeddedPostgreSQL(scratch / "postgresql") as server:
        login = login_of(server, "postgres")
        create(server.url, with_key=False)
        with DerbySource(directory, toolchain=toolchain(scratch)) as source:
            plan = plan_transfer(source, login)
            bench = Bench(server.url, login, source, plan)
            bench.pipe(until=rows // 10)
            taken = [bench.round() for _ in range(pairs)]
            memory = (own_peak(), peak(source.pid))
        create(server.url, with_key=True)
        slow = [sys.executable, "-m", "benchmarks.row_by_row", str(directory), str(sample)]
        answer = subprocess.run([*slow, server.url], check=True, capture_output=True, text=True)
    report(rows, sample, taken, float(answer.stdout), memory)


class Round(NamedTuple):
    """Seconds, each for the whole table."""

    pipe: float
    keyed_pipe: float
    deferred: float
    kept: float
    verified: float


class Bench:
    """One round measures each way once; every run starts with an empty table."""

    def __init__(
        self, url: str, login: DatabaseLogin, source: DerbySource, plan: TransferPlan
    ) -> None:
        self.url = url
        self.login = login
        self.source = source
        self.plan = plan

    def round(self) -> Round:
        pipe = self.pipe()
        deferred = self.engine(exclusive=True)
        verified = seconds(self.verify)
        keyed_pipe = self.pipe(with_key=True)
        return Round(pipe, keyed_pipe, deferred, self.engine(exclusive=False), verified)

    def pipe(self, *, until: int = 2**62, with_key: bool = False) -> float:
        create(self.url, with_key=with_key)
        return seconds(lambda: self._pour(until))

    def _pour(self, until: int) -> None:
        (table,) = self.plan.tables
        with (
            open_target(self.login) as target,
            self.source.rows(table, until=until, digests=False) as stream,
            target.transaction(),
        ):
            # As durable as the engine's last commit.
            target.execute("SET LOCAL synchronous_commit = on")
            with target.operations.load(table) as sink:
                for _ in stream.slices():
                    for piece in stream.pieces():
                        sink.write(piece)

    def engine(self, *, exclusive: bool) -> float:
        create(self.url, with_key=True)
        return seconds(
            lambda: copy(
                self.plan,
                source=self.source,
                login=self.login,
                run_id="bench",
                settings=TransferSettings(exclusive=exclusive),
            )
        )

    def verify(self) -> None:
        (verdict,) = verify(self.plan, source=self.source, login=self.login, run_id="bench")
        assert verdict.equal


def create(url: str, *, with_key: bool, tables: int = 1) -> None:
    """Fresh tables, and the last run's pages out of the way of the next."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {CONTROL_TABLES}")
        for table in table_names(tables):
            connection.execute(f"DROP TABLE IF EXISTS {table}")
            connection.execute(f"CREATE TABLE {table} ({COLUMNS}{KEY if with_key else ''})")
        connection.execute("CHECKPOINT")


def report(
    rows: int, sample: int, rounds: list[Round], slow: float, memory: tuple[int, int]
) -> None:
    middle = Round(*map(statistics.median, zip(*rounds, strict=True)))
    to_pipe = statistics.median(each.pipe / each.deferred for each in rounds)
    to_keyed = statistics.median(each.keyed_pipe / each.deferred for each in rounds)
    share = statistics.median(each.verified / each.deferred for each in rounds)
    print_table(
        (
            ("rows", f"{rows:,}"),
            ("paired runs", str(len(rounds))),
            ("raw byte pipe, no key", f"{rows / middle.pipe:,.0f} rows/s"),
            ("raw byte pipe into a table with its key", f"{rows / middle.keyed_pipe:,.0f} rows/s"),
            ("end to end, key made after the load", f"{rows / middle.deferred:,.0f} rows/s"),
            ("  ratio to the pipe without key (goal 0.8)", f"{to_pipe:.2f}"),
            ("  ratio to the pipe with key", f"{to_keyed:.2f}"),
            ("end to end, key kept during the load", f"{rows / middle.kept:,.0f} rows/s"),
            (f"JDBC fetch + executemany, {sample:,} rows", f"{sample / slow:,.0f} rows/s"),
            ("  engine is faster by (goal 5)", f"{rows / middle.deferred / (sample / slow):.1f}"),
            ("verification, of the copy (goal 50 %)", f"{share:.0%}"),
            ("peak memory of this process", f"{memory[0]} MB"),
            ("peak memory of the reader", f"{memory[1]} MB"),
        )
    )


if __name__ == "__main__":
    main()
