from __future__ import annotations

import pytest
from django.test import Client

from migrations_ui.models import Migration, PoolLock
from migrations_ui.states import MigrationStatus
from tests.factories import UserFactory
from tests.migrations_ui.factories import MigrationFactory

S = MigrationStatus


def ask(client: Client, migration: Migration, asked: str) -> tuple[int, str]:
    """With the server's name typed, where that is asked for."""
    typed = {"typed_name": migration.server.short_name}
    response = client.post(f"/migrations/{migration.pk}/{asked}/", typed)
    migration.refresh_from_db()
    return response.status_code, response.text


@pytest.mark.parametrize(
    ("asked", "old", "new"),
    [
        ("check", S.DRAFT, S.CHECKING),
        ("start", S.READY, S.RUNNING),
        ("pause", S.RUNNING, S.PAUSING),
        ("resume", S.PAUSED, S.RUNNING),
        ("retry", S.FAILED, S.RUNNING),
    ],
)
def test_a_request_that_fits_is_granted(
    administrator: Client, asked: str, old: MigrationStatus, new: MigrationStatus
) -> None:
    migration = MigrationFactory(status=old)
    assert ask(administrator, migration, asked)[0] == 302
    assert migration.status == new


@pytest.mark.parametrize("asked", ["check", "start", "pause", "resume", "retry"])
def test_a_request_that_does_not_fit_is_refused_with_409_and_the_reason(
    administrator: Client, asked: str
) -> None:
    migration = MigrationFactory(finished=True)
    status, text = ask(administrator, migration, asked)
    assert status == 409
    assert "does not fit now" in text
    assert "is finished" in text
    assert migration.status == S.FINISHED


def test_a_second_start_in_a_pool_names_the_migration_that_holds_it(administrator: Client) -> None:
    first = MigrationFactory(copying=True)
    PoolLock.objects.create(pool=first.pool, migration=first)
    second = MigrationFactory(status=S.READY, pool=first.pool)
    status, text = ask(administrator, second, "start")
    assert status == 409
    assert "takes one server at a time" in text
    assert str(first.server) in text
    assert second.status == S.READY


@pytest.mark.django_db
def test_a_request_without_the_token_of_the_page_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    migration = MigrationFactory(copying=True)
    assert ask(client, migration, "pause")[0] == 403
    assert migration.status == S.RUNNING
