"""Telling viewers: over a real Redis, and without one."""

from __future__ import annotations

import asyncio

import pytest
from channels.layers import channel_layers, get_channel_layer
from pytest_django import Settings
from structlog.testing import capture_logs

from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.ports import free_port
from pools.broadcast import channel, events
from tests.factories import ServerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def redis_layer(settings: Settings) -> object:
    """Chooses the layer that is used outside the tests, at some address."""

    def choose(url: str) -> None:
        settings.CHANNEL_LAYERS = {
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": [url]},
            }
        }
        channel_layers.backends.clear()

    yield choose
    channel_layers.backends.clear()


def test_server_pool_and_overview_are_notified_over_redis(
    redis: EmbeddedRedis, redis_layer: object
) -> None:
    redis_layer(redis.url)  # type: ignore[operator]
    server = ServerFactory(pool=None)

    async def listen() -> list[str]:
        layer = get_channel_layer()
        assert layer is not None
        name = await layer.new_channel()
        for group in ("overview", f"server-{server.pk}", "pool-None"):
            await layer.group_add(group, name)
        await asyncio.to_thread(channel.send, ["overview", f"server-{server.pk}"])
        messages = [await asyncio.wait_for(layer.receive(name), 5) for _ in range(2)]
        await layer.flush()
        return [message["type"] for message in messages]

    assert asyncio.run(listen()) == ["live.changed", "live.changed"]


def test_without_redis_the_work_goes_on(redis_layer: object) -> None:
    redis_layer(f"redis://127.0.0.1:{free_port()}/0")  # type: ignore[operator]
    with capture_logs() as logs:
        events.announce_servers([ServerFactory()])

    assert [log["event"] for log in logs] == ["viewers not notified"]
