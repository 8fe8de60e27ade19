"""A WebSocket client for consumers, without the daphne that Channels' own asks for."""

from __future__ import annotations

from typing import Any, Self

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore

from console.accounts.models import User

# Longer than any machine takes: what never comes is what fails.
TIMEOUT = 30


HOST = "localhost"


class Viewer:
    """One open page of a person: `viewer = await Viewer(app, path, user).open()`.

    The person is signed in by a session of the store, `session_key`; `headers` are sent besides
    those of a browser, or instead where they are called the same.
    """

    # The code with which the socket was shut instead of accepted.
    refusal = 0

    def __init__(
        self,
        application: Any,
        path: str,
        user: User | AnonymousUser,
        *,
        scheme: str = "ws",
        headers: dict[str, str] | None = None,
    ) -> None:
        path, _, query = path.partition("?")
        self._user = user
        self._headers = {"host": HOST, "origin": f"http://{HOST}", **(headers or {})}
        self.session_key = ""
        scope: dict[str, Any] = {
            "type": "websocket",
            "scheme": scheme,
            "path": path,
            "query_string": query.encode(),
            "subprotocols": [],
        }
        self._scope = scope
        self._application = application
        self._wire: Any = None
        self.accepted = False

    async def open(self) -> Self:
        """Connect; `accepted` tells whether the consumer agreed."""
        if isinstance(self._user, User):
            self.session_key = await database_sync_to_async(sign_in)(self._user)
            self._headers["cookie"] = f"{settings.SESSION_COOKIE_NAME}={self.session_key}"
        self._scope["headers"] = [
            (name.encode(), value.encode()) for name, value in self._headers.items()
        ]
        # asgiref's testing module is not typed.
        self._wire = ApplicationCommunicator(self._application, self._scope)  # type: ignore[no-untyped-call]
        await self._wire.send_input({"type": "websocket.connect"})
        answer = await self._wire.receive_output(TIMEOUT)
        self.accepted = answer["type"] == "websocket.accept"
        self.refusal = answer.get("code", 0)
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


def sign_in(user: User) -> str:
    """The key of a new session of this person."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
