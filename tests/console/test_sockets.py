"""Who may open a WebSocket, from where, and for how long it may stay open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.utils import timezone
from knox.models import AuthToken

from console.accounts.models import User
from console.accounts.roles import Role
from console.closed_socket import ClosedConsumer
from console.routing import websocket_urlpatterns
from pools.live import guarded_consumer
from pools.live.guarded_consumer import RECHECK_SECONDS, GuardedConsumer
from tests.factories import UserFactory
from tests.sockets import Viewer

pytestmark = pytest.mark.django_db(transaction=True)

application = URLRouter(websocket_urlpatterns)
BELL = "/ws/bell/"


@pytest.fixture
async def administrator() -> User:
    return await database_sync_to_async(UserFactory)()


@pytest.fixture
def asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_consumer, "RECHECK_SECONDS", 0.05)


def token_of(user: User) -> str:
    return f"Token {AuthToken.objects.create(user=user)[1]}"


def test_the_store_is_asked_within_half_a_minute() -> None:
    assert RECHECK_SECONDS < 30


def test_every_socket_asks_who_opens_it() -> None:
    """One consumer looks, at the start and again; whoever adds another has to build upon it."""
    for pattern in websocket_urlpatterns:
        consumer = pattern.callback.consumer_class
        assert issubclass(consumer, GuardedConsumer | ClosedConsumer)


def sign_out(user: User) -> None:
    Session.objects.all().delete()


def let_it_expire(user: User) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_the_password(user: User) -> None:
    user.set_password("another password of the tests")
    user.save()


def take_the_role(user: User) -> None:
    User.objects.filter(pk=user.pk).update(role=Role.HELPDESK)


@pytest.mark.usefixtures("asked_at_once")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (sign_out, 4401),
        (let_it_expire, 4401),
        (deactivate, 4401),
        (change_the_password, 4401),
        (take_the_role, 4403),
    ],
)
async def test_an_open_socket_is_closed_without_any_news(
    administrator: User, change: Callable[[User], None], code: int
) -> None:
    viewer = await Viewer(application, BELL, administrator).open()
    assert viewer.accepted
    await viewer.text()

    await database_sync_to_async(change)(administrator)

    assert await viewer.close_code() == code


@pytest.mark.usefixtures("asked_at_once")
async def test_a_store_that_cannot_be_asked_closes_it_for_now(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await Viewer(application, BELL, administrator).open()
    await viewer.text()

    async def gone(scope: dict[str, Any]) -> None:
        raise OperationalError

    monkeypatch.setattr(guarded_consumer, "person_of", gone)

    assert await viewer.close_code() == 1013


@pytest.mark.parametrize(
    "origin",
    [
        *("http://localhost:8001", "https://localhost", "http://evil.example", "null", ""),
        *("http://localhost.evil.example", "http://[", "ws://localhost"),
    ],
)
async def test_pages_of_another_origin_are_refused(administrator: User, origin: str) -> None:
    viewer = await Viewer(application, BELL, administrator, headers={"origin": origin}).open()
    assert not viewer.accepted


async def test_our_own_pages_are_let_in_with_their_port_and_scheme(administrator: User) -> None:
    for scheme, host in (("ws", "localhost:8001"), ("wss", "localhost")):
        own = {"host": host, "origin": f"{'https' if scheme == 'wss' else 'http'}://{host}"}
        viewer = await Viewer(application, BELL, administrator, scheme=scheme, headers=own).open()
        assert viewer.accepted
        await viewer.close()


async def test_an_origin_that_is_trusted_by_name_is_let_in(
    administrator: User, settings: Any
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://lifeguard.example", "https://*.acme.example"]
    for origin, accepted in (
        ("https://lifeguard.example", True),
        ("https://eu.acme.example", True),
        ("http://eu.acme.example", False),
        ("https://lifeguard.example:8443", False),
    ):
        viewer = await Viewer(application, BELL, administrator, headers={"origin": origin}).open()
        assert viewer.accepted is accepted
        if accepted:
            await viewer.close()


async def test_a_host_that_is_not_ours_is_refused(administrator: User) -> None:
    strange = {"host": "evil.example", "origin": "http://evil.example"}
    assert not (await Viewer(application, BELL, administrator, headers=strange).open()).accepted


@pytest.mark.usefixtures("asked_at_once")
async def test_a_token_opens_it_until_it_is_revoked(administrator: User) -> None:
    token = await database_sync_to_async(token_of)(administrator)
    headers = {"authorization": token, "origin": ""}
    viewer = await Viewer(application, BELL, AnonymousUser(), headers=headers).open()
    assert viewer.accepted
    assert "bell" in await viewer.text()

    await AuthToken.objects.all().adelete()

    assert await viewer.close_code() == 4401


@pytest.mark.parametrize("sent", ["Token nonsense", "Token", "Basic YTpi", "Token \x00", ""])
async def test_other_words_for_a_token_are_refused(sent: str) -> None:
    headers = {"authorization": sent}
    viewer = await Viewer(application, BELL, AnonymousUser(), headers=headers).open()
    assert not viewer.accepted


async def test_a_token_needs_the_role_and_is_not_taken_from_the_address(
    administrator: User,
) -> None:
    helpdesk = await database_sync_to_async(UserFactory)(role=Role.HELPDESK)
    headers = {"authorization": await database_sync_to_async(token_of)(helpdesk)}
    assert not (await Viewer(application, BELL, AnonymousUser(), headers=headers).open()).accepted
    _, _, token = (await database_sync_to_async(token_of)(administrator)).partition(" ")
    address = f"{BELL}?token={token}"
    assert not (await Viewer(application, address, AnonymousUser()).open()).accepted


@pytest.mark.parametrize(
    "path",
    [
        *("/ws/nothing/", "/", "/ws/servers/", "/ws/servers/x/", "/ws/servers/-1/"),
        *(f"/ws/{kind}/{'9' * 200}/" for kind in ("servers", "pools", "migrations", "databases")),
    ],
)
async def test_an_address_that_names_nothing_is_closed(administrator: User, path: str) -> None:
    viewer = Viewer(application, path, administrator)
    await viewer.open()
    assert not viewer.accepted
