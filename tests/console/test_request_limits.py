"""A request that does not come to its end is cut."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from console.request_limits import RequestLimits


async def answer_of(
    chunks: list[bytes], *, whole: bool, seconds: float = 0.2, headers: Any = ()
) -> tuple[int, bytes]:
    """Status and body that a client gets who sends these chunks, and then ends or falls silent."""
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": not whole or number < len(chunks)}
        for number, chunk in enumerate(chunks, start=1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        """As Django: reads all of it, and answers nobody who has gone."""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    limited = RequestLimits(application, most_bytes=10, seconds=seconds)
    await limited({"type": "http", "headers": list(headers)}, receive, send)
    return sent[0]["status"], sent[1]["body"]


async def test_a_whole_request_passes() -> None:
    assert await answer_of([b"12345", b"67890"], whole=True) == (200, b"done")


async def test_half_a_request_is_cut_in_time() -> None:
    status, body = await answer_of([b"12345"], whole=False)

    assert status == 408
    assert b"did not arrive" in body


async def test_too_large_a_request_is_cut_while_it_comes() -> None:
    assert (await answer_of([b"12345", b"678901"], whole=False))[0] == 413


async def test_and_before_it_comes_where_it_says_so() -> None:
    status, _ = await answer_of([], whole=False, headers=[(b"content-length", b"11")])

    assert status == 413


async def test_a_slow_answer_is_no_slow_request() -> None:
    """The application listens for the client's end for as long as it works."""
    heard: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        try:
            async with asyncio.timeout(0.1):
                heard.append((await receive())["type"])
        except TimeoutError:
            heard.append("nothing")

    messages = [{"type": "http.request", "body": b""}]

    async def receive() -> Any:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    limited = RequestLimits(application, seconds=0.01)
    await limited({"type": "http", "headers": []}, receive, None)

    assert heard == ["nothing"]


@pytest.mark.parametrize(
    ("charset", "status"), [("bz2_codec", 415), ("hex", 415), ("latin-1", 200), ("no-such", 200)]
)
async def test_an_encoding_that_is_none_of_text_is_refused(charset: str, status: int) -> None:
    headers = [(b"content-type", f"text/plain; charset={charset}".encode())]

    assert (await answer_of([b"1"], whole=True, headers=headers))[0] == status
