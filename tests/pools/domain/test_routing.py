"""Routing: the vendor's two worked examples, each rule, and what holds for every pool."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.routing import (
    DRAINED,
    Ownership,
    Reason,
    RoutingCandidate,
    RoutingDecision,
    RoutingRules,
    decide_server,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=2)


def pool(*indexes: int) -> list[RoutingCandidate]:
    return [
        RoutingCandidate(f"server{number}", index) for number, index in enumerate(indexes, start=1)
    ]


def owned_by(name: str | None, *, since: datetime = LONG_AGO) -> Ownership:
    return Ownership(master=name, since=since, last_connect=NOW - timedelta(minutes=1))


def decide(
    candidates: list[RoutingCandidate], ownership: Ownership, local: str = "server1"
) -> RoutingDecision:
    return decide_server(candidates, ownership, local=local, now=NOW)


def test_equal_indexes_stay_with_the_master() -> None:
    """domain.md 5, first example: 90 (local), 90, 90 (master) gives 100/90/110."""
    assert decide(pool(90, 90, 90), owned_by("server3")) == RoutingDecision("server3", Reason.KEPT)


def test_a_much_higher_index_beats_both_biases() -> None:
    """domain.md 5, second example: 70 (local), 90, 50 (master) gives 80/90/70."""
    decision = decide(pool(70, 90, 50), owned_by("server3"))
    assert decision == RoutingDecision("server2", Reason.SWITCHED, becomes_master=True)


def test_a_switch_is_blocked_for_ten_minutes_after_the_last() -> None:
    recent = owned_by("server3", since=NOW - timedelta(minutes=9, seconds=59))
    assert decide(pool(70, 90, 50), recent) == RoutingDecision("server3", Reason.BLOCKED)
    old = owned_by("server3", since=NOW - timedelta(minutes=10))
    assert decide(pool(70, 90, 50), old).server == "server2"


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param(RoutingCandidate("server3", 90, alive=False), id="dead"),
        pytest.param(RoutingCandidate("server3", -5), id="constrained"),
        pytest.param(RoutingCandidate("server3", DRAINED), id="drained"),
    ],
)
def test_a_master_that_takes_no_requests_is_replaced_in_spite_of_the_block(
    gone: RoutingCandidate,
) -> None:
    decision = decide([*pool(40, 60), gone], owned_by("server3", since=NOW))
    assert decision == RoutingDecision("server2", Reason.TAKEN_OVER, becomes_master=True)


def test_a_master_expires_after_a_day_without_a_device() -> None:
    ownership = Ownership("server3", since=LONG_AGO, last_connect=NOW - timedelta(hours=24))
    decision = decide(pool(90, 90, 90), ownership)
    assert decision == RoutingDecision("server1", Reason.EXPIRED, becomes_master=True)


def test_a_new_user_goes_to_the_highest_sum() -> None:
    assert decide(pool(80, 85), Ownership()) == RoutingDecision("server1", Reason.FIRST, True)
    assert decide(pool(80, 95), Ownership()) == RoutingDecision("server2", Reason.FIRST, True)


def test_a_drained_server_still_serves_the_users_bound_to_it() -> None:
    ownership = Ownership("server1", since=LONG_AGO, last_connect=LONG_AGO, bound_to="server1")
    assert decide(pool(DRAINED, 90), ownership) == RoutingDecision("server1", Reason.BOUND)


def test_a_bound_user_moves_when_the_server_dies() -> None:
    candidates = [RoutingCandidate("server1", 90, alive=False), RoutingCandidate("server2", 10)]
    assert (
        decide(candidates, Ownership("server1", LONG_AGO, LONG_AGO, "server1")).server == "server2"
    )


def test_a_pool_that_is_all_constrained_refuses() -> None:
    decision = decide([*pool(-1, -100), RoutingCandidate("server3", 50, alive=False)], Ownership())
    assert decision == RoutingDecision(None, Reason.ALL_CONSTRAINED)


def test_a_pool_without_an_available_server_refuses() -> None:
    assert decide(pool(DRAINED), Ownership()) == RoutingDecision(None, Reason.NONE_AVAILABLE)


def test_accelerated_rules_shorten_times_only() -> None:
    rules = RoutingRules().accelerated(3600)
    assert rules.master_expiry == timedelta(seconds=24)
    assert (rules.local_bias, rules.master_bias) == (10, 20)


candidates_of_a_pool = st.lists(
    st.builds(
        RoutingCandidate,
        name=st.sampled_from([f"server{number}" for number in range(1, 6)]),
        availability_index=st.sampled_from([DRAINED, -100, -1, 0, 1, 50, 89, 90, 100]),
        alive=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda candidate: candidate.name,
)
names = st.sampled_from([f"server{number}" for number in range(1, 6)])
moments = st.integers(0, 50 * 3600).map(lambda seconds: NOW - timedelta(seconds=seconds))
ownerships = st.builds(
    Ownership,
    master=st.none() | names,
    since=st.none() | moments,
    last_connect=st.none() | moments,
    bound_to=st.none() | names,
)


@given(candidates_of_a_pool, ownerships, names)
def test_every_decision_is_one_the_pool_can_carry_out(
    candidates: list[RoutingCandidate], ownership: Ownership, local: str
) -> None:
    decision = decide(candidates, ownership, local)
    by_name = {candidate.name: candidate for candidate in candidates}
    if decision.server is None:
        assert not any(candidate.takes_requests for candidate in candidates)
        assert not decision.becomes_master
        return
    chosen = by_name[decision.server]
    assert chosen.alive
    assert chosen.takes_requests or decision.reason is Reason.BOUND
    assert decision.becomes_master or decision.server == ownership.master


@given(candidates_of_a_pool, ownerships, names)
def test_the_decision_is_stable_once_carried_out(
    candidates: list[RoutingCandidate], ownership: Ownership, local: str
) -> None:
    """A user who has just been given a master stays there at the next connect."""
    first = decide(candidates, ownership, local)
    if first.server is None:
        return
    since = NOW if first.becomes_master else ownership.since
    after = Ownership(first.server, since, last_connect=NOW, bound_to=ownership.bound_to)
    again = decide(candidates, after, local)
    assert again.server == first.server
    assert not again.becomes_master


@given(candidates_of_a_pool, ownerships, names, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(
    candidates: list[RoutingCandidate], ownership: Ownership, local: str, random: Random
) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert decide(shuffled, ownership, local) == decide(candidates, ownership, local)
