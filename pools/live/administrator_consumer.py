"""A socket for administrators: joins a group, sends what is now, then relays what changes."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer

from console.accounts.models import User
from pools.live.sending import Changed

# How long a socket may outlive the role, the account or the session that opened it.
RECHECK_SECONDS = 30.0
NOT_ALLOWED = 4403
NOT_FOUND = 4404


class AdministratorConsumer(AsyncWebsocketConsumer):
    """A subclass says which group a viewer follows, and sends the state when it is due."""

    # A viewer is sent news at most this often, whatever happens.
    push_seconds: float

    async def connect(self) -> None:
        self.group = ""
        self.stamp = uuid.uuid4().hex
        self.sender: asyncio.Task[None] | None = None
        self.sent_at = 0.0
        self.checked_at = time.monotonic()
        user = self.scope["user"]
        if not (isinstance(user, User) and user.is_administrator):
            await self.close(NOT_ALLOWED)
            return
        group = await self.find_group(user)
        if group is None:
            await self.close(NOT_FOUND)
            return
        self.group = group
        # Joined before the snapshot is taken: a change in between is sent again, never lost.
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self._send_now()

    async def find_group(self, user: User) -> str | None:
        """The group that has news of what this socket's address names; None: it names nothing."""
        raise NotImplementedError

    async def send_state(self) -> None:
        """Send what is now. Whoever sees the same `self.stamp` may be sent the same."""
        raise NotImplementedError

    async def disconnect(self, code: int) -> None:
        if self.sender is not None:
            self.sender.cancel()
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def live_changed(self, message: Changed) -> None:
        """Send the news soon; changes that come meanwhile go along."""
        self.stamp = message["stamp"]
        if self.sender is None or self.sender.done():
            self.sender = asyncio.create_task(self._send_when_due())

    async def _send_when_due(self) -> None:
        stamp = ""
        # A change that comes while the message is made is not in it: go round once more.
        while stamp != self.stamp:
            await asyncio.sleep(max(0.0, self.sent_at + self.push_seconds - time.monotonic()))
            if not await self._is_still_allowed():
                await self.close(NOT_ALLOWED)
                return
            stamp = self.stamp
            await self._send_now()

    async def _send_now(self) -> None:
        self.sent_at = time.monotonic()
        await self.send_state()

    async def _is_still_allowed(self) -> bool:
        if time.monotonic() - self.checked_at < RECHECK_SECONDS:
            return True
        self.checked_at = time.monotonic()
        user: Any = await get_user(self.scope)
        return isinstance(user, User) and user.is_administrator
