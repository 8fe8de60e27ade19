"""Derby to PostgreSQL: what copying two tables at a time gives over one at a time.

    python -m benchmarks.readers [--rows 500000] [--pairs 3]

Two tables of the same size, each with its key made after its load. Both ways take turns, and the
median of their ratio is taken, so that other load on the machine weighs on both.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

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
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings

TABLES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000, help="of each table")
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    with scratch_directory() as scratch:
        run_all(scratch, rows=options.rows, pairs=options.pairs)


def run_all(scratch: Path, *, rows: int, pairs: int) -> None:
    directory = derby_with(scratch, rows, tables=TABLES)
    with EmbeddedPostgreSQL(scratch / "postgresql") as server:
        login = login_of(server, "postgres")
        create(server.url, with_key=True, tables=TABLES)
        with DerbySource(directory, toolchain=toolchain(scratch)) as source:
            plan = plan_transfer(source, login)

            def taken(at_a_time: int) -> float:
                create(server.url, with_key=True, tables=TABLES)
                settings = TransferSettings(exclusive=True, parallel_tables=at_a_time)
                return seconds(
                    lambda: copy(
                        plan, source=source, login=login, run_id="bench", settings=settings
                    )
                )

            # The reader and the server have run once before anything counts.
            taken(1)
            rounds = [(taken(1), taken(2)) for _ in range(pairs)]
            memory = own_peak(), peak(source.pid)
    alone, together = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratio = statistics.median(one / two for one, two in rounds)
    print_table(
        (
            ("rows of each of two tables", f"{rows:,}"),
            ("paired runs", str(pairs)),
            ("one table at a time", f"{TABLES * rows / alone:,.0f} rows/s"),
            ("both at a time", f"{TABLES * rows / together:,.0f} rows/s"),
            ("  faster by", f"{ratio:.2f}"),
            ("peak memory of this process", f"{memory[0]} MB"),
            ("peak memory of the reader", f"{memory[1]} MB"),
        )
    )


if __name__ == "__main__":
    main()
