"""A socket for people who have its capability: joins its groups, sends what is now, then relays
what changes."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error

from console.accounts.capabilities import Capability
from console.accounts.models import User
from console.accounts.permissions import access_of
from console.accounts.sockets import person_of
from pools.broadcast.channel import Changed

# A socket outlives the session or token that opened it, the account or the role by at most this and
# the time of one look into the store: 30 s together.
RECHECK_SECONDS = 20.0
# Close codes; the page says what they mean and does not connect again (static/lifeguard.js).
NOT_SIGNED_IN = 4401
NOT_ALLOWED = 4403
NOT_FOUND = 4404
# The code of WebSockets for it: the page connects again after a pause.
TRY_AGAIN_LATER = 1013

logger = structlog.get_logger(__name__)


class GuardedConsumer(AsyncWebsocketConsumer):
    """A subclass says what a viewer needs and which groups it follows, and sends the state when it
    is due. `access` is what the viewer may see, as it was asked last."""

    # A viewer is sent news at most this often, whatever happens.
    push_seconds: float
    followed: tuple[str, ...] = ()

    async def connect(self) -> None:
        self.stamp = uuid.uuid4().hex
        self.sender: asyncio.Task[None] | None = None
        self.guard: asyncio.Task[None] | None = None
        self.sent_at = 0.0
        self.route: dict[str, Any] = self.scope["url_route"]["kwargs"]
        code = await self._admit()
        if code:
            await self.close(code)
            return
        # Joined before the snapshot is taken: a change in between is sent again, never lost.
        for group in self.followed:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()
        self.guard = asyncio.create_task(self._watch_access())
        await self._send_now()

    @classmethod
    def capability_of(cls, route: dict[str, Any]) -> Capability:
        """What a viewer needs at the address that has these arguments."""
        raise NotImplementedError

    async def find_groups(self, user: User) -> tuple[str, ...]:
        """The groups that have news of what this socket's address names; none: it names nothing
        that is there for `self.access`."""
        raise NotImplementedError

    async def send_state(self) -> None:
        """Send what is now. Whoever sees the same `self.stamp` may be sent the same."""
        raise NotImplementedError

    async def disconnect(self, code: int) -> None:
        for task in (self.sender, self.guard):
            if task is not None:
                task.cancel()
        await self._leave_groups()

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
            stamp = self.stamp
            await self._send_now()

    async def _send_now(self) -> None:
        self.sent_at = time.monotonic()
        await self.send_state()

    async def _watch_access(self) -> None:
        """Ask the store again and again, whether or not there is news to send."""
        code = 0
        while not code:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                code = await self._admit()
            except Error as error:
                # Who cannot be asked about is sent nothing more; the page comes again.
                logger.warning("socket closed, access not known", error=type(error).__name__)
                code = TRY_AGAIN_LATER
        if self.sender is not None:
            self.sender.cancel()
        await self._leave_groups()
        await self.close(code)

    async def _admit(self) -> int:
        """The code to close with; 0 for who may see what the address names, whose `access` and
        `group` are then known."""
        user = await person_of(self.scope)
        if user is None:
            return NOT_SIGNED_IN
        self.access = await database_sync_to_async(access_of)(user)
        if not self.access.may(self.capability_of(self.route)):
            return NOT_ALLOWED
        self.followed = await self.find_groups(user)
        return 0 if self.followed else NOT_FOUND

    async def _leave_groups(self) -> None:
        left, self.followed = self.followed, ()
        for group in left:
            await self.channel_layer.group_discard(group, self.channel_name)
