"""How far off the time left is that the live page shows, in a real copy from Derby to PostgreSQL.

    python -m benchmarks.eta [--rows 1000000] [--rows-per-second 40000] [--chunk-rows 50000]

The samples are taken as a run takes them, and the estimate is the page's own. At each tenth of the
copy's work the end it foretold is compared with the true one; a pause is no work.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks.measuring import derby_with, login_of, scratch_directory, toolchain
from benchmarks.transfer import create
from migrations_ui.live.rate import Estimate, Sample, foretell, sample_due
from migrations_ui.transfer.control import Decision, Silent, Unattended
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.pipeline import CopyOutcome, copy
from migrations_ui.transfer.plan import TransferPlan, plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.verify import verify
from pools.databases.connection import DatabaseLogin
from pools.lab.embedded import EmbeddedPostgreSQL

TICK_SECONDS = 0.25
SECOND = timedelta(seconds=1)
PAUSE_SECONDS = 10.0


@dataclass
class Recorder(Silent):
    """Samples as `steps.table_recorder` takes them."""

    rows: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    committed_at: datetime | None = None
    resumes: bool = True

    def chunk_committed(
        self, table: str, first_row: int, rows: int, rows_done: int, seconds: float
    ) -> None:
        self.rows[table] = rows_done
        self.committed_at = datetime.now(UTC)

    def tick(self) -> None:
        now, rows = self.committed_at or datetime.now(UTC), self.rows.total()
        last = self.samples[-1] if self.samples else None
        if last and last.rows == rows and not self.resumes:
            return
        if sample_due(began=self.began, last=last.at if last else None, now=now):
            self.samples.append(Sample(now, rows, self.resumes))
            self.resumes = False


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
        recorder, steering = Recorder(), Steering(cap, self.options.chunk_rows)
        shown: list[Shown] = []
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(TICK_SECONDS):
                recorder.tick()
                now = datetime.now(UTC)
                ahead = foretell(
                    recorder.samples,
                    rows_total=self.plan.row_count,
                    now=now,
                    cap=cap,
                    rows_to_key=self.plan.row_count if exclusive else 0,
                )
                shown.append(Shown(now, ahead))
                if pause_at and recorder.rows.total() >= pause_at:
                    steering.decision = Decision.PAUSE

        watching = threading.Thread(target=watch)
        watching.start()
        rest = None
        while self._copy(recorder, steering, exclusive=exclusive) is CopyOutcome.PAUSED:
            pause_at = None
            from_ = datetime.now(UTC)
            time.sleep(PAUSE_SECONDS)
            rest = (from_, datetime.now(UTC))
            # A resumed run has a recorder of its own.
            recorder.resumes, recorder.committed_at = True, None
            steering.decision = Decision.GO
        end = datetime.now(UTC)
        ended.set()
        watching.join()
        began = time.monotonic()
        verify(self.plan, source=self.source, login=self.login, run_id="bench")
        return Run(title, recorder.began, end, rest, shown, time.monotonic() - began)

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
