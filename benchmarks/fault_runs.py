"""Whole migrations with a fault in each step, counted: gone on alone, or a person was needed."""

from __future__ import annotations

import itertools
import random
import shutil
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.fault_kinds import Bench
from console.accounts.models import User
from migrations_ui.models import Migration, Purge
from migrations_ui.services.migrations import (
    check_migration,
    confirm_cutover,
    create_migration,
    retry_migration,
    roll_back_migration,
    start_migration,
)
from migrations_ui.services.purge import request_purge
from migrations_ui.states import (
    ENDED,
    STEP_ORDER,
    UNDO_ORDER,
    MigrationKind,
    MigrationStatus,
    StepName,
    StepStatus,
    VerificationStatus,
)
from pools.models import Pool, Server
from tests.lab_fixture import RunningLab
from tests.migrations_ui.whole_migrations import Rows, rows_in_derby, rows_in_pool

S = MigrationStatus
SERVER = "CN=trav4/O=Acme"
# Longer than any wait of the product's: what has not gone on by then never will.
STUCK_SECONDS = 300.0
POLL_SECONDS = 0.2
ROWS_PER_SECOND = 700
OPEN = (StepStatus.WAITING, StepStatus.RUNNING, StepStatus.FAILED)


class Ended(Exception):
    """The run has ended, or is stuck: its other steps are not reached."""


@dataclass(slots=True)
class Faults:
    """Makes them in turn, and counts. `until` is of the monotonic clock."""

    bench: Bench
    chance: random.Random
    until: float
    most: int
    made: Counter[str] = field(default_factory=Counter)
    needed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    _kinds: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        kinds = list(self.bench.kinds())
        self.chance.shuffle(kinds)
        self._kinds = itertools.cycle(kinds)

    def goes_on(self) -> bool:
        return self.made.total() < self.most and time.monotonic() < self.until

    def make(self, migration: Migration, where: str, passed: Callable[[], bool]) -> None:
        """One fault, then wait until the run is past it, with a person's help if need be."""
        if not self.goes_on():
            self.wait(migration, where, "no fault", passed)
            return
        kind = next(self._kinds)
        self.made[kind] += 1
        begun = time.monotonic()
        self.bench.kinds()[kind](self.bench, migration)
        self.wait(migration, where, kind, passed)
        self.seconds.append(time.monotonic() - begun)
        print(f"{where}: {kind}, {self.seconds[-1]:.0f} s", flush=True)

    def wait(self, migration: Migration, where: str, kind: str, passed: Callable[[], bool]) -> None:
        deadline = time.monotonic() + STUCK_SECONDS
        while not passed():
            migration.refresh_from_db()
            stuck = time.monotonic() > deadline
            if stuck or migration.state in {S.FAILED, S.REHEARSAL_FAILED}:
                self.needed.append(f"{where}, {kind}: {migration.failure or migration.status}")
                print("needed a person:", self.needed[-1], flush=True)
                if stuck or migration.state in ENDED:
                    raise Ended(where)
                help_on(migration)
            time.sleep(POLL_SECONDS)

    def compare(self, found: Rows, expected: Rows) -> None:
        for table, rows in expected.items():
            self.lost += len(rows - found[table])
            self.doubled += len(found[table] - rows)

    def lines(self) -> list[tuple[str, str]]:
        total = self.made.total()
        kinds = [(f"  {kind}", str(count)) for kind, count in sorted(self.made.items())]
        longest = f"{max(self.seconds):.0f} s" if self.seconds else "-"
        median = f"{statistics.median(self.seconds):.0f} s" if self.seconds else "-"
        return [
            ("faults", str(total)),
            *kinds,
            ("resumed alone", str(total - len(self.needed))),
            ("needed a person (goal 0)", str(len(self.needed))),
            ("rows lost", str(self.lost)),
            ("rows doubled or wrong", str(self.doubled)),
            ("fault to step passed, median", median),
            ("fault to step passed, longest", longest),
        ]


def help_on(migration: Migration) -> None:
    """As a person would: retry, or go on with the rollback."""
    if migration.is_going_back:
        roll_back_migration(migration, actor=migration.actor, typed_name="trav4")
    else:
        retry_migration(migration, actor=migration.actor)


def rehearse(faults: Faults, lab: RunningLab, actor: User) -> None:
    before = rows_in_pool(lab.directory.databases["pool"])
    migration = begin(faults, actor, MigrationKind.REHEARSAL)
    for name in STEP_ORDER[MigrationKind.REHEARSAL]:
        in_step(faults, migration, name)
    faults.wait(migration, "end of rehearsal", "", lambda: state(migration) is S.REHEARSED)
    faults.compare(rows_in_pool(lab.directory.databases["pool"]), before)


def to_the_gate(faults: Faults, lab: RunningLab, actor: User) -> None:
    """A migration up to its end; what is compared is what is there at the gate."""
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    migration = begin(faults, actor, MigrationKind.MIGRATION)
    steps = STEP_ORDER[MigrationKind.MIGRATION]
    gate = steps.index(StepName.CUTOVER)
    for name in steps[:gate]:
        in_step(faults, migration, name)
    faults.wait(migration, "gate", "", lambda: state(migration) is S.AWAITING_CUTOVER)
    copy = faults.bench.scratch / f"original-{migration.pk}"
    shutil.copytree(lab.directory.data(lab.host("trav4")) / "traveler" / "ntsdb", copy)
    original = rows_in_derby(copy, faults.bench.scratch / "derby.log")
    faults.compare(
        rows_in_pool(login), {table: rows | original[table] for table, rows in before.items()}
    )
    confirm_cutover(migration, actor=actor, typed_name="trav4")
    for name in steps[gate + 1 :]:
        in_step(faults, migration, name)
    faults.wait(migration, "end", "", lambda: state(migration) is S.FINISHED)


def roll_back_and_purge(faults: Faults, lab: RunningLab, actor: User) -> None:
    migration = Migration.objects.filter(status=S.FINISHED).latest("pk")
    roll_back_migration(migration, actor=actor, typed_name="trav4")
    for name in UNDO_ORDER:
        if migration.steps.filter(name=name).exists():
            in_undo(faults, migration, name)
    faults.wait(migration, "end of rollback", "", lambda: state(migration) is S.ROLLED_BACK)
    purge = request_purge(migration, actor=actor, typed_name="trav4")
    faults.make(migration, "purge", lambda: is_purged(purge))


def begin(faults: Faults, actor: User, kind: MigrationKind) -> Migration:
    migration = create_migration(
        Server.objects.get(domino_name=SERVER),
        Pool.objects.get(),
        actor=actor,
        kind=kind,
        rows_per_second=ROWS_PER_SECOND,
        drain_seconds=0,
    )
    check_migration(migration, actor=actor)
    faults.make(migration, "checks", lambda: state(migration) is not S.CHECKING)
    if state(migration) is not S.READY:
        # The report said what was away at that moment, as it should.
        check_migration(migration, actor=actor)
        faults.wait(migration, "checks again", "", lambda: state(migration) is S.READY)
    migration.refresh_from_db()
    start_migration(migration, actor=actor)
    return migration


def in_step(faults: Faults, migration: Migration, name: StepName) -> None:
    def is_done() -> bool:
        return status_of(migration, name) is StepStatus.DONE

    faults.wait(migration, name, "", lambda: status_of(migration, name) is not StepStatus.WAITING)
    faults.make(migration, name, is_done)


def in_undo(faults: Faults, migration: Migration, name: StepName) -> None:
    def is_undone() -> bool:
        return status_of(migration, name) in {StepStatus.UNDONE, StepStatus.WAITING}

    faults.wait(
        migration,
        f"rollback of {name}",
        "",
        lambda: is_undone() or status_of(migration, name) is StepStatus.RUNNING,
    )
    faults.make(migration, f"rollback of {name}", is_undone)


def status_of(migration: Migration, name: StepName) -> StepStatus:
    return StepStatus(migration.steps.values_list("status", flat=True).get(name=name))


def state(migration: Migration) -> MigrationStatus:
    return Migration.objects.get(pk=migration.pk).state


def is_purged(purge: Purge) -> bool:
    purge.refresh_from_db()
    return purge.status == VerificationStatus.DONE
