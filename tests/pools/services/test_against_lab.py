"""The standing world against running lab hosts: SSH, HTTP and database are real."""

from __future__ import annotations

import pytest

from pools.lab.enrolment import enroll_lab
from pools.models import Device, Operation, Pool, Server, TravelerUser
from pools.services.databases import check_database
from pools.services.health import sweep_health
from pools.services.inventory import sync_pool_inventory
from pools.services.lookup import look_up
from pools.services.membership import sync_membership
from pools.services.operations import run_operation
from pools.services.status import sweep_status
from pools.services.user_details import sync_user_details
from pools.states import Availability, OperationKind, OperationStatus, OverallStatus
from tests.factories import OperationFactory
from tests.lab_fixture import RunningLab

pytestmark = pytest.mark.django_db


def test_a_pool_is_watched_and_a_killed_host_is_seen_within_one_sweep(pool_lab: RunningLab) -> None:
    enroll_lab(pool_lab.directory)
    pool = Pool.objects.get()

    assert sweep_health().answered == 2
    assert sweep_status() == 2
    one, two = Server.objects.order_by("domino_name")
    for server in (one, two):
        assert server.availability == Availability.AVAILABLE
        assert server.availability_index is not None
        assert server.overall_status == OverallStatus.GREEN
        assert server.failure == server.status_failure == ""
        assert server.host_key

    sync_membership(pool)
    assert [member.domino_name for member in pool.members.all()] == [
        one.domino_name,
        two.domino_name,
    ]
    assert all(member.alive for member in pool.members.all())

    outcome = sync_pool_inventory(pool)
    assert outcome.users == TravelerUser.objects.count() > 0
    assert outcome.devices == Device.objects.count() > 0
    device = Device.objects.select_related("user").first()
    assert device is not None
    assert look_up(device.device_id)[0].user == device.user

    assert check_database(pool.database)
    pool.database.refresh_from_db()
    assert pool.database.reachable
    # The lab's database has no second copy, and the check says so.
    failed = pool.database.findings.filter(passed=False)
    assert [finding.check_id for finding in failed] == ["availability"]

    pool_lab.kill("trav1")
    try:
        sweep_health()
        one.refresh_from_db()
        two.refresh_from_db()
        assert one.availability == Availability.UNAVAILABLE
        assert two.availability == Availability.AVAILABLE
        sync_membership(pool)
        assert pool.members.get(domino_name=two.domino_name).alive
    finally:
        pool_lab.restart("trav1")


def test_a_server_is_superseded_and_restored(pool_lab: RunningLab) -> None:
    enroll_lab(pool_lab.directory)
    server = Server.objects.get(domino_name__icontains="trav2")

    def run(kind: OperationKind) -> Operation:
        operation = OperationFactory(server=server, kind=kind, status=OperationStatus.QUEUED)
        run_operation(operation.pk)
        operation.refresh_from_db()
        assert operation.status == OperationStatus.SUCCEEDED, operation.failure
        sweep_health()
        server.refresh_from_db()
        return operation

    run(OperationKind.DRAIN)
    assert server.availability == Availability.AVAILABLE
    assert server.availability_index == -200
    assert server.constrained is None
    run(OperationKind.RESUME_SERVICE)
    assert server.availability_index is not None
    assert server.availability_index >= 0
    assert run(OperationKind.DB_SHOW).lines.exists()
    assert run(OperationKind.HADR_SHOW).lines.filter(text__icontains="trav2").exists()


def test_a_user_is_described_by_whichever_member_is_asked(pool_lab: RunningLab) -> None:
    enroll_lab(pool_lab.directory)
    pool = Pool.objects.get()
    sync_pool_inventory(pool)
    user = TravelerUser.objects.filter(devices__isnull=False).select_related("pool").first()
    assert user is not None

    report = sync_user_details(user)

    user.refresh_from_db()
    assert user.details_failure == ""
    assert user.details_seen_at is not None
    assert user.address == report.internet_address != ""
    assert user.master_name == report.master_server
    assert (user.mail_access, user.monitoring) == (True, True)
    assert len(user.mail_sentences.splitlines()) == 3
    assert all("Auto Sync Change Flags" in device.printed for device in user.devices.all())
