"""What a migration depends on stays as it is until the migration has ended."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from migrations_ui.errors import InUseByMigration
from migrations_ui.models import Migration, PoolLock
from migrations_ui.states import MigrationStatus
from pools.services.databases import update_database
from pools.services.pools import update_pool
from pools.services.servers import retire_server, update_server
from tests.factories import DatabaseConfigurationFactory, UserFactory
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def current() -> Migration:
    migration = MigrationFactory(copying=True)
    PoolLock.objects.create(pool=migration.pool, migration=migration)
    return migration


def change_everything(migration: Migration) -> None:
    actor = UserFactory()
    migration.refresh_from_db()
    update_database(migration.pool.database, actor=actor, host="elsewhere")
    update_server(migration.server, actor=actor, ssh_host="elsewhere")
    update_pool(migration.pool, actor=actor, database=DatabaseConfigurationFactory())
    retire_server(migration.server, actor=actor)


@pytest.mark.parametrize("field", ["host", "port", "database_name", "schema", "username", "engine"])
def test_the_database_that_rows_go_to_stays(current: Migration, field: str) -> None:
    new: object = {"port": 1, "engine": "sqlserver"}.get(field, "other")
    changes: dict[str, Any] = {field: new}
    database = current.pool.database
    with pytest.raises(InUseByMigration, match=f"{current.server} is being migrated"):
        update_database(database, actor=UserFactory(), **changes)
    database.refresh_from_db()
    assert getattr(database, field) != new


def test_the_host_that_the_backup_goes_back_to_stays(current: Migration) -> None:
    for change in ({"ssh_host": "other"}, {"ssh_port": 1}, {"domino_name": "CN=x/O=Acme"}):
        with pytest.raises(InUseByMigration):
            update_server(current.server, actor=UserFactory(), **change)
    with pytest.raises(InUseByMigration):
        retire_server(current.server, actor=UserFactory())
    current.server.refresh_from_db()
    assert current.server.retired_at is None


def test_a_comparison_after_the_end_protects_nothing() -> None:
    migration = MigrationFactory(finished=True)
    PoolLock.objects.create(pool=migration.pool, migration=migration)
    change_everything(migration)


def test_a_page_says_why_a_server_is_not_retired(current: Migration) -> None:
    client = Client()
    client.force_login(UserFactory())
    typed = {"confirm": current.server.short_name}
    answer = client.post(f"/servers/{current.server.pk}/retire/", typed, follow=True)
    assert "Finish or cancel that migration first" in answer.text


def test_the_pool_keeps_its_database(current: Migration) -> None:
    with pytest.raises(InUseByMigration):
        update_pool(current.pool, actor=UserFactory(), database=DatabaseConfigurationFactory())


def test_a_password_that_expired_can_be_corrected(current: Migration) -> None:
    update_database(current.pool.database, actor=UserFactory(), password="new", name="Renamed")
    update_server(current.server, actor=UserFactory(), note="is being migrated")


def test_the_same_place_under_another_address_may_be_entered(current: Migration) -> None:
    """As the lab does after its ports have changed."""
    update_database(current.pool.database, actor=None, same_place=True, port=6543)
    update_server(current.server, actor=None, same_place=True, ssh_port=2222)


def test_after_the_migration_everything_may_change() -> None:
    change_everything(MigrationFactory(finished=True))


def test_a_way_back_that_failed_may_be_corrected(current: Migration) -> None:
    Migration.objects.filter(pk=current.pk).update(
        status=MigrationStatus.FAILED, is_going_back=True
    )
    change_everything(current)
