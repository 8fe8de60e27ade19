"""How far off the time left is that the live page shows, in a real copy from Derby to PostgreSQL.

    python -m benchmarks.eta [--rows 1000000] [--rows-per-second 40000] [--chunk-rows 50000]

The samples are taken as a run takes them, and the estimate is the page's own. At each tenth of the
copy's work the end it foretold is compared with the true one; a pause is no work.
"""

from __future__ import annotations

import argparse
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks.measuring import derby_with, login_of, scratch_directory, toolchain
from benchmarks.transfer import create
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.progress.eta import Estimate, estimate_remaining
from migrations_ui.progress.index_builds import PendingIndexes
from migrations_ui.progress.samples import Sample, Sampler
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.control import Decision, Silent, Unattended
from migrations_ui.transfer.copy.pipeline import CopyOutcome, copy
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin

TICK_SECONDS = 0.25
SECOND = timedelta(seconds=1)
PAUSE_SECONDS = 10.0


@dataclass
class Recorder(Silent):
    """Samples as `steps.table_recorder` takes them: of one table, told at each tick."""

    keyed: bool
    rows: int = 0
    keys: PendingIndexes = field(default_factory=lambda: PendingIndexes(0))
    samples: list[Sample] = field(default_factory=list)
    sampler: Sampler = field(default_factory=Sampler)

    def table_started(self, table: str, rows_total: int, rows_already: int) -> None:
        # A resumed run has a sampler of its own.
        self.sampler = Sampler()
        self.sampler.begin(datetime.now(UTC), rows_already)
        self.keys = PendingIndexes(rows_total)

    def chunk_committed(
        self, table: str, first_row: int, rows: int, rows_done: int, seconds: float
    ) -> None:
        self.rows = rows_done
        self.sampler.committed(datetime.now(UTC), rows_done)

    def keys_made(self, table: str, part: float) -> None:
        self.keys = replace(self.keys, since=self.keys.since or datetime.now(UTC), part=part)

    def tick(self) -> list[PendingIndexes]:
        """Takes the samples; the keys ahead."""
        taken, self.sampler.taken = self.sampler.taken, []
        self.samples += taken
        return [self.keys] if self.keyed else []


@dataclass
class Steering(Unattended):
    cap: int | None = None
    chunk: int | None = None
    decision: Decision = Decision.GO

    def decide(self) -> Decision:
        return self.decision

    def rows_per_second(self) -> int | None:
        return self.cap

    def chunk_rows(self) -> int | None:
        return self.chunk


class Shown(NamedTuple):
    """What the page would have shown at one moment; `ahead` None: nothing yet."""

    at: datetime
    ahead: Estimate | None


class Run(NamedTuple):
    title: str
    began: datetime
    ended: datetime
    rest: tuple[datetime, datetime] | None
    shown: list[Shown]
    verify_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rows-per-second", type=int, default=40_000)
    parser.add_argument("--chunk-rows", type=int, default=None)
    options = parser.parse_args()
    with scratch_directory() as scratch:
        measure(scratch, options)


def measure(scratch: Path, options: argparse.Namespace) -> None:
    directory = derby_with(scratch, options.rows)
    with EmbeddedPostgreSQL(scratch / "postgresql") as server:
        login = login_of(server, "postgres")
        create(server.url, with_key=True)
        with DerbySource(directory, toolchain=toolchain(scratch)) as source:
            bench = Bench(server.url, login, source, plan_transfer(source, login), options)
            cap = options.rows_per_second
            report(bench.run("as fast as it goes, keys made after the load", exclusive=True))
            report(bench.run("as fast as it goes, keys kept", exclusive=False))
            report(bench.run(f"held to {cap:,} rows/s", exclusive=False, cap=cap))
            report(
                bench.run(
                    f"held to {cap:,} rows/s, resting {PAUSE_SECONDS:.0f} s half-way",
                    exclusive=False,
                    cap=cap,
                    pause_at=options.rows // 2,
                )
            )


@dataclass
class Bench:
    url: str
    login: DatabaseLogin
    source: DerbySource
    plan: TransferPlan
    options: argparse.Namespace

    def run(
        self,
        title: str,
        *,
        exclusive: bool,
        cap: int | None = None,
        pause_at: int | None = None,
    ) -> Run:
        create(self.url, with_key=True)
        recorder, steering = Recorder(exclusive), Steering(cap, self.options.chunk_rows)
        shown: list[Shown] = []
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(TICK_SECONDS):
                keys = recorder.tick()
                now = datetime.now(UTC)
                ahead = estimate_remaining(
                    recorder.samples,
                    rows_total=self.plan.row_count,
                    now=now,
                    cap=cap,
                    keys=keys,
                )
                shown.append(Shown(now, ahead))
                if pause_at and recorder.rows >= pause_at:
                    steering.decision = Decision.PAUSE

        watching = threading.Thread(target=watch)
        started = datetime.now(UTC)
        watching.start()
        rest = None
        while self._copy(recorder, steering, exclusive=exclusive) is CopyOutcome.PAUSED:
            pause_at = None
            from_ = datetime.now(UTC)
            time.sleep(PAUSE_SECONDS)
            rest = (from_, datetime.now(UTC))
            steering.decision = Decision.GO
        end = datetime.now(UTC)
        ended.set()
        watching.join()
        began = time.monotonic()
        verify(self.plan, source=self.source, login=self.login, run_id="bench")
        return Run(title, started, end, rest, shown, time.monotonic() - began)

    def _copy(self, recorder: Recorder, steering: Steering, *, exclusive: bool) -> CopyOutcome:
        return copy(
            self.plan,
            source=self.source,
            login=self.login,
            run_id="bench",
            settings=TransferSettings(exclusive=exclusive),
            observer=recorder,
            control=steering,
        ).outcome


def report(run: Run) -> None:
    """Per tenth of the work: time left as shown and as it was, and how far off the end was."""
    rested = run.rest[1] - run.rest[0] if run.rest else timedelta()
    worked = run.ended - run.began - rested
    print(f"\n{run.title}: {worked / SECOND:.1f} s, then compared in {run.verify_seconds:.1f} s")
    print(
        "".join(
            f"{title:>16}"
            for title in (
                "tenth",
                "left, shown",
                "give or take",
                "left, true",
                "off, of whole",
                "off, of left",
            )
        )
    )
    for tenth in range(1, 10):
        moment = run.began + worked * tenth / 10
        if run.rest and moment > run.rest[0]:
            moment += rested
        at = min(run.shown, key=lambda each: abs(each.at - moment))
        true = run.ended - at.at
        if run.rest and at.at < run.rest[0]:
            true -= rested
        if at.ahead is None:
            cells = ["–", "–", f"{true / SECOND:.1f} s", "–", "–"]
        else:
            off = at.ahead.remaining - true
            cells = [
                *(f"{at.ahead.remaining / SECOND:.1f} s", f"{at.ahead.spread / SECOND:.1f} s"),
                *(f"{true / SECOND:.1f} s", f"{off / worked:+.1%}", f"{off / true:+.1%}"),
            ]
        print("".join(f"{cell:>16}" for cell in (f"{tenth}", *cells)))


if __name__ == "__main__":
    main()
