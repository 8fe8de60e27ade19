"""Running a command on a server from its page."""

from __future__ import annotations

import pytest
from django.test import Client

from pools.models import Operation
from pools.states import OperationKind, OperationStatus
from tests.factories import OperationFactory
from tests.pools.views.conftest import World


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are written; no worker is asked."""
    monkeypatch.setattr("celery.current_app.send_task", lambda *args, **kwargs: None)


def test_a_click_runs_an_everyday_operation(world: World, administrator: Client) -> None:
    response = administrator.post(f"/servers/{world.server.pk}/operations/", {"kind": "hadr_show"})

    operation = Operation.objects.exclude(pk=world.operation.pk).get()
    assert response["Location"] == f"/operations/{operation.pk}/"
    assert (operation.kind, operation.status) == (OperationKind.HADR_SHOW, OperationStatus.QUEUED)


def test_draining_needs_the_name_typed(world: World, administrator: Client) -> None:
    address = f"/servers/{world.server.pk}/operations/"

    administrator.post(address, {"kind": "drain"})
    assert not Operation.objects.filter(kind=OperationKind.DRAIN).exists()

    administrator.post(address, {"kind": "drain", "confirm": "TRAV1"})
    assert Operation.objects.filter(kind=OperationKind.DRAIN).exists()


def test_an_operation_that_does_not_exist_is_refused(world: World, administrator: Client) -> None:
    response = administrator.post(
        f"/servers/{world.server.pk}/operations/", {"kind": "wipe"}, follow=True
    )

    assert "Nothing was run" in response.content.decode()
    assert Operation.objects.count() == 1


def test_the_output_is_shown_line_by_line(world: World, administrator: Client) -> None:
    page = administrator.get(f"/operations/{world.operation.pk}/").content.decode()

    assert "Domino Name: CN=trav1/O=Acme" in page
    assert "succeeded" in page
    # It has ended: there is nothing to follow.
    assert "ws-connect" not in page


def test_a_running_operation_is_followed(world: World, administrator: Client) -> None:
    running = OperationFactory(
        server=world.server, status=OperationStatus.RUNNING, finished_at=None
    )

    page = administrator.get(f"/operations/{running.pk}/").content.decode()

    assert f'ws-connect="/ws/operations/{running.pk}/"' in page


def test_a_failure_says_why(world: World, administrator: Client) -> None:
    failed = OperationFactory(
        server=world.server, status=OperationStatus.FAILED, failure="trav1 did not answer."
    )

    assert (
        "trav1 did not answer." in administrator.get(f"/operations/{failed.pk}/").content.decode()
    )
