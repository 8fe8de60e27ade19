"""A refused login is not sent again by each sweep, and that is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pools.checks.report import LOGIN_REFUSED, CheckResult, DatabaseReport
from pools.models import Login, RejectedLogin, Server
from pools.services import databases
from pools.services.databases import update_database
from pools.services.errors import NoReachableMember
from pools.services.health import sweep_health
from pools.services.inventory import sync_server_inventory
from pools.services.logins import update_login
from pools.services.membership import sync_membership
from pools.services.rejected_logins import FIRST_PAUSE, LONGEST_PAUSE, pause_after, try_now
from pools.services.status import sweep_status
from pools.states import Availability, Severity
from tests.factories import (
    DatabaseConfigurationFactory,
    LoginFactory,
    PoolFactory,
    ServerFactory,
    UserFactory,
)
from tests.people import administrator
from tests.pools.gateways.api_host import PASSWORD, USERNAME, ApiHost, Reply
from tests.pools.gateways.ssh_host import SshHost
from tests.pools.services.conftest import api_server, lists, server_row, ssh_server

__all__ = ["administrator"]

pytestmark = pytest.mark.django_db

ONE = "CN=trav1/O=Acme"


@pytest.fixture
def refused_everywhere(api: ApiHost) -> ApiHost:
    lists(api, "servers", server_row(ONE))
    return api


def refused_server(api: ApiHost) -> Server:
    """A server whose password was changed, and not here."""
    server = api_server(api, domino_name=ONE)
    server.api_login = LoginFactory(username=USERNAME, password="old-password")
    server.save()
    return server


def enter_password(login: Login, password: str) -> None:
    update_login(login, actor=None, password=password)


def test_a_wrong_password_is_sent_once_and_the_pause_is_said(refused_everywhere: ApiHost) -> None:
    server = refused_server(refused_everywhere)

    for _ in range(3):
        sweep_health()
    with pytest.raises(NoReachableMember, match="not sent again before"):
        sync_server_inventory(server)

    assert len(refused_everywhere.requests) == 1
    server.refresh_from_db()
    assert server.availability == Availability.UNKNOWN
    assert "not sent again before" in server.failure
    row = RejectedLogin.objects.get(subject=f"api:{server.pk}")
    assert row.next_try_at - row.since == FIRST_PAUSE
    assert "old-password" not in row.digest


def test_the_pause_doubles_up_to_a_day() -> None:
    pauses = [pause_after(tries) for tries in range(1, 40)]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_after_the_pause_it_is_sent_once_more(refused_everywhere: ApiHost) -> None:
    refused_server(refused_everywhere)
    sweep_health()
    RejectedLogin.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))

    sweep_health()
    sweep_health()

    assert len(refused_everywhere.requests) == 2
    assert RejectedLogin.objects.get().tries == 2


def test_another_password_is_tried_at_once_and_ends_it(refused_everywhere: ApiHost) -> None:
    server = refused_server(refused_everywhere)
    sweep_health()
    enter_password(server.api_login, PASSWORD)

    sweep_health()

    server.refresh_from_db()
    assert server.availability == Availability.AVAILABLE
    assert not RejectedLogin.objects.exists()


def test_a_person_has_it_tried_at_once(refused_everywhere: ApiHost, administrator: Client) -> None:
    server = refused_server(refused_everywhere)
    sweep_health()
    assert b"Try now" in administrator.get(server.get_absolute_url()).content

    administrator.post(reverse("pools:server_logins_try", args=[server.pk]))
    sweep_health()

    assert len(refused_everywhere.requests) == 2


def test_a_login_that_lacks_a_right_was_not_refused(api: ApiHost) -> None:
    api.routes["/api/traveler/servers"] = lambda _path: Reply(403)
    api_server(api, domino_name=ONE)
    sweep_health()
    assert not RejectedLogin.objects.exists()


def test_ssh_is_held_back_for_the_status_and_the_members(host: SshHost) -> None:
    pool = PoolFactory()
    server = ssh_server(host, pool=pool, domino_name=ONE)
    enter_password(server.ssh_login, "old-password")

    sweep_status()
    sweep_status()
    with pytest.raises(NoReachableMember, match="not sent again before"):
        sync_membership(pool)

    server.refresh_from_db()
    assert "not sent again before" in server.status_failure
    assert RejectedLogin.objects.get(subject=f"ssh:{server.pk}").tries == 1


def test_a_database_that_refuses_is_not_checked_again_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configuration = DatabaseConfigurationFactory(password="old-password")
    line = CheckResult(
        "login", "Login is accepted", Severity.BLOCKER, False, "refused", fact=LOGIN_REFUSED
    )
    monkeypatch.setattr(databases, "run_checks", lambda *_a, **_o: DatabaseReport((line,)))

    assert databases.is_due(configuration)
    databases.check_database(configuration)
    assert not databases.is_due(configuration)
    update_database(configuration, actor=None, password="new")
    assert databases.is_due(configuration)


def test_trying_now_is_audited() -> None:
    server = ServerFactory()
    RejectedLogin.objects.create(
        subject=f"ssh:{server.pk}", since=timezone.now(), next_try_at=timezone.now()
    )
    try_now(server, actor=UserFactory())
    assert not RejectedLogin.objects.exists()
