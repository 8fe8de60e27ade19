"""Domino's HTTP task: a web server that opens and closes its port with the server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.applications import Starlette

POLL_SECONDS = 0.01


class QuietServer(uvicorn.Server):
    """Leaves the signals to the host process, which has more to close than HTTP."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Serves `app` on a loopback port between `start` and `stop`."""

    def __init__(self, app: Starlette, address: str, port: int) -> None:
        self._config = uvicorn.Config(
            app,
            host=address,
            port=port,
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server: QuietServer | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when the port is open; raises SystemExit when it is taken."""
        self._server = QuietServer(self._config)
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started and not self._serving.done():  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)  # uvicorn has no event for it
        if self._serving.done():
            await self._serving

    async def stop(self) -> None:
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await self._serving
        self._server = self._serving = None
