"""Derby to MariaDB: the engine against MariaDB's own LOAD DATA LOCAL of a ready file.

    python -m benchmarks.mysql [--rows 1000000] [--pairs 3]

The file holds the very bytes that the engine sends. Both fill the same table with its key, in
turns, and the median is taken, so that other load on the machine weighs on both.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import NamedTuple

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
from console.supervision.embedded.mariadb import EmbeddedMariaDB
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines.mysql.target import open_target
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin

TABLE = """
    CREATE TABLE doc_state (
        username varchar(254) NOT NULL, device_id varchar(64) NOT NULL,
        doc_id varchar(64) NOT NULL, folder_id varchar(64) NOT NULL, subject varchar(254),
        doc_type smallint NOT NULL, revision integer NOT NULL, size_bytes bigint NOT NULL,
        content_digest varbinary(20), modified datetime(6) NOT NULL,
        PRIMARY KEY (username, device_id, doc_id))
"""
DATABASE = "bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    with scratch_directory() as scratch:
        run_all(scratch, rows=options.rows, pairs=options.pairs)


def run_all(scratch: Path, *, rows: int, pairs: int) -> None:
    directory = derby_with(scratch, rows)
    with EmbeddedMariaDB(scratch / "mariadb") as server:
        server.create_database(DATABASE)
        login = login_of(server, DATABASE)
        create(login)
        with DerbySource(directory, toolchain=toolchain(scratch)) as source:
            bench = Bench(login, source, plan_transfer(source, login), scratch / "ready")
            # The reader and the server have run once before anything counts.
            bench.write_file()
            bench.file()
            taken = [bench.round() for _ in range(pairs)]
            report(rows, taken, (own_peak(), peak(source.pid)))


class Round(NamedTuple):
    """Seconds, each for the whole table."""

    file: float
    copied: float
    verified: float


class Bench:
    """One round measures each way once; every run starts with an empty table."""

    def __init__(
        self, login: DatabaseLogin, source: DerbySource, plan: TransferPlan, ready: Path
    ) -> None:
        self.login = login
        self.source = source
        self.plan = plan
        self.ready = ready

    def round(self) -> Round:
        return Round(self.file(), self.engine(), seconds(self.verify))

    def write_file(self) -> None:
        (table,) = self.plan.tables
        with (
            open_target(self.login) as target,
            self.source.rows(table, syntax=target.operations.row_syntax) as stream,
            self.ready.open("wb") as file,
        ):
            for _ in stream.slices():
                for piece in stream.pieces():
                    file.write(piece)

    def file(self) -> float:
        create(self.login)
        with open_target(self.login) as target:
            load = (
                f"LOAD DATA LOCAL INFILE '{self.ready}' INTO TABLE doc_state CHARACTER SET binary"
            )
            return seconds(lambda: target.execute(load))

    def engine(self) -> float:
        create(self.login)
        return seconds(
            lambda: copy(
                self.plan,
                source=self.source,
                login=self.login,
                run_id="bench",
                settings=TransferSettings(exclusive=True),
            )
        )

    def verify(self) -> None:
        (verdict,) = verify(self.plan, source=self.source, login=self.login, run_id="bench")
        assert verdict.equal


def create(login: DatabaseLogin) -> None:
    with open_target(login) as target:
        target.execute(f"DROP TABLE IF EXISTS doc_state, {CONTROL_TABLES}")
        target.execute(TABLE)


def report(rows: int, rounds: list[Round], memory: tuple[int, int]) -> None:
    middle = Round(*map(statistics.median, zip(*rounds, strict=True)))
    ratio = statistics.median(each.file / each.copied for each in rounds)
    share = statistics.median(each.verified / each.copied for each in rounds)
    print_table(
        (
            ("rows", f"{rows:,}"),
            ("paired runs", str(len(rounds))),
            ("LOAD DATA LOCAL of a ready file", f"{rows / middle.file:,.0f} rows/s"),
            ("end to end, with checkpoints", f"{rows / middle.copied:,.0f} rows/s"),
            ("  ratio to the file (goal 0.8)", f"{ratio:.2f}"),
            ("verification, of the copy (goal 50 %)", f"{share:.0%}"),
            ("peak memory of this process", f"{memory[0]} MB"),
            ("peak memory of the reader", f"{memory[1]} MB"),
        )
    )


if __name__ == "__main__":
    main()
