"""How large the body of a request may be, how long it may take to arrive, and in what encoding.

Django reads the whole body before anything else looks at it, for as long as the client likes.
"""

from __future__ import annotations

import asyncio
import codecs
import json
from http import HTTPStatus
from typing import Any

from django.utils.http import parse_header_parameters

from console.api.problem_details import MEDIA_TYPE, problem

# More than any form or request of the API needs.
MOST_BYTES = 2_621_440
SECONDS = 30.0
DISCONNECT = {"type": "http.disconnect"}
TOO_LARGE = f"The request is larger than {MOST_BYTES:,} bytes."
NOT_READABLE = "The Content-Type names no character set that text has."
TOO_SLOW = f"The request did not arrive within {SECONDS:g} seconds."
CODES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "request_too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
    HTTPStatus.REQUEST_TIMEOUT: "request_too_slow",
}


class RequestLimits:
    """ASGI middleware. What is too large or too slow is answered with 413 or 408, and cut."""

    def __init__(self, app: Any, *, most_bytes: int = MOST_BYTES, seconds: float = SECONDS) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.seconds = seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif _declared_length(scope) > self.most_bytes:
            await _refuse(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        elif not _is_readable(scope):
            await _refuse(send, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NOT_READABLE)
        else:
            body = _Body(receive, self.most_bytes, self.seconds)
            answer = _Answer(send)
            await self.app(scope, body.receive, answer.send)
            if body.refusal is not None and not answer.has_begun:
                await _refuse(send, *body.refusal)


class _Body:
    """What the application receives; once refused, it hears that the client has gone."""

    def __init__(self, receive: Any, most_bytes: int, seconds: float) -> None:
        self._receive = receive
        self._bytes_left = most_bytes
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._is_whole = False
        self.refusal: tuple[HTTPStatus, str] | None = None

    async def receive(self) -> Any:
        if self.refusal is not None:
            return DISCONNECT
        if self._is_whole:
            # Waits for the client to go, for as long as the answer takes.
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            return self._refused(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW)
        self._bytes_left -= len(message.get("body", b""))
        if self._bytes_left < 0:
            return self._refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        self._is_whole = not message.get("more_body", False)
        return message

    def _refused(self, status: HTTPStatus, reason: str) -> Any:
        self.refusal = (status, reason)
        return DISCONNECT


class _Answer:
    def __init__(self, send: Any) -> None:
        self._send = send
        self.has_begun = False

    async def send(self, message: Any) -> None:
        self.has_begun = True
        await self._send(message)


def _declared_length(scope: Any) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _is_readable(scope: Any) -> bool:
    """False for encodings of Python that are none of text, such as bz2: Django takes them, and then
    fails while it makes the request."""
    for name, value in scope["headers"]:
        if name == b"content-type":
            try:
                _, parameters = parse_header_parameters(value.decode("latin-1"))
                charset = parameters.get("charset", "utf-8")
                codecs.lookup(charset)
            except (LookupError, ValueError):
                # Django and REST framework have an answer to a name that nobody knows.
                continue
            try:
                "".encode(charset)
            except (LookupError, UnicodeError):
                return False
    return True


async def _refuse(send: Any, status: HTTPStatus, reason: str) -> None:
    body = json.dumps(problem(status, CODES[status], reason)).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
