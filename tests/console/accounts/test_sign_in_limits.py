"""Guessing gets slower: by account, by address, over all processes; the owner gets in all the
same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from console.accounts.models import SignInCounter
from console.accounts.sign_in_limits import (
    ACCOUNT,
    ADDRESS,
    PAIR,
    Limit,
    TooManyAttempts,
    begin_attempt,
    network_of,
)
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def failures_until_refused(attempt: Callable[[int], object], most: int = 40) -> int:
    """How many attempts were taken at one point in time."""
    for number in range(most):
        try:
            attempt(number)
        except TooManyAttempts:
            return number
    return most


def test_each_wait_is_longer_and_none_is_longer_than_five_minutes() -> None:
    begin_attempt("ada", "192.0.2.1", NOON).succeed(NOON)
    now, waits = NOON, []
    for _ in range(20):
        begin_attempt("ada", "192.0.2.1", now)
        try:
            begin_attempt("ada", "192.0.2.1", now)
        except TooManyAttempts as limit:
            waits.append(limit.seconds)
            now += timedelta(seconds=limit.seconds)

    assert waits[:4] == [10, 20, 40, 80]
    assert max(waits) == 300


def test_many_names_from_one_address_are_slowed_down() -> None:
    taken = failures_until_refused(lambda n: begin_attempt(f"name{n}", "192.0.2.1", NOON))

    assert taken == ADDRESS.free


def test_one_name_from_many_addresses_is_slowed_down() -> None:
    taken = failures_until_refused(lambda n: begin_attempt("ada", f"192.0.2.{n}", NOON))

    assert taken == ACCOUNT.free


def test_addresses_of_one_ipv6_network_are_one() -> None:
    taken = failures_until_refused(lambda n: begin_attempt(f"n{n}", f"2001:db8::{n:x}", NOON))

    assert taken == ADDRESS.free
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("no address") == network_of("") == "unknown"


def test_the_owner_gets_in_from_a_known_address_while_others_guess() -> None:
    begin_attempt("ada", "198.51.100.7", NOON).succeed(NOON)
    failures_until_refused(lambda n: begin_attempt("ada", f"192.0.2.{n}", NOON))
    failures_until_refused(lambda n: begin_attempt(f"name{n}", "198.51.100.7", NOON))

    begin_attempt("ada", "198.51.100.7", NOON).succeed(NOON)
    with pytest.raises(TooManyAttempts):
        begin_attempt("ada", "203.0.113.9", NOON)
    with pytest.raises(TooManyAttempts):
        begin_attempt("eve", "198.51.100.7", NOON)


def test_a_known_address_is_forgotten_after_a_month() -> None:
    begin_attempt("ada", "198.51.100.7", NOON - timedelta(days=31)).succeed(
        NOON - timedelta(days=31)
    )
    failures_until_refused(lambda n: begin_attempt("ada", f"192.0.2.{n}", NOON))

    with pytest.raises(TooManyAttempts):
        begin_attempt("ada", "198.51.100.7", NOON)


def test_one_name_written_otherwise_is_one_name() -> None:
    spelled = ["ada", "ADA", "Ada", "ａｄａ"]
    taken = failures_until_refused(lambda n: begin_attempt(spelled[n % 4], "192.0.2.1", NOON))

    assert taken == PAIR.free


def test_success_takes_back_what_it_was_charged() -> None:
    for number in range(30):
        begin_attempt(f"name{number}", "192.0.2.1", NOON).succeed(NOON)

    assert SignInCounter.objects.filter(failures__gt=0).count() == 0


def test_a_refused_attempt_prolongs_no_delay() -> None:
    failures_until_refused(lambda n: begin_attempt("ada", "192.0.2.1", NOON))
    before = list(SignInCounter.objects.order_by("key").values())
    with pytest.raises(TooManyAttempts):
        begin_attempt("ada", "192.0.2.1", NOON + timedelta(seconds=1))

    assert list(SignInCounter.objects.order_by("key").values()) == before


def test_an_hour_without_failures_starts_from_zero_and_leaves_no_rows() -> None:
    failures_until_refused(lambda n: begin_attempt("ada", f"192.0.2.{n}", NOON))
    later = NOON + timedelta(hours=1, seconds=1)

    assert failures_until_refused(lambda n: begin_attempt("eve", f"198.51.100.{n}", later)) == 10
    assert not SignInCounter.objects.stale(later).exists()


@pytest.mark.parametrize("failures", [0, 1, 5, 100, 10**9])
def test_no_number_of_failures_overflows(failures: int) -> None:
    limit = Limit("test", free=1, longest=timedelta(minutes=15))

    assert limit.delay_after(failures) <= timedelta(minutes=15)


def api_sign_in(name: str, password: str = "", **extra: Any) -> int:
    client = APIClient()
    typed = {"username": name, "password": password or "wrong"}
    return client.post("/api/v1/auth/token/", typed, format="json", **extra).status_code


def test_a_header_that_anybody_writes_passes_no_limit() -> None:
    """Case 08."""
    answers = [
        api_sign_in(f"nobody{n}", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 198.51.100.7")
        for n in range(30)
    ]

    assert answers == [400] * ADDRESS.free + [429] * 20


def test_page_and_api_count_together() -> None:
    UserFactory(username="ada")
    for _ in range(3):
        Client().post("/accounts/sign-in/", {"username": "ada", "password": "wrong"})
    answers = [api_sign_in("ada") for _ in range(3)]

    assert answers == [400, 400, 429]
    assert api_sign_in("ada", PASSWORD) == 429


def test_a_refusal_says_when_to_come_again() -> None:
    for _ in range(PAIR.free):
        api_sign_in("ada")
    typed = {"username": "ada", "password": "wrong"}
    answer = APIClient().post("/api/v1/auth/token/", typed, format="json")

    assert 0 < int(answer["Retry-After"]) <= 10
    assert "Too many failed attempts to sign in" in answer.json()["detail"]


def test_an_administrator_lifts_the_delay() -> None:
    failures_until_refused(lambda n: begin_attempt("ada", f"192.0.2.{n}", NOON))
    out = StringIO()
    call_command("reset_sign_in_limits", "--name", "Ada", stdout=out)

    assert "lifted" in out.getvalue()
    begin_attempt("ada", "203.0.113.9", NOON)
    with pytest.raises(CommandError):
        call_command("reset_sign_in_limits")
