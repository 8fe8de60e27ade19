"""A WebSocket client for consumers, without the daphne that Channels' own asks for."""

from __future__ import annotations

from typing import Any, Self

from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import AnonymousUser

from console.accounts.models import User

TIMEOUT = 5


class Viewer:
    """One open page of a person: `viewer = await Viewer(app, path, user).open()`."""

    def __init__(self, application: Any, path: str, user: User | AnonymousUser) -> None:
        path, _, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [],
            "subprotocols": [],
            "user": user,
            "session": {},
        }
        self.accepted = False
        # asgiref's testing module is not typed.
        self._wire: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]

    async def open(self) -> Self:
        """Connect; `accepted` tells whether the consumer agreed."""
        await self._wire.send_input({"type": "websocket.connect"})
        answer = await self._wire.receive_output(TIMEOUT)
        self.accepted = answer["type"] == "websocket.accept"
        return self

    async def text(self) -> str:
        """The next message."""
        message = await self._wire.receive_output(TIMEOUT)
        assert message["type"] == "websocket.send", message
        return str(message["text"])

    async def hears_nothing(self, seconds: float) -> bool:
        """Whether no message comes for so long."""
        return bool(await self._wire.receive_nothing(seconds))

    async def close_code(self) -> int:
        """The code with which the consumer shuts the socket."""
        message = await self._wire.receive_output(TIMEOUT)
        assert message["type"] == "websocket.close", message
        return int(message["code"])

    async def close(self) -> None:
        """Leave as a browser does."""
        await self._wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._wire.wait(TIMEOUT)
