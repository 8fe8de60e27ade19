"""One word for a server and for a pool; what is old is never green."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pools.presentation.server_state import StateWord, word_for, word_for_database, word_for_pool
from pools.states import Availability, OverallStatus
from tests.factories import DatabaseConfigurationFactory, ServerFactory


@pytest.mark.parametrize(
    ("trait", "tone", "word"),
    [
        ("healthy", "good", "available"),
        ("busy", "warn", "constrained"),
        ("drained", "away", "drained"),
        ("dead", "bad", "unavailable"),
        ("unwatched", "unknown", "last seen available"),
    ],
)
def test_each_condition_has_its_shape_and_word(trait: str, tone: str, word: str) -> None:
    server = ServerFactory.build(**{trait: True})

    assert (word_for(server).tone, word_for(server).word) == (tone, word)


def test_a_server_that_was_never_checked_says_so() -> None:
    assert word_for(ServerFactory.build()).word == "not checked yet"


def test_nothing_stale_is_green_whatever_it_was() -> None:
    old = timezone.now() - timedelta(minutes=10)
    server = ServerFactory.build(healthy=True, swept_at=old, seen_at=old)

    assert word_for(server).tone == "unknown"


def test_unavailable_hides_everything_else() -> None:
    server = ServerFactory.build(
        busy=True, availability=Availability.UNAVAILABLE, overall_status=OverallStatus.RED
    )

    assert word_for(server).word == "unavailable"


def test_red_hides_constrained() -> None:
    assert word_for(ServerFactory.build(busy=True, overall_status=OverallStatus.RED)).word == "red"


def test_a_negative_index_is_constrained_even_when_the_flag_is_not_known() -> None:
    server = ServerFactory.build(healthy=True, availability_index=-1, constrained=None)

    assert word_for(server).word == "constrained"


def test_a_yellow_server_says_why() -> None:
    server = ServerFactory.build(
        healthy=True,
        overall_status=OverallStatus.YELLOW,
        status_reasons="Disk space is low.\nErrors have been logged.",
    )

    assert word_for(server).word == "yellow"
    assert word_for(server).reason == "Disk space is low. Errors have been logged."


@pytest.mark.parametrize(
    ("tones", "word"),
    [
        ([], "no server yet"),
        (["good"], "available"),
        (["good", "good"], "all available"),
        (["bad"], "unavailable"),
        (["bad", "bad"], "all unavailable"),
        (["good", "away"], "1 drained, 1 available"),
        (["good", "warn", "warn"], "2 constrained, 1 available"),
        (["unknown", "bad", "good"], "1 unavailable, 1 not checked yet, 1 available"),
    ],
)
def test_a_pool_names_all_states_of_its_servers_worst_first(tones: list[str], word: str) -> None:
    called = {
        "good": "available",
        "warn": "constrained",
        "away": "drained",
        "unknown": "not checked yet",
        "bad": "unavailable",
    }
    words = [StateWord(tone, called[tone]) for tone in tones]  # type: ignore[arg-type]

    assert word_for_pool(words).word == word


def test_one_unavailable_server_hides_no_others() -> None:
    words = [StateWord("bad", "unavailable"), *[StateWord("warn", "constrained")] * 5]
    words += [StateWord("good", "available")] * 2

    assert word_for_pool(words) == StateWord("bad", "1 unavailable, 5 constrained, 2 available")


def test_a_pool_without_its_database_is_not_calm() -> None:
    words = [StateWord("good", "available")] * 2
    red = word_for_database(DatabaseConfigurationFactory.build(unreachable=True))
    green = word_for_database(DatabaseConfigurationFactory.build(checked=True))

    assert word_for_pool(words, red) == StateWord("bad", "database does not answer, 2 available")
    assert word_for_pool([], red).tone == "bad"
    assert word_for_pool(words, green) == word_for_pool(words, None)
    assert word_for_database(DatabaseConfigurationFactory.build()) is None
