"""The list behind the bell."""

from __future__ import annotations

import pytest
from django.test import Client

from pools.models import Server
from pools.presentation.attention import things_needing_attention
from tests.factories import DatabaseConfigurationFactory, PoolFactory, ServerFactory

pytestmark = pytest.mark.django_db


def subjects() -> list[str]:
    return [item.subject for item in things_needing_attention()]


def test_nothing_needs_a_person_while_all_is_well() -> None:
    ServerFactory(healthy=True)
    ServerFactory(drained=True)

    assert subjects() == []


def test_the_worst_comes_first() -> None:
    ServerFactory(domino_name="CN=busy/O=Acme", busy=True)
    ServerFactory(domino_name="CN=old/O=Acme", unwatched=True)
    ServerFactory(domino_name="CN=dead/O=Acme", dead=True)

    assert subjects() == ["dead unavailable", "old last seen available", "busy constrained"]


def test_when_nothing_is_checked_it_is_the_console_and_not_every_server() -> None:
    ServerFactory.create_batch(9, unwatched=True)

    assert subjects() == ["9 servers are not checked"]


def test_many_unchecked_servers_are_compared_with_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bell is on every page: 400 of them took 79,800 comparisons."""
    ServerFactory.create_batch(40, unwatched=True)
    compared: list[object] = []
    equal = Server.__eq__

    def counted(one: Server, other: object) -> bool:
        compared.append(other)
        return equal(one, other)

    monkeypatch.setattr(Server, "__eq__", counted)

    assert subjects() == ["40 servers are not checked"]
    assert len(compared) <= 40


def test_a_retired_server_is_left_in_peace() -> None:
    server = ServerFactory(dead=True)
    server.retired_at = server.swept_at
    server.save()

    assert subjects() == []


def test_a_pool_whose_members_cannot_be_read_and_a_silent_database_are_reported() -> None:
    PoolFactory(name="Acme EU", members_failure="No server of the pool could be asked.")
    DatabaseConfigurationFactory(name="Traveler EU", unreachable=True)

    assert subjects() == ["Traveler EU does not answer", "Acme EU: members cannot be read"]


def test_the_bell_counts_in_words_for_those_who_do_not_see_it(administrator: Client) -> None:
    ServerFactory.create_batch(2, dead=True)

    bell = administrator.get("/audit/").content.decode().partition('id="bell"')[2]

    assert "■ 2" in bell
    assert "need you" in bell.partition("</a>")[0]
