"""The Domino server of one host: start, stop, and its console commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from pools.lab.database import StoreUnavailable
from pools.lab.languages import say
from pools.lab.tell import TellTraveler
from pools.lab.traveler import TravelerNotRunning

if TYPE_CHECKING:
    from pools.lab.console_log import ConsoleLog
    from pools.lab.traveler import TravelerTask
    from pools.lab.web_server import WebServer

TELL = "tell traveler "
ENDINGS = ("quit", "exit", "shutdown")


class DominoServer:
    """While it is down there is no HTTP and no Derby; the host's SSH stays."""

    def __init__(self, traveler: TravelerTask, web: WebServer, console: ConsoleLog) -> None:
        self.traveler = traveler
        self.web = web
        self.console = console
        self.running = False
        self._tell = TellTraveler(traveler)
        # Starts and stops never overlap; other commands may run side by side.
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        async with self._changing:
            if self.running:
                return
            plan = self.traveler.plan
            self.console.archive()
            self.console.write(
                f"HCL Domino (r) Server ({plan.bits} Bit), Release {plan.domino_release}",
                f"Server started on {plan.domino_name}",
                "HTTP Server: Started",
            )
            await self.web.start()
            self.running = True
            await self.traveler.start()

    async def stop(self) -> None:
        async with self._changing:
            if not self.running:
                return
            await self.traveler.stop()
            await self.web.stop()
            self.console.write("HTTP Server: Shutdown", "Server shutdown complete")
            self.running = False

    async def command(self, text: str) -> None:
        """Run a console command; what it prints goes to the console, as with `server -c`."""
        command = " ".join(text.split())
        lowered = command.lower()
        self.console.echo(command)
        if lowered.startswith(TELL) and lowered.removeprefix(TELL) in ("quit", "shutdown"):
            await self._with_lock(self.traveler.stop)
        elif lowered.startswith(TELL):
            self.console.write(*await self._ask_traveler(command[len(TELL) :]))
        elif lowered.startswith("load traveler"):
            await self._with_lock(self.traveler.start)
        elif lowered in ENDINGS:
            await self.stop()
        else:
            self.console.write(*self._show(lowered))

    async def _with_lock(self, change: Callable[[], Awaitable[object]]) -> None:
        async with self._changing:
            await change()

    async def _ask_traveler(self, command: str) -> list[str]:
        if not self.traveler.running:
            return [say(self.traveler.plan.language, "Task name not found.")]
        try:
            return await self._tell.answer(command)
        except (StoreUnavailable, TravelerNotRunning) as error:
            return [f"ERROR: {error}"]

    def _show(self, command: str) -> list[str]:
        plan = self.traveler.plan
        match command:
            case "show server" | "sh server":
                return [
                    f"HCL Domino (r) Server (Release {plan.domino_release} for Linux/{plan.bits})",
                    f"Server name: {plan.domino_name}",
                    f"Domino edition: {plan.edition}",
                ]
            case "show tasks" | "sh tasks":
                tasks = ["Database Server", "HTTP Server"]
                return tasks + ["Traveler"] * self.traveler.running
            case "show stat traveler":
                constrained = int(self.traveler.candidate().constrained)
                return [
                    f"  Traveler.Version = {plan.version} Build {plan.build}",
                    f"  Traveler.Availability.Index.Current = {self.traveler.availability_index()}",
                    f"  Traveler.Constrained.State = {constrained}",
                ]
        return [f"Command not recognized: {command}"]
