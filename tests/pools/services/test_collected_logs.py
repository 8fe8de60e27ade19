"""Collected logs: fetched from the host, downloaded by administrators, removed after a while."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from console.settings.apps import STORAGES
from pools.models import AuditEntry, Operation
from pools.services.collected_logs import RETENTION, purge_archives
from pools.services.operations import run_operation
from pools.states import OperationKind, OperationStatus
from tests.factories import OperationFactory, UserFactory
from tests.pools.gateways.ssh_host import SshHost
from tests.pools.services.conftest import ssh_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    settings.LIFEGUARD_WORK_DIR = tmp_path
    default = cast("dict[str, Any]", STORAGES["default"]).copy()
    default["OPTIONS"] = {**default["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "default": default}


def collect(host: SshHost, output: str) -> Operation:
    operation = OperationFactory(
        server=ssh_server(host), kind=OperationKind.LOG_COLLECT, status=OperationStatus.QUEUED
    )
    host.program("travelerUtil", f"echo '{output}'")
    run_operation(operation.pk)
    operation.refresh_from_db()
    assert operation.status == OperationStatus.SUCCEEDED, operation.failure
    return operation


def archive_on(host: SshHost) -> Path:
    path = host.directory / "traveler-logs-20261130.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("NTSErrors.log", "an error")
    return path


def test_the_archive_is_fetched_and_an_administrator_downloads_it(host: SshHost) -> None:
    made = archive_on(host)
    operation = collect(host, f"The logs have been collected in {made}.")
    last = operation.lines.last()
    assert last is not None
    assert last.text.startswith("Fetched: ")
    stored = Path(operation.archive.path)
    assert stored.stat().st_mode & 0o777 == 0o600
    assert stored.parent.stat().st_mode & 0o777 == 0o700

    client = Client()
    client.force_login(UserFactory())
    response = client.get(f"/operations/{operation.pk}/logs.zip")
    assert b"".join(response) == made.read_bytes()
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert AuditEntry.objects.filter(action="download_logs").count() == 1
    assert "Download the logs" in client.get(operation.get_absolute_url()).text
    address = client.get(f"/api/v1/operations/{operation.pk}/").json()["archive"]
    assert b"".join(client.get(address)) == made.read_bytes()

    helpdesk = Client()
    helpdesk.force_login(UserFactory(helpdesk=True))
    assert helpdesk.get(f"/operations/{operation.pk}/logs.zip").status_code == 403


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ("The logs have been collected in logs.zip.", "names no .zip file"),
        ("Collected in /not/there.zip", "Not fetched: "),
    ],
)
def test_what_cannot_be_fetched_is_said_and_no_button_is_shown(
    host: SshHost, output: str, why: str
) -> None:
    operation = collect(host, output)
    assert any(why in line.text for line in operation.lines.all())
    client = Client()
    client.force_login(UserFactory())
    assert "Download the logs" not in client.get(operation.get_absolute_url()).text
    assert client.get(f"/operations/{operation.pk}/logs.zip").status_code == 404


def test_archives_past_their_retention_are_removed_and_their_lines_stay(host: SshHost) -> None:
    operation = collect(host, f"Collected in {archive_on(host)}")
    assert purge_archives() == 0
    old = timezone.now() - RETENTION - timedelta(hours=1)
    Operation.objects.filter(pk=operation.pk).update(finished_at=old)
    stored = Path(operation.archive.path)
    assert purge_archives() == 1
    assert not stored.exists()
    operation.refresh_from_db()
    assert not operation.archive
    assert operation.lines.exists()
    assert not list((Path(settings.LIFEGUARD_WORK_DIR) / "files").rglob("*.zip"))
