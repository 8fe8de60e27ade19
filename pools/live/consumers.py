"""The socket of a page: joins its group, sends what is now, then relays what changes."""

from __future__ import annotations

import asyncio
import time
import uuid
from functools import partial
from typing import Any

from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer

from console.accounts.models import User
from pools.live.events import Changed
from pools.live.fragments import TOPICS, rendered
from pools.live.sharing import shared_rendering

# A viewer is sent at most this often, whatever happens; each message holds the whole state.
PUSH_SECONDS = 0.5
# How long a socket may outlive the role, the account or the session that opened it.
RECHECK_SECONDS = 30.0
NOT_ALLOWED = 4403


class LiveConsumer(AsyncWebsocketConsumer):
    """For administrators; the route names the topic."""

    time_zone: str

    async def connect(self) -> None:
        self.topic = TOPICS[self.scope["url_route"]["kwargs"]["topic"]]
        self.pk = self.scope["url_route"]["kwargs"].get("pk", 0)
        self.stamp = uuid.uuid4().hex
        self.refresh: asyncio.Task[None] | None = None
        self.sent_at = 0.0
        self.checked_at = time.monotonic()
        user = self.scope["user"]
        if not (isinstance(user, User) and user.is_administrator):
            await self.close(NOT_ALLOWED)
            return
        self.time_zone = user.time_zone
        # Joined before the snapshot is taken: a change in between is sent again, never lost.
        await self.channel_layer.group_add(self.topic.group_of(self.pk), self.channel_name)
        await self.accept()
        await self._send_state()

    async def disconnect(self, code: int) -> None:
        if self.refresh is not None:
            self.refresh.cancel()
        await self.channel_layer.group_discard(self.topic.group_of(self.pk), self.channel_name)

    async def live_changed(self, event: Changed) -> None:
        """Send the new state soon; changes that come meanwhile are in it."""
        self.stamp = event["stamp"]
        if self.refresh is None or self.refresh.done():
            self.refresh = asyncio.create_task(self._send_when_due())

    async def _send_when_due(self) -> None:
        stamp = ""
        # A change that comes while the message is made is not in it: go round once more.
        while stamp != self.stamp:
            await asyncio.sleep(max(0.0, self.sent_at + PUSH_SECONDS - time.monotonic()))
            if not await self._is_still_allowed():
                await self.close(NOT_ALLOWED)
                return
            stamp = self.stamp
            await self._send_state()

    async def _send_state(self) -> None:
        self.sent_at = time.monotonic()
        render = partial(rendered, self.topic, self.pk, self.time_zone)
        key = (self.topic.group_of(self.pk), self.time_zone, self.stamp)
        text = await shared_rendering(key, render)
        if text:
            await self.send(text)

    async def _is_still_allowed(self) -> bool:
        if time.monotonic() - self.checked_at < RECHECK_SECONDS:
            return True
        self.checked_at = time.monotonic()
        user: Any = await get_user(self.scope)
        return isinstance(user, User) and user.is_administrator
