"""When a server is said to be back, and when it is down for longer than anybody expected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from migrations_ui.progress.outage_clock import OutageClock, StepTimes, read_clock

STOP_AT = datetime(2026, 6, 15, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return STOP_AT + timedelta(seconds=seconds)


def step(
    name: str,
    expected: float | None,
    began: float | None = None,
    ended: float | None = None,
    *,
    waits_for_person: bool = False,
) -> StepTimes:
    return StepTimes(
        label=name,
        began_at=None if began is None else at(began),
        ended_at=None if ended is None else at(ended),
        expected=None if expected is None else timedelta(seconds=expected),
        waits_for_person=waits_for_person,
    )


GATE = step("cutover", None, waits_for_person=True)


def clock(
    *steps: StepTimes, now: float, **given: timedelta | datetime | bool | None
) -> OutageClock:
    given.setdefault("ended_at", None)
    read = read_clock(steps, now=at(now), **given)  # type: ignore[arg-type]  # kinds by name
    assert read is not None
    return read


def test_before_the_stop_there_is_no_outage() -> None:
    assert read_clock([step("stop", 15)], now=at(0), ended_at=None) is None


def test_what_is_left_is_the_rest_of_the_step_under_way_and_all_steps_after_it() -> None:
    read = clock(step("stop", 15, 0, 20), step("backup", 60, 20), step("start", 30), now=40)
    assert read.down == timedelta(seconds=40)
    assert read.remaining == timedelta(seconds=40 + 30)
    assert read.spread == timedelta(seconds=7)


def test_a_step_that_takes_longer_than_expected_is_about_to_end() -> None:
    read = clock(step("stop", 15, 0, 15), step("backup", 10, 15), step("start", 30), now=60)
    assert read.remaining == timedelta(seconds=30)


def test_what_the_copy_itself_says_of_its_end_counts_more_than_earlier_runs() -> None:
    read = clock(
        step("stop", 15, 0, 15),
        step("copy", 10, 15),
        step("start", 30),
        now=20,
        left_of_current=timedelta(seconds=300),
        spread_of_current=timedelta(seconds=90),
    )
    assert read.remaining == timedelta(seconds=330)
    assert read.spread == timedelta(seconds=90)


def test_the_time_of_a_person_is_in_no_forecast() -> None:
    read = clock(step("stop", 15, 0, 10), step("copy", 9, 10), GATE, step("start", 30), now=15)
    assert read.needs_person
    assert read.until_person == timedelta(seconds=4)
    assert read.remaining == timedelta(seconds=34)
    assert read.expected == timedelta(seconds=54)


def test_nobody_knows_when_a_paused_run_goes_on() -> None:
    read = clock(step("stop", 15, 0, 15), step("start", 30), now=15, stands_still=True)
    assert read.needs_person
    assert read.remaining is read.until_person is None


def test_after_the_gate_no_person_is_needed() -> None:
    gate = step("cutover", None, 15, 90, waits_for_person=True)
    read = clock(step("stop", 15, 0, 15), gate, step("start", 30, 90), now=91)
    assert not read.needs_person
    assert read.until_person is None
    assert read.remaining == timedelta(seconds=29)


def test_a_step_before_the_gate_makes_the_rest_unknown_and_the_gate_too() -> None:
    read = clock(step("stop", None, 0), GATE, step("start", 30), now=5)
    assert read.until_person is None


def test_a_step_that_was_never_measured_leaves_the_end_unknown() -> None:
    read = clock(step("stop", 15, 0, 15), step("backup", None, 15), step("start", 30), now=15)
    assert read.remaining is read.spread is read.expected is read.overdue is None


def test_an_unmeasured_step_that_knows_its_own_end_makes_the_rest_known() -> None:
    read = clock(
        step("copy", None, 0), step("start", 30), now=1, left_of_current=timedelta(seconds=9)
    )
    assert read.remaining == timedelta(seconds=39)


def test_it_is_overdue_only_beyond_what_a_forecast_may_err() -> None:
    steps = step("stop", 100, 0), step("start", 100)
    assert clock(*steps, now=219).overdue is None
    assert clock(*steps, now=221).overdue == timedelta(seconds=21)


def test_waiting_for_a_person_makes_nothing_overdue() -> None:
    steps = step("stop", 10, 0, 10), step("start", 10)
    assert clock(*steps, now=500, waited=timedelta(seconds=490)).overdue is None


def test_once_the_server_serves_nothing_is_left() -> None:
    read = clock(step("stop", 15, 0, 15), step("start", 30, 15, 50), now=900, ended_at=at(50))
    assert read.down == timedelta(seconds=50)
    assert read.remaining is read.spread is None
    assert not read.needs_person


def test_a_run_that_is_taken_back_has_no_forecast() -> None:
    read = clock(step("stop", 15, 0, 15), GATE, step("start", 30), now=900, goes_back=True)
    assert read.remaining is read.overdue is None
    assert read.down == timedelta(seconds=900)
