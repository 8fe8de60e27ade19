"""Many small tables: what planning them takes, and how many are copied in a second.

    python -m benchmarks.many_tables [--tables 2000]

A quarter of them, then all: when nothing is quadratic, both go at the same pace. Each table has
five rows; the copy is that of the first server of a pool, and the console's rows are not part of
it.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.derby_sample import DERBY
from benchmarks.measuring import (
    login_of,
    own_peak,
    peak,
    print_table,
    scratch_directory,
    seconds,
    speed_of_this_machine,
    toolchain,
)
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings

GOAL = 200
ROWS = 5
TABLE = "small_{:05}"
COLUMNS = "id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40), size_bytes BIGINT, modified TIMESTAMP"


@dataclass(frozen=True, slots=True)
class Figures:
    """In seconds."""

    tables: int
    planned: float
    planned_again: float
    copied: float
    processor: float
    compared: float

    @property
    def pace(self) -> float:
        return self.tables / self.copied


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=2_000)
    parser.add_argument("--fill", type=Path, help="be the process that fills this directory")
    options = parser.parse_args()
    if options.fill is not None:
        fill(options.fill, options.tables)
        return
    few, many = measured(options.tables // 4), measured(options.tables)
    print(speed_of_this_machine())
    print_table(
        (
            (f"planning {many.tables:,} tables", f"{many.planned:.1f} s"),
            ("planning them again, in a later step", f"{many.planned_again:.1f} s"),
            (f"copying {few.tables:,} tables", f"{few.pace:.0f} tables/s"),
            (f"copying {many.tables:,} tables (goal {GOAL})", f"{many.pace:.0f} tables/s"),
            ("ratio of the two (linear: 1)", f"{many.pace / few.pace:.2f}"),
            ("processor of worker and reader, a table", per_table(many)),
            ("comparing them", f"{many.tables / many.compared:.0f} tables/s"),
            ("peak memory of this process", f"{own_peak()} MB"),
        )
    )


def per_table(figures: Figures) -> str:
    return f"{1000 * figures.processor / figures.tables:.1f} ms"


def measured(tables: int) -> Figures:
    with scratch_directory() as scratch:
        directory = scratch / "derby"
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.many_tables"]
        subprocess.run([*command, "--fill", str(directory), "--tables", str(tables)], check=True)
        with EmbeddedPostgreSQL(scratch / "postgresql") as server:
            with psycopg.connect(server.url, autocommit=True) as connection:
                for number in range(tables):
                    connection.execute(f"CREATE TABLE {TABLE.format(number)} ({COLUMNS})")
            login = login_of(server, "postgres")
            java = toolchain(scratch)
            with DerbySource(directory, toolchain=java, identity="bench") as source:
                planned = seconds(lambda: plan_transfer(source, login))
            settings = TransferSettings(exclusive=True)
            with DerbySource(directory, toolchain=java, identity="bench") as source:
                planned_again = seconds(lambda: plan_transfer(source, login))
                plan = plan_transfer(source, login)
                before = time.process_time() + processor(source.pid)
                copied = seconds(
                    lambda: copy(
                        plan, source=source, login=login, run_id="bench", settings=settings
                    )
                )
                used = time.process_time() + processor(source.pid) - before
                compared = seconds(lambda: verify(plan, source=source, login=login, run_id="bench"))
                print(f"peak memory of the reader, {tables:,} tables: {peak(source.pid)} MB")
    return Figures(tables, planned, planned_again, copied, used, compared)


def processor(pid: int) -> float:
    """Seconds of a process on the processor (Linux, a hundred ticks a second)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def fill(directory: Path, tables: int) -> None:
    import jpype
    import jpype.dbapi2

    jpype.startJVM(classpath=[DERBY])
    connection = jpype.dbapi2.connect(f"jdbc:derby:{directory};create=true")
    cursor = connection.cursor()
    rows = ", ".join(
        f"({number}, 'name {number}', {number * 37}, TIMESTAMP('2024-01-01 00:00:00'))"
        for number in range(ROWS)
    )
    for number in range(tables):
        name = TABLE.format(number)
        cursor.execute(f"CREATE TABLE {name} ({COLUMNS})")
        cursor.execute(f"INSERT INTO {name} VALUES {rows}")
        if number % 100 == 0:
            connection.commit()
    connection.commit()
    connection.close()
    # Derby reports its orderly end as an error.
    with contextlib.suppress(jpype.dbapi2.Error):
        jpype.dbapi2.connect("jdbc:derby:;shutdown=true")


if __name__ == "__main__":
    main()
