"""Faults in every step of whole migrations: what goes on by itself, and what needs a person.

    python -m benchmarks.faults [--faults 60] [--seconds 1800] [--seed 1]

A console with its workers under the supervisor, a lab of two hosts, PostgreSQL and Redis. In each
step of a rehearsal, a migration, its rollback and the purge after it, one thing breaks for a while;
then the run has to pass that step. Rows are compared with plain SQL at the gate and at the end.
As root, the worker's directory and the databases' tablespace are small disks that fill up as well.
"""

# ruff: noqa: E402 - Django has to be set up before its models are imported

from __future__ import annotations

import argparse
import os
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SCRATCH = tempfile.TemporaryDirectory(prefix="lifeguard-faults-")
os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "LIFEGUARD_ENV_FILE": os.devnull,
        "LIFEGUARD_WORK_DIR": str(Path(SCRATCH.name) / "work"),
        "LIFEGUARD_LEASE_SECONDS": "5",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "HTTPS": "false",
        "DATABASE_URL": f"sqlite:///{SCRATCH.name}/console.sqlite3",
    }
)

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.redis import EmbeddedRedis

REDIS = EmbeddedRedis(Path(SCRATCH.name) / "redis")
# Its password is part of the address.
REDIS.prepare()
os.environ["REDIS_URL"] = REDIS.url

import django

django.setup()

from django.core.management import call_command

from benchmarks.fault_kinds import Bench, console_of
from benchmarks.fault_runs import Ended, Faults, rehearse, roll_back_and_purge, to_the_gate
from benchmarks.measuring import print_table
from benchmarks.small_disks import may_mount, move_new_databases, small_disk
from console.accounts.models import User
from console.accounts.roles import Role
from pools.lab.enrolment import enroll_lab
from pools.services.schedules import ensure_schedules
from tests.lab_fixture import RunningLab, running_lab

WORKER_DISK, DATABASE_DISK = "worker's disk", "database's disk"
Part = Callable[[Faults, RunningLab, User], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=1800)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    scratch = Path(SCRATCH.name)
    until = time.monotonic() + options.seconds
    with (
        small_disks(scratch) as disks,
        REDIS as redis,
        EmbeddedPostgreSQL(scratch / "postgresql") as postgresql,
    ):
        if disks:
            move_new_databases(postgresql, disks[DATABASE_DISK])
        call_command("migrate", verbosity=0)
        ensure_schedules()
        actor = User.objects.create(username="bench", role=Role.ADMINISTRATOR)
        with (
            running_lab(scratch, postgresql, hosts=["trav1", "trav4"]) as lab,
            console_of(scratch) as supervisor,
        ):
            enroll_lab(lab.directory)
            bench = Bench(supervisor, redis, postgresql, scratch, disks)
            faults = Faults(bench, random.Random(options.seed), until, options.faults)
            while faults.goes_on():
                for part in (rehearse, to_the_gate, roll_back_and_purge):
                    if faults.goes_on():
                        carry_out(part, faults, lab, actor)
    print_table(faults.lines())


@contextmanager
def small_disks(scratch: Path) -> Iterator[dict[str, Path]]:
    """By the words of their fault; none where no disk can be mounted, which is said."""
    if not may_mount():
        print("only root may mount the disks that fill up: left out", flush=True)
        yield {}
        return
    with small_disk(scratch / "work") as work, small_disk(scratch / "tablespace") as tablespace:
        yield {WORKER_DISK: work, DATABASE_DISK: tablespace}


def carry_out(part: Part, faults: Faults, lab: RunningLab, actor: User) -> None:
    try:
        part(faults, lab, actor)
    except Ended as at:
        print(f"ended in {at}", flush=True)


if __name__ == "__main__":
    main()
