"""A WebSocket client for consumers, without the daphne that Channels' own asks for."""

from __future__ import annotations

from typing import Any, Self

from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import AnonymousUser

from console.accounts.models import User

TIMEOUT = 5


class Viewer(ApplicationCommunicator):
    """One open page of a person: `viewer = await Viewer(app, path, user).open()`."""

    def __init__(self, application: Any, path: str, user: User | AnonymousUser) -> None:
        path, _, query = path.partition("?")
        super().__init__(
            application,
            {
                "type": "websocket",
                "path": path,
                "query_string": query.encode(),
                "headers": [],
                "subprotocols": [],
                "user": user,
                "session": {},
            },
        )
        self.accepted = False

    async def open(self) -> Self:
        """Connect; `accepted` tells whether the consumer agreed."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(TIMEOUT)
        self.accepted = answer["type"] == "websocket.accept"
        return self

    async def text(self) -> str:
        """The next message."""
        message = await self.receive_output(TIMEOUT)
        assert message["type"] == "websocket.send", message
        return str(message["text"])

    async def close(self) -> None:
        """Leave as a browser does."""
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(TIMEOUT)
