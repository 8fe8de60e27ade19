"""Starting stops a server that people use, so it is asked about first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from migrations_ui.models import Finding
from migrations_ui.states import MigrationKind, MigrationStatus, StepName, StepStatus
from pools.states import Availability
from tests.factories import DeviceFactory, ServerFactory, TravelerUserFactory
from tests.migrations_ui.factories import MigrationFactory

S = MigrationStatus


@pytest.mark.parametrize("kind", list(MigrationKind))
def test_a_start_names_the_people_it_stops_and_starts_nothing_before_the_name_is_typed(
    administrator: Client, kind: MigrationKind
) -> None:
    server = ServerFactory(inventory_seen_at=timezone.now())
    user = TravelerUserFactory(server=server)
    DeviceFactory(user=user)
    DeviceFactory(user=user)
    gone = {"gone_at": timezone.now()}
    DeviceFactory(user=TravelerUserFactory(server=server, **gone), **gone)
    migration = MigrationFactory(status=S.READY, kind=kind, server=server)
    url = f"/migrations/{migration.pk}/start/"

    asked = administrator.get(url).text
    assert f"{server.short_name} stops now: 1 user, 2 devices." in asked

    refused = administrator.post(url, {"typed_name": "another"})
    migration.refresh_from_db()
    assert refused.status_code == 422
    assert 'value="another"' in refused.text
    assert migration.status == S.READY

    assert administrator.post(url, {"typed_name": server.short_name}).status_code == 302
    migration.refresh_from_db()
    assert migration.status == S.RUNNING


def test_a_server_that_was_not_listed_yet_is_counted_by_its_own_number_or_by_none(
    administrator: Client,
) -> None:
    server = ServerFactory(users=1200)
    migration = MigrationFactory(status=S.READY, server=server)
    assert "stops now: 1,200 users." in administrator.get(f"/migrations/{migration.pk}/start/").text
    server.users = None
    server.save()
    assert "not known yet" in administrator.get(f"/migrations/{migration.pk}/start/").text
    server.availability = Availability.UNAVAILABLE
    server.save()
    assert "is down already" in administrator.get(f"/migrations/{migration.pk}/start/").text


def test_the_outage_is_the_preflights_until_a_rehearsal_has_measured_it(
    administrator: Client,
) -> None:
    migration = MigrationFactory(status=S.READY)
    Finding.objects.create(
        migration=migration, position=1, check_id="outage", group="server", title="t",
        outcome="passed", seen="The server is stopped for about 3 min.",
    )  # fmt: skip
    url = f"/migrations/{migration.pk}/start/"
    assert "stopped for about 3 min" in administrator.get(url).text

    rehearsal = MigrationFactory(
        status=S.REHEARSED, kind=MigrationKind.REHEARSAL, server=migration.server,
        finished_at=timezone.now(),
    )  # fmt: skip
    begun = timezone.now()
    needed = (StepName.STOP, StepName.BACKUP, StepName.FETCH, StepName.SCHEMA,
              StepName.COMPATIBILITY, StepName.COPY, StepName.VERIFY,
              StepName.PREFLIGHT)  # fmt: skip
    rehearsal.steps.filter(name__in=needed).update(
        status=StepStatus.DONE, started_at=begun, finished_at=begun + timedelta(seconds=60)
    )
    text = administrator.get(url).text
    assert "About 7 min until the cut-over, as rehearsed on" in text
