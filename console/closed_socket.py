"""What answers at socket addresses that name nothing."""

from __future__ import annotations

from channels.generic.websocket import AsyncWebsocketConsumer

NOT_FOUND = 4404


class ClosedConsumer(AsyncWebsocketConsumer):
    """Closes at once: without a route Channels would raise, and the server answer with a 500."""

    async def connect(self) -> None:
        await self.close(NOT_FOUND)
