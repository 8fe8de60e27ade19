"""`may`, and the rows within a person's reach."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from console.accounts.capabilities import OF_ALL_POOLS, Capability
from console.accounts.models import User
from console.accounts.permissions import NO_ACCESS, access_of, may, may_any, scoped
from console.accounts.roles import ROLES, Role
from pools.models import Server
from tests.factories import PoolFactory, ServerFactory, UserFactory

LOOKING_UP = {Capability.LOOK_UP_USERS, Capability.QUERY_USER, Capability.USE_API}


def test_an_administrator_may_do_everything_the_helpdesk_looks_up_and_the_others_nothing() -> None:
    assert access_of(User(role=Role.ADMINISTRATOR)).capabilities == set(Capability)
    assert access_of(User(role=Role.HELPDESK)).capabilities == LOOKING_UP
    assert not access_of(User(role=Role.NONE)).capabilities
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize(
    "person",
    [
        User(role=Role.ADMINISTRATOR, is_active=False),
        User(is_superuser=True, is_active=False),
        User(role="a role of another version"),
        AnonymousUser(),
        None,
    ],
)
def test_who_is_switched_off_or_unknown_may_do_nothing(
    person: User | AnonymousUser | None,
) -> None:
    assert not access_of(person).capabilities
    assert not any(may(person, capability) for capability in Capability)


def test_a_superuser_is_an_administrator_of_all_pools() -> None:
    root = User(is_superuser=True, role=Role.NONE, all_pools=False)

    assert access_of(root).capabilities == set(Capability)
    assert may(root, Capability.DRAIN_SERVER, None)


def test_of_no_capability_nobody_has_one() -> None:
    assert not may_any(User(role=Role.ADMINISTRATOR), frozenset())


def test_each_capability_says_in_one_sentence_what_it_allows() -> None:
    assert len(Capability) <= 25
    for capability in Capability:
        assert capability.label.endswith("."), capability
        assert capability.label.count(".") == 1, capability


@pytest.mark.django_db
def test_a_role_for_some_pools_holds_there_and_nowhere_else() -> None:
    ours, theirs = PoolFactory(), PoolFactory()
    person = UserFactory(all_pools=False)
    person.pools.add(ours)

    assert may(person, Capability.DRAIN_SERVER)
    assert may(person, Capability.DRAIN_SERVER, ours)
    assert not may(person, Capability.DRAIN_SERVER, theirs)
    # What belongs to no pool belongs to people with all of them.
    assert not may(person, Capability.DRAIN_SERVER, None)
    assert access_of(person).capabilities == set(Capability) - OF_ALL_POOLS


@pytest.mark.django_db
def test_a_role_for_no_pool_reaches_no_row() -> None:
    server = ServerFactory(pool=PoolFactory())
    rows = Server.objects.all()

    assert list(scoped(rows, UserFactory())) == [server]
    assert not scoped(rows, UserFactory(all_pools=False))
    assert not NO_ACCESS.scoped(rows)
