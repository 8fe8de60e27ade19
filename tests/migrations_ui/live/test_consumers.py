"""The socket: who may connect, and that no event is lost or doubled, however often it breaks."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser

from console.accounts.models import User
from migrations_ui.broadcast import group_of
from migrations_ui.live.consumers import MigrationConsumer
from migrations_ui.live.routing import websocket_urlpatterns
from migrations_ui.models import Migration
from migrations_ui.models.event import Event, Line
from migrations_ui.runner.status import change_status
from migrations_ui.states import MigrationStatus
from pools.broadcast.channel import Changed
from pools.broadcast.events import announce_database
from pools.live.consumers import LiveConsumer
from pools.live.routing import websocket_urlpatterns as pool_sockets
from tests.factories import UserFactory
from tests.migrations_ui.factories import MigrationFactory
from tests.sockets import Viewer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator() -> User:
    return UserFactory()


@pytest.fixture
def migration() -> Migration:
    return MigrationFactory(copying=True, lines=["one", "two", "three"])


def viewing(migration_id: int, user: User | AnonymousUser, query: str = "format=json") -> Viewer:
    return Viewer(URLRouter(websocket_urlpatterns), f"/ws/migrations/{migration_id}/?{query}", user)


async def announce(migration: Migration, stamp: str) -> None:
    message: Changed = {"type": "live.changed", "stamp": stamp}
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send(group_of(migration.pk), dict(message))


@database_sync_to_async
def write(migration: Migration, *texts: str) -> None:
    Event.objects.append(migration.pk, [Line(text) for text in texts])


async def received(socket: Viewer) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await socket.text())
    return message


def texts(message: dict[str, Any]) -> list[str]:
    return [event["text"] for event in message["events"]]


@pytest.mark.parametrize(
    "who", [{"helpdesk": True}, {"outsider": True}, {"is_active": False}, None]
)
async def test_only_administrators_may_connect(
    migration: Migration, who: dict[str, bool] | None
) -> None:
    user = AnonymousUser() if who is None else await database_sync_to_async(UserFactory)(**who)
    assert not (await viewing(migration.pk, user).open()).accepted


async def test_a_migration_that_does_not_exist_is_not_followed(administrator: User) -> None:
    assert not (await viewing(999_999, administrator).open()).accepted


async def test_first_comes_the_whole_state(migration: Migration, administrator: User) -> None:
    socket = viewing(migration.pk, administrator)
    assert (await socket.open()).accepted
    first = await received(socket)
    assert first["migration"]["status"] == "running"
    assert texts(first) == ["one", "two", "three"]
    assert first["sequence"] == 3
    await socket.close()


async def test_then_each_event_once(migration: Migration, administrator: User) -> None:
    socket = viewing(migration.pk, administrator, "format=json&after=2")
    await socket.open()
    assert texts(await received(socket)) == ["three"]
    await write(migration, "four", "five")
    await announce(migration, "a")
    assert texts(await received(socket)) == ["four", "five"]
    await announce(migration, "b")
    assert texts(await received(socket)) == []
    await socket.close()


async def test_many_pushes_are_few_messages(
    migration: Migration, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_send, send_state = asyncio.Event(), MigrationConsumer.send_state

    async def send_when_allowed(consumer: MigrationConsumer) -> None:
        await may_send.wait()
        await send_state(consumer)

    monkeypatch.setattr(MigrationConsumer, "send_state", send_when_allowed)
    may_send.set()
    socket = viewing(migration.pk, administrator, "format=json&after=3")
    await socket.open()
    await received(socket)
    may_send.clear()
    for number in range(40):
        await write(migration, f"line {number}")
        await announce(migration, str(number))
    may_send.set()
    seen: list[str] = []
    messages = 0
    while len(seen) < 40:
        seen += texts(await received(socket))
        messages += 1
    assert seen == [f"line {number}" for number in range(40)]
    assert messages <= 2, "one that was held up, and what came meanwhile"
    await socket.close()


async def test_pages_get_the_elements_they_were_drawn_with(
    migration: Migration, administrator: User
) -> None:
    socket = viewing(migration.pk, administrator, "after=1")
    await socket.open()
    html = await socket.text()
    assert "two" in html
    assert "three" in html
    assert ">one<" not in html
    await socket.close()


@pytest.mark.parametrize("query", ["after=x", "after=-1", "format=xml", "after=%00&format="])
async def test_nonsense_in_the_address_is_passed_over(
    migration: Migration, administrator: User, query: str
) -> None:
    socket = viewing(migration.pk, administrator, query)
    assert (await socket.open()).accepted
    assert "three" in await socket.text()
    await socket.close()


async def test_a_number_that_no_column_holds_is_beyond_every_event(
    migration: Migration, administrator: User
) -> None:
    socket = viewing(migration.pk, administrator, f"format=json&after={'9' * 30}")
    assert (await socket.open()).accepted
    assert texts(await received(socket)) == []
    await socket.close()


@pytest.mark.parametrize("seed", range(5))
async def test_a_socket_lost_at_any_moment_shows_the_same_log(
    migration: Migration, administrator: User, seed: int
) -> None:
    chance = random.Random(seed)
    log: list[tuple[int, str]] = []
    socket: Viewer | None = None
    written = 3
    while written < 40 or len(log) < written:
        if written < 40:
            news = [f"line {written + n}" for n in range(chance.randint(0, 4))]
            if news:
                await write(migration, *news)
                written += len(news)
            await announce(migration, f"{seed}.{written}.{chance.random()}")
        if socket is not None and (chance.random() < 0.3 or written >= 40):
            await socket.close()
            socket = None
        if socket is None:
            last = log[-1][0] if log else 0
            socket = viewing(migration.pk, administrator, f"format=json&after={last}")
            await socket.open()
        if chance.random() < 0.8 or written >= 40:
            message = await received(socket)
            log += [(event["sequence"], event["text"]) for event in message["events"]]
    if socket is not None:
        await socket.close()
    stored = await database_sync_to_async(
        lambda: list(migration.events.values_list("sequence", "text"))
    )()
    assert log == stored


async def test_the_page_gets_news_when_the_level_of_its_database_was_read(
    migration: Migration, administrator: User
) -> None:
    socket = viewing(migration.pk, administrator)
    await socket.open()
    await received(socket)

    await database_sync_to_async(lambda: announce_database(migration.pool.database_id))()

    assert (await received(socket))["migration"]["id"] == migration.pk
    await socket.close()


async def test_the_overview_follows_a_migration_that_comes_to_wait(
    migration: Migration, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LiveConsumer, "push_seconds", 0.0)
    overview = Viewer(URLRouter(pool_sockets), "/ws/pools/", administrator)
    await overview.open()
    assert "is ready to cut over" not in await overview.text()

    await database_sync_to_async(change_status)(
        migration, new=MigrationStatus.AWAITING_CUTOVER, text="A person has to confirm."
    )

    assert "is ready to cut over" in await overview.text()
    await overview.close()
