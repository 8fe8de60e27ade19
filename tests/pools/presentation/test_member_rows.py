"""A pool's table: what `hadr show` lists beside what is entered here."""

from __future__ import annotations

import pytest
from django.utils import timezone

from pools.models import Pool
from pools.presentation.member_rows import MemberRow, rows_of
from tests.factories import PoolFactory, PoolMemberFactory, ServerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool() -> Pool:
    return PoolFactory(members_seen_at=timezone.now())


def row(pool: Pool, name: str) -> MemberRow:
    return next(row for row in rows_of(pool) if row.name == name)


def test_a_member_and_a_server_of_one_name_are_one_row_in_any_spelling(pool: Pool) -> None:
    ServerFactory(pool=pool, domino_name="CN=trav1/O=Acme")
    PoolMemberFactory(pool=pool, domino_name="TRAV1/Acme")

    assert len(rows_of(pool)) == 1
    assert row(pool, "trav1/Acme").ports == "10.0.0.5:50125,80"


def test_a_member_that_nobody_entered_is_shown_and_said_so(pool: Pool) -> None:
    PoolMemberFactory(pool=pool, domino_name="CN=trav7/O=Acme", alive=False)

    found = row(pool, "trav7/Acme")

    assert found.server is None
    assert found.remark == "listed by the pool, not entered here"
    assert found.state.word == "not alive"


def test_a_server_that_the_pool_does_not_list_is_said_so(pool: Pool) -> None:
    ServerFactory(pool=pool, domino_name="CN=trav1/O=Acme", healthy=True)

    assert row(pool, "trav1/Acme").remark == "not listed by hadr show"


def test_nothing_is_concluded_from_a_list_that_was_never_read() -> None:
    pool = PoolFactory()
    ServerFactory(pool=pool, domino_name="CN=trav1/O=Acme")

    assert row(pool, "trav1/Acme").remark == ""


def test_the_odd_version_stands_out(pool: Pool) -> None:
    for number, version in enumerate(["14.5.0", "14.5.0", "14.0.0", ""]):
        ServerFactory(pool=pool, domino_name=f"CN=t{number}/O=Acme", traveler_version=version)

    assert [found.name for found in rows_of(pool) if found.version_differs] == ["t2/Acme"]


def test_rows_keep_their_order_whatever_happens(pool: Pool) -> None:
    for name in ("c", "a", "b"):
        ServerFactory(pool=pool, domino_name=f"CN={name}/O=Acme", dead=name == "a")

    assert [found.name for found in rows_of(pool)] == ["a/Acme", "b/Acme", "c/Acme"]
