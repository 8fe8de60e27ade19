"""Over REST too, nobody changes under a migration's feet what it depends on."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from migrations_ui.services.migrations import start_migration
from migrations_ui.states import MigrationStatus
from pools.models import AuditEntry
from tests.factories import DatabaseConfigurationFactory, UserFactory
from tests.migrations_ui.factories import MigrationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued")]


def test_what_a_migration_depends_on_is_409_and_the_migration_is_named() -> None:
    client = APIClient()
    client.force_authenticate(UserFactory())
    migration = MigrationFactory(status=MigrationStatus.READY)
    start_migration(migration, actor=migration.actor)
    database = f"/api/v1/databases/{migration.pool.database_id}/"
    login = migration.server.ssh_login
    known = {"login_passwords": {login.name: login.password}}
    before = AuditEntry.objects.count()
    for address, change in (
        (database, {"host": "another.acme.example", "password": "secret-of-a-request"}),
        (f"/api/v1/pools/{migration.pool_id}/", {"database": DatabaseConfigurationFactory().pk}),
        (f"/api/v1/servers/{migration.server_id}/", {"ssh_host": "another.acme.example"} | known),
    ):
        refused = client.patch(address, change, format="json")
        assert refused.status_code == 409
        assert f"(migration {migration.pk}, running)" in refused.json()["detail"]
    assert AuditEntry.objects.count() == before

    # A password that expired is what a failed step waits for.
    renewed = client.patch(database, {"password": "secret-of-a-request"}, format="json")
    assert renewed.status_code == 200
