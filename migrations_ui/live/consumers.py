"""The socket of a move: joins its group, sends what is now, then relays what changes.

`?after=` names the last event the client has, `?format=json` is for clients other than the page.
Each message holds the whole state and the events after the last one sent here, so a client that
connects again with its own last number sees every event once.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer

from console.accounts.models import User
from migrations_ui.live.events import MigrationChanged, group_of
from migrations_ui.live.renderings import FORMATS, rendered
from migrations_ui.models import Migration
from pools.live.sharing import shared_rendering

# Four messages a second are more than a person reads.
PUSH_SECONDS = 0.25
# How long a socket may outlive the role, the account or the session that opened it.
RECHECK_SECONDS = 30.0
NOT_ALLOWED = 4403
NOT_FOUND = 4404


class MigrationConsumer(AsyncWebsocketConsumer):
    """For administrators."""

    async def connect(self) -> None:
        self.pk: int = self.scope["url_route"]["kwargs"]["pk"]
        self.after, self.format = _wishes(self.scope["query_string"])
        self.stamp = uuid.uuid4().hex
        self.sender: asyncio.Task[None] | None = None
        self.sent_at = 0.0
        self.checked_at = time.monotonic()
        user = self.scope["user"]
        if not (isinstance(user, User) and user.is_administrator):
            await self.close(NOT_ALLOWED)
            return
        if not await Migration.objects.filter(pk=self.pk).aexists():
            await self.close(NOT_FOUND)
            return
        # Joined before the snapshot is taken: a change in between is sent again, never lost.
        await self.channel_layer.group_add(group_of(self.pk), self.channel_name)
        await self.accept()
        await self._send_news()

    async def disconnect(self, code: int) -> None:
        if self.sender is not None:
            self.sender.cancel()
        await self.channel_layer.group_discard(group_of(self.pk), self.channel_name)

    async def migration_changed(self, message: MigrationChanged) -> None:
        """Send the news soon; changes that come meanwhile go along."""
        self.stamp = message["stamp"]
        if self.sender is None or self.sender.done():
            self.sender = asyncio.create_task(self._send_when_due())

    async def _send_when_due(self) -> None:
        stamp = ""
        # A change that comes while the message is made is not in it: go round once more.
        while stamp != self.stamp:
            await asyncio.sleep(max(0.0, self.sent_at + PUSH_SECONDS - time.monotonic()))
            if not await self._is_still_allowed():
                await self.close(NOT_ALLOWED)
                return
            stamp = self.stamp
            await self._send_news()

    async def _send_news(self) -> None:
        more = True
        while more:
            self.sent_at = time.monotonic()
            key = (group_of(self.pk), self.format, str(self.after), self.stamp)
            render = partial(rendered, self.pk, self.after, self.format)
            rendering = await shared_rendering(key, render)
            await self.send(rendering.text)
            self.after, more = rendering.sequence, rendering.more

    async def _is_still_allowed(self) -> bool:
        if time.monotonic() - self.checked_at < RECHECK_SECONDS:
            return True
        self.checked_at = time.monotonic()
        user: Any = await get_user(self.scope)
        return isinstance(user, User) and user.is_administrator


def _wishes(query_string: bytes) -> tuple[int, str]:
    """`after` and `format` of the address; what cannot be read counts as not said."""
    query = parse_qs(query_string.decode("ascii", errors="replace"))
    after, form = query.get("after", ["0"])[-1], query.get("format", ["html"])[-1]
    return (int(after) if after.isdecimal() else 0), (form if form in FORMATS else "html")
