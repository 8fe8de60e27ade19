"""Why a device does not sync: one sentence, from what is known and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pools.models import Device
from pools.presentation.diagnosis import Diagnosis, Serving, diagnose
from pools.presentation.server_state import StateWord

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = StateWord("good", "available")
DEAD = StateWord("bad", "unavailable")
BUSY = StateWord("warn", "constrained")


def reported(
    *, quiet: timedelta | None = timedelta(days=3), serving: Serving | None = None, **facts: Any
) -> Diagnosis:
    device = Device(last_sync_at=None if quiet is None else NOW - quiet, **facts)
    return diagnose(device, serving=serving or Serving("trav1", GOOD, [GOOD, GOOD]), now=NOW)


def test_a_device_that_synced_today_works() -> None:
    assert reported(quiet=timedelta(minutes=2)) == Diagnosis("good", "Works: it synced 2 min ago.")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"access_status": 1}, "access is denied"),
        ({"access_status": 2}, "prohibited"),
        ({"approval_policy": 1}, "waits for approval"),
        ({"approval_policy": 8}, "approval was denied"),
        ({"policy_compliance": 2}, "does not comply"),
        ({"policy_compliance": 1}, "client does not support"),
    ],
)
def test_what_the_server_refuses_is_the_cause(facts: dict[str, Any], words: str) -> None:
    assert words in reported(**facts).sentence
    assert reported(**facts).tone in ("bad", "warn")


def test_a_refusal_counts_even_when_the_last_sync_was_a_minute_ago() -> None:
    assert "access is denied" in reported(quiet=timedelta(minutes=1), access_status=1).sentence


def test_a_missing_policy_is_no_reason_while_the_device_syncs() -> None:
    assert reported(quiet=timedelta(minutes=2), policy_compliance=2).tone == "good"


def test_a_dead_server_is_said_and_that_another_takes_over() -> None:
    serving = Serving("trav1", DEAD, [DEAD, GOOD])

    assert "trav1 is unavailable" in reported(serving=serving).sentence
    assert "takes over" in reported(serving=serving).sentence


def test_when_no_server_is_left_nobody_can_sync() -> None:
    serving = Serving("trav1", DEAD, [DEAD, DEAD])

    assert (
        "none of its servers is available"
        in reported(quiet=timedelta(minutes=2), serving=serving).sentence
    )


def test_a_constrained_server_lets_new_syncs_wait() -> None:
    assert "busy" in reported(serving=Serving("trav2", BUSY, [BUSY, GOOD])).sentence


def test_a_mail_file_that_the_server_may_not_open_is_the_cause_of_silence_only() -> None:
    serving = Serving("trav1", GOOD, [GOOD], mail_file_closed=True)

    assert "no access rights to this user's mail file" in reported(serving=serving).sentence
    assert reported(quiet=timedelta(minutes=2), serving=serving).tone == "good"


def test_a_device_that_never_synced_says_so() -> None:
    assert "never synced" in reported(quiet=None).sentence


def test_without_a_cause_the_device_itself_is_the_next_place_to_look() -> None:
    assert "not synced for 3 days" in reported().sentence
    assert "look at the device" in reported().sentence


def test_a_device_that_is_silent_for_months_is_probably_no_longer_in_use() -> None:
    long_ago = timedelta(days=300)
    sentence = "Probably no longer in use: it has not synced for 300 days."
    assert reported(quiet=long_ago) == Diagnosis("unknown", sentence)
    dead = Serving("trav1", DEAD, [DEAD, GOOD])
    assert "no longer in use" in reported(quiet=long_ago, serving=dead).sentence
    assert "access is denied" in reported(quiet=long_ago, access_status=1).sentence
    assert "no longer in use" not in reported(quiet=timedelta(days=80)).sentence


def test_a_vanished_device_is_not_explained_by_anything_else() -> None:
    assert "no longer lists" in reported(gone_at=NOW, access_status=1).sentence
