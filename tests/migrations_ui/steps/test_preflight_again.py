"""The checks at the start of a run: what blocks because it is away for a moment is waited for."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from migrations_ui.models import Finding
from migrations_ui.runner.outages import what_is_away
from migrations_ui.states import Outcome
from migrations_ui.steps import preflight
from migrations_ui.steps.errors import StepFailed
from pools.databases.errors import DatabaseLoginRefused, DatabasePortClosed
from pools.gateways.errors import ConnectionLost, LocalDiskFull

BLOCKED = Finding(title="Port answers", seen="Nothing answers.", outcome=Outcome.BLOCKER)
PASSED = Finding(title="Port answers", seen="db:5432", outcome=Outcome.PASSED)


@pytest.fixture
def context() -> Any:
    """A step's context whose host and database can be opened."""
    database = SimpleNamespace(login=lambda: None)
    return SimpleNamespace(
        migration=SimpleNamespace(pool=SimpleNamespace(database=database)),
        open_host=nullcontext,
        log=lambda *_, **__: None,
    )


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[list[Finding]]:
    """What the checks find, one report after the other."""
    found: list[list[Finding]] = []
    monkeypatch.setattr(preflight, "_check", lambda _: found.pop(0))
    monkeypatch.setattr(preflight, "open_connection", lambda _: nullcontext())
    return found


def failing(error: Exception) -> Any:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_what_was_away_for_a_moment_is_looked_at_again(
    context: Any, reports: list[list[Finding]]
) -> None:
    reports += [[BLOCKED], [PASSED]]
    assert preflight.run(context) == "1 checks, 0 warnings."


def test_a_database_or_a_server_that_is_away_is_raised_to_be_waited_for(
    context: Any, reports: list[list[Finding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports += [[BLOCKED], [BLOCKED]]
    monkeypatch.setattr(preflight, "open_connection", failing(DatabasePortClosed()))
    with pytest.raises(DatabasePortClosed):
        preflight.run(context)
    context.open_host = failing(ConnectionLost())
    with pytest.raises(ConnectionLost):
        preflight.run(context)


def test_room_on_the_worker_s_disk_is_waited_for(
    context: Any, reports: list[list[Finding]]
) -> None:
    full = Finding(
        check_id="disk", seen="has 0.00 GB free.", remedy="Make room.", outcome=Outcome.BLOCKER
    )
    reports += [[full], [full]]
    with pytest.raises(LocalDiskFull, match=r"has 0\.00 GB free") as told:
        preflight.run(context)
    assert what_is_away(told.value)
    assert told.value.remedy == "Make room."


def test_what_only_a_person_mends_is_the_report_s(
    context: Any, reports: list[list[Finding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports += [[BLOCKED], [BLOCKED]]
    monkeypatch.setattr(preflight, "open_connection", failing(DatabaseLoginRefused()))
    with pytest.raises(StepFailed, match="Port answers: Nothing answers"):
        preflight.run(context)
