"""Kill and resume, again and again: nothing lost, nothing doubled, and how soon it goes on.

    python -m benchmarks.kills [--rows 500000] [--kills 200] [--seed 1]

A process copies Derby into PostgreSQL and is ended by SIGKILL at random moments, during its start
as well as in the middle of a chunk; the next one resumes. When a copy ends before enough kills are
counted, its table is compared and another copy begins. The rows are compared with rows that
PostgreSQL makes from the same numbers itself, so the engine's own comparison is not trusted.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Timer

import psycopg

from benchmarks.measuring import derby_with, login_of, print_table, scratch_directory, toolchain
from benchmarks.transfer import create
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.control import Silent
from migrations_ui.transfer.copy.pipeline import copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.plan.planner import plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin

# Half of the kills come before this many seconds of a process's life, half within twice as many:
# it takes two or three until the first chunk is committed.
TYPICAL_LIFE = 3.0
EXPECTED = """
    SELECT 'CN=User ' || mod(n, 997) || '/O=Acme', 'ANDROID_' || mod(n, 1999),
           mod(n * 7919, 10000019) || '-0123456789ABCDEF0123456789ABCDEF', 'Inbox-' || mod(n, 50),
           CASE WHEN mod(n, 9) > 0 THEN 'Re: minutes of meeting ' || n END,
           mod(n, 4)::smallint, mod(n, 100)::integer, n * 37,
           CASE WHEN mod(n, 3) = 0 THEN '\\x0123456789abcdef0123456789abcdef01234567'::bytea
                ELSE '\\x89abcdef0123456789abcdef0123456789abcdef' END,
           timestamptz '2024-01-01 00:00:00+00' + n * interval '1 second'
      FROM generate_series(0::bigint, %s - 1) n
"""


class Announcing(Silent):
    """Tells the parent of every committed chunk."""

    def chunk_committed(self, *_: object) -> None:
        print("chunk", flush=True)


@dataclass(slots=True)
class Outcome:
    """`resumed` holds seconds from a process's start to its first committed chunk."""

    kills: int = 0
    copies: int = 0
    resumed: list[float] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copy", action="store_true", help="be the process that is killed")
    options = parser.parse_args()
    if options.copy:
        copy_once(json.loads(sys.stdin.readline()))
        return
    with scratch_directory() as scratch:
        run_all(scratch, options.rows, options.kills, random.Random(options.seed))


def copy_once(given: dict[str, str]) -> None:
    """One worker's life, from the start of its reader to the end of the copy.

    What to copy comes through standard input: an argument is seen by everybody on the machine.
    """
    login = DatabaseLogin(**json.loads(given["login"]))
    derby, scratch = Path(given["derby"]), Path(given["scratch"])
    with DerbySource(derby, toolchain=toolchain(scratch)) as source:
        copy(
            plan_transfer(source, login),
            source=source,
            login=login,
            run_id=given["run"],
            settings=TransferSettings(chunk_rows=1, exclusive=given["run"].endswith("0")),
            observer=Announcing(),
        )


def run_all(scratch: Path, rows: int, kills: int, chance: random.Random) -> None:
    derby = derby_with(scratch, rows)
    outcome = Outcome()
    with EmbeddedPostgreSQL(scratch / "postgresql") as server:
        login = login_of(server, "postgres")
        given = {
            "login": json.dumps(asdict(login)),
            "derby": str(derby),
            "scratch": str(scratch),
        }
        while outcome.kills < kills:
            create(server.url, with_key=True)
            survive(given | {"run": f"copy-{outcome.copies}"}, kills, chance, outcome)
            outcome.copies += 1
            lost, doubled = compare(server.url, rows)
            outcome.lost += lost
            outcome.doubled += doubled
    report(rows, outcome)


def survive(given: dict[str, str], kills: int, chance: random.Random, outcome: Outcome) -> None:
    """Let processes copy until one lives to the end."""
    command = [*(sys.executable, "-W", "ignore", "-m", "benchmarks.kills"), "--copy"]
    while True:
        started = time.monotonic()
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
            life = chance.uniform(0, 2 * TYPICAL_LIFE)
            killer = Timer(life, process.kill)
            if outcome.kills < kills:
                killer.start()
            outcome.resumed += first_chunk(process.stdout, started)
            process.stdout.read()
            ended = process.wait()
            killer.cancel()
        if ended == 0:
            return
        assert ended < 0, f"the copy failed by itself, exit code {ended}"
        outcome.kills += 1


def first_chunk(lines: Iterator[str], started: float) -> list[float]:
    """Seconds until the first committed chunk; nothing when the process died before it."""
    return [time.monotonic() - started for line in [next(iter(lines), "")] if line]


def compare(url: str, rows: int) -> tuple[int, int]:
    """Expected rows that are not there, and rows that should not be."""
    with psycopg.connect(url) as connection:
        connection.execute("SET timezone = 'UTC'")
        missing, extra = (
            connection.execute(f"SELECT count(*) FROM ({query}) AS x", [rows]).fetchone()
            for query in (
                f"{EXPECTED} EXCEPT ALL SELECT * FROM doc_state",
                f"SELECT * FROM doc_state EXCEPT ALL {EXPECTED}",
            )
        )
    assert missing is not None
    assert extra is not None
    return int(missing[0]), int(extra[0])


def report(rows: int, outcome: Outcome) -> None:
    print_table(
        (
            ("rows of a copy", f"{rows:,}"),
            ("kills", str(outcome.kills)),
            ("copies that ended", str(outcome.copies)),
            ("rows lost", str(outcome.lost)),
            ("rows doubled or wrong", str(outcome.doubled)),
            ("start to first commit, median", f"{statistics.median(outcome.resumed):.1f} s"),
            ("start to first commit, longest (goal 30 s)", f"{max(outcome.resumed):.1f} s"),
        )
    )


if __name__ == "__main__":
    main()
