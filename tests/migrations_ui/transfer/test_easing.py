"""A database that becomes slow, and the copy into it: real ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.easing import Easing
from migrations_ui.transfer.pipeline import CopyOutcome
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import (
    NO_DIFFERENCES,
    create_in_derby,
    create_in_target,
    differences,
)
from tests.migrations_ui.transfer.runs import Steering, Watcher, run_copy

# The brake is on while the copy learns what is usual, so that a busy machine's own delays are small
# beside it.
USUAL_SECONDS, SLOW_SECONDS, NO_BRAKE = 0.1, 0.5, 0.0
SLOW_FROM, SLOW_UNTIL = 7, 13


@dataclass
class PaceWatcher(Watcher):
    paces: list[str] = field(default_factory=list)

    def slowed(self, times: float) -> None:
        assert times >= 3
        self.paces.append("slowed")

    def recovered(self, *, accepted: bool) -> None:
        self.paces.append("accepted" if accepted else "recovered")


def test_the_copy_slows_down_with_its_database_and_recovers_with_it(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
) -> None:
    create_in_derby(derby, "many", 100_000)
    create_in_target(target, "many")
    target.execute("CREATE TABLE brake (seconds float)")
    target.execute("INSERT INTO brake VALUES (%s)", [USUAL_SECONDS])
    login = database_login
    brake = psycopg.connect(
        f"host={login.host} port={login.port} dbname={login.name} user={login.user}",
        password=login.password,
        autocommit=True,
    )

    def after_chunk(count: int) -> None:
        if count == 1:
            brake.execute(
                "CREATE FUNCTION brake() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "PERFORM pg_sleep(seconds) FROM brake; RETURN NEW; END $$"
            )
            brake.execute(
                "CREATE TRIGGER brake BEFORE INSERT ON lg_chunk FOR EACH ROW "
                "EXECUTE FUNCTION brake()"
            )
        elif count == SLOW_FROM:
            brake.execute("UPDATE brake SET seconds = %s", [SLOW_SECONDS])
        elif count == SLOW_UNTIL:
            brake.execute("UPDATE brake SET seconds = %s", [NO_BRAKE])

    watcher = PaceWatcher(after_chunk=after_chunk)
    with open_source() as source:
        result = run_copy(source, database_login, observer=watcher)
    brake.close()
    assert result.outcome is CopyOutcome.FINISHED
    assert watcher.paces == ["slowed", "recovered"]
    assert differences(derby, target, "many") == NO_DIFFERENCES


def test_a_pause_for_the_databases_sake_ends_when_the_run_is_to_rest() -> None:
    control, watcher = Steering(), PaceWatcher()
    easing = Easing(control, watcher)
    control.decision = Decision.PAUSE
    for seconds in [0.1] * 5 + [10.0] * 30:
        # Each pause of two seconds would be waited out otherwise, and the test never end.
        easing.after_chunk("many", 50_000, seconds)
    assert watcher.paces == ["slowed"]
