"""Sockets of the standing world: who may open them, and what they are sent."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser

from console.accounts.models import User
from console.accounts.permissions import Access
from console.accounts.roles import Role
from pools.broadcast import events
from pools.broadcast.channel import Changed
from pools.live import consumers, guarded_consumer
from pools.live.routing import websocket_urlpatterns
from pools.models import DatabaseConfiguration, Operation, Server
from pools.presentation.fragments import rendered
from pools.services.schema_levels import store_level
from tests.factories import (
    DatabaseConfigurationFactory,
    OperationFactory,
    PoolFactory,
    ServerFactory,
    UserFactory,
)
from tests.sockets import Viewer

pytestmark = pytest.mark.django_db(transaction=True)

application = URLRouter(websocket_urlpatterns)


@pytest.fixture(autouse=True)
def pushes_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers.LiveConsumer, "push_seconds", 0.05)


def viewer_of(path: str, person: User | AnonymousUser) -> Viewer:
    return Viewer(application, path, person)


@pytest.fixture
async def administrator() -> User:
    return await database_sync_to_async(UserFactory)()


@pytest.mark.parametrize("role", [Role.HELPDESK, Role.NONE, None])
@pytest.mark.parametrize(
    "path",
    [
        *("/ws/bell/", "/ws/pools/", "/ws/pools/1/", "/ws/servers/1/", "/ws/operations/1/"),
        *("/ws/databases/1/", "/ws/databases/1/schema/"),
    ],
)
async def test_only_administrators_are_let_in(path: str, role: Role | None) -> None:
    person = (
        AnonymousUser() if role is None else await database_sync_to_async(UserFactory)(role=role)
    )

    viewer = await viewer_of(path, person).open()

    assert not viewer.accepted


async def test_the_first_message_is_what_is_now(administrator: User) -> None:
    server = await database_sync_to_async(ServerFactory)(healthy=True)
    viewer = await viewer_of(f"/ws/servers/{server.pk}/", administrator).open()

    assert viewer.accepted
    text = await viewer.text()
    assert f'id="server-{server.pk}-head"' in text
    assert "available" in text
    await viewer.close()


async def test_the_level_of_the_tables_comes_when_it_was_read(administrator: User) -> None:
    database = await database_sync_to_async(DatabaseConfigurationFactory)()
    viewer = await viewer_of(f"/ws/databases/{database.pk}/schema/", administrator).open()
    assert "Nobody has read the level yet" in await viewer.text()

    await database_sync_to_async(_read_as_empty)(database)

    assert "the next migration creates what is missing" in await viewer.text()
    await viewer.close()


async def test_a_change_reaches_server_pool_and_overview(administrator: User) -> None:
    pool = await database_sync_to_async(PoolFactory)()
    server = await database_sync_to_async(ServerFactory)(pool=pool, healthy=True)
    viewers = [
        viewer_of(path, administrator)
        for path in ("/ws/pools/", f"/ws/pools/{pool.pk}/", f"/ws/servers/{server.pk}/")
    ]
    for viewer in viewers:
        await viewer.open()
        assert "unavailable" not in await viewer.text()

    await database_sync_to_async(_make_unavailable)(server)

    for viewer in viewers:
        assert "unavailable" in await viewer.text()
        await viewer.close()


async def test_the_bell_rings_on_every_page_and_is_all_that_its_socket_brings(
    administrator: User,
) -> None:
    server = await database_sync_to_async(ServerFactory)(healthy=True)
    bell = await viewer_of("/ws/bell/", administrator).open()
    # In the same group: neither may be sent what was drawn for the other.
    overview = await viewer_of("/ws/pools/", administrator).open()
    assert "All well" in await bell.text()
    await overview.text()

    await database_sync_to_async(_make_unavailable)(server)

    rung = await bell.text()
    assert "■ 1" in rung
    assert "needs-you" in await overview.text()
    assert 'id="needs-you"' not in rung
    for viewer in (bell, overview):
        await viewer.close()


async def test_many_changes_become_few_messages_and_the_last_one_counts(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await database_sync_to_async(ServerFactory)(healthy=True)
    viewer = await viewer_of(f"/ws/servers/{server.pk}/", administrator).open()
    await viewer.text()
    changes = range(3_001, 3_021)
    stamps: list[str] = []
    all_heard = asyncio.Event()
    hear, send = consumers.LiveConsumer.live_changed, consumers.LiveConsumer.send

    async def hearing(consumer: consumers.LiveConsumer, event: Changed) -> None:
        await hear(consumer, event)
        stamps.append(event["stamp"])
        if len(stamps) == len(changes):
            all_heard.set()

    async def held_back(consumer: consumers.LiveConsumer, text: str) -> None:
        await asyncio.wait_for(all_heard.wait(), 30)
        await send(consumer, text)

    monkeypatch.setattr(consumers.LiveConsumer, "live_changed", hearing)
    monkeypatch.setattr(consumers.LiveConsumer, "send", held_back)
    for users in changes:
        await Server.objects.filter(pk=server.pk).aupdate(users=users)
        await _push(f"server-{server.pk}")

    messages = [await viewer.text(), await viewer.text()]
    assert await viewer.hears_nothing(0.5)
    assert "3,020" in messages[-1]
    await viewer.close()


async def test_a_change_that_comes_while_the_message_is_made_is_sent_too(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await database_sync_to_async(ServerFactory)(healthy=True)
    viewer = await viewer_of(f"/ws/servers/{server.pk}/", administrator).open()
    await viewer.text()
    stamps: list[str] = []
    heard = asyncio.Event()
    hear, send = consumers.LiveConsumer.live_changed, consumers.LiveConsumer.send

    async def hearing(consumer: consumers.LiveConsumer, event: Changed) -> None:
        await hear(consumer, event)
        stamps.append(event["stamp"])
        if len(stamps) > 1:
            heard.set()

    async def overtaken(consumer: consumers.LiveConsumer, text: str) -> None:
        if not heard.is_set():
            await Server.objects.filter(pk=server.pk).aupdate(users=3_021)
            await _push(f"server-{server.pk}")
            await asyncio.wait_for(heard.wait(), 5)
        await send(consumer, text)

    monkeypatch.setattr(consumers.LiveConsumer, "live_changed", hearing)
    monkeypatch.setattr(consumers.LiveConsumer, "send", overtaken)
    await _push(f"server-{server.pk}")

    assert "3,021" not in await viewer.text()
    assert "3,021" in await viewer.text()
    await viewer.close()


async def test_viewers_in_one_time_zone_share_a_rendering(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    server = await database_sync_to_async(ServerFactory)(healthy=True)
    elsewhere = await database_sync_to_async(UserFactory)(time_zone="Asia/Tokyo")
    viewers = [
        viewer_of(f"/ws/servers/{server.pk}/", person)
        for person in (administrator, administrator, administrator, elsewhere)
    ]
    for viewer in viewers:
        await viewer.open()
        await viewer.text()
    original = rendered

    def counted(topic: object, pk: int, time_zone: str, access: Access) -> str:
        drawn.append(time_zone)
        return original(topic, pk, time_zone, access)  # type: ignore[arg-type]

    monkeypatch.setattr(consumers, "rendered", counted)
    await _push(f"server-{server.pk}")

    for viewer in viewers:
        await viewer.text()
        await viewer.close()
    assert sorted(drawn) == ["Asia/Tokyo", "UTC"]


async def test_operations_and_databases_have_sockets_too(administrator: User) -> None:
    operation = await database_sync_to_async(OperationFactory)()
    database = await database_sync_to_async(DatabaseConfigurationFactory)()
    follow = {
        f"/ws/operations/{operation.pk}/": lambda: events.announce_operation(
            Operation.objects.get(pk=operation.pk)
        ),
        f"/ws/databases/{database.pk}/": lambda: events.announce_database(database.pk),
    }
    for path, announce in follow.items():
        viewer = viewer_of(path, administrator)
        await viewer.open()
        first = await viewer.text()
        await database_sync_to_async(announce)()
        assert await viewer.text()
        assert "password of" not in first
        await viewer.close()


async def test_someone_who_lost_the_role_is_shown_out(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_consumer, "RECHECK_SECONDS", 0.05)
    server = await database_sync_to_async(ServerFactory)(healthy=True)
    viewer = viewer_of(f"/ws/servers/{server.pk}/", administrator)
    await viewer.open()
    await viewer.text()

    await User.objects.filter(pk=administrator.pk).aupdate(role=Role.HELPDESK)

    assert await viewer.close_code() == 4403


async def test_what_is_gone_is_not_sent(administrator: User) -> None:
    viewer = await viewer_of("/ws/servers/4711/", administrator).open()
    assert viewer.accepted
    assert await viewer.hears_nothing(0.1)
    await viewer.close()


def _read_as_empty(database: DatabaseConfiguration) -> None:
    store_level(database, database.login(), None)
    events.announce_database(database.pk)


def _make_unavailable(server: Server) -> None:
    Server.objects.filter(pk=server.pk).update(availability="unavailable")
    events.announce_servers([Server.objects.get(pk=server.pk)])


async def _push(group: str) -> None:
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send(group, {"type": "live.changed", "stamp": uuid.uuid4().hex})
