"""The Traveler task of one host: its life, its store, its heartbeat and its condition."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

from pools.domain.routing import DRAINED, RoutingCandidate
from pools.lab.console_log import ConsoleLog
from pools.lab.database import StoreUnavailable
from pools.lab.directory import HostEntry, LabDirectory
from pools.lab.files import HostFiles
from pools.lab.load import Load
from pools.lab.startup import TravelerStartFailed, open_store
from pools.lab.store import StoreServerRow, TravelerStore
from pools.lab.store_thread import StoreThread
from pools.lab.vendor_transfer import ROWS_A_SECOND, TransferControl

TASK_PORT = 50125
ALIVE_HEARTBEATS = 3
OFFLINE_SERVERS_DROPPED = timedelta(hours=24)
LEAST_OFFLINE = timedelta(seconds=60)
CONSTRAINED_BY_FAULT = -50


class TravelerNotRunning(Exception):
    """The Traveler task is not running on this server."""


class TravelerTask:
    """Started by `load traveler` or with Domino; at rest it holds no file and no connection."""

    def __init__(
        self, lab: LabDirectory, entry: HostEntry, files: HostFiles, console: ConsoleLog
    ) -> None:
        self.entry = entry
        self.plan = entry.plan
        self.files = files
        self.console = console
        self.heartbeat_seconds = lab.heartbeat_seconds
        self.speed = lab.speed
        self.load = Load(entry.plan.capacity)
        self.thread = StoreThread()
        self.drained = False
        self.pooled = False
        self.started: datetime | None = None
        self.last_sync: datetime | None = None
        self.store_failure = ""
        self._store: TravelerStore | None = None
        self._heartbeat: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[None] | None = None
        self._transfer: TransferControl | None = None

    @property
    def running(self) -> bool:
        return self._store is not None

    @property
    def busy(self) -> bool:
        """Running, or about to: it may be bringing its data into a pool."""
        return self.running or self._starting is not None

    @property
    def store(self) -> TravelerStore:
        if self._store is None:
            raise TravelerNotRunning("The Traveler task is not running on this server.")
        return self._store

    def say(self, text: str) -> None:
        self.console.write(f"Traveler: {text}")

    # Life

    async def start(self) -> None:
        """Start unless it runs already; what goes wrong is printed on the console.

        Returns when it runs or has failed. A server that first brings its own data into a pool
        goes on with that by itself.
        """
        if self.busy:
            self.say("Server is already running.")
            return
        transferring = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._transfer = TransferControl(
            pace=ROWS_A_SECOND * self.speed,
            begun=lambda: loop.call_soon_threadsafe(transferring.set),
            fails_half_way=lambda: "fail-transfer" in self.files.active_faults(),
        )
        self._starting = asyncio.create_task(self._start(self._transfer))
        begun = asyncio.create_task(transferring.wait())
        await asyncio.wait({self._starting, begun}, return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()

    async def _start(self, control: TransferControl) -> None:
        self.say(f"Server starting, version {self.plan.version} Build {self.plan.build}.")
        try:
            if "fail-start" in self.files.active_faults():
                raise TravelerStartFailed("An error was injected with `manage.py lab fault`.")
            setting = self.files.nsf.read_setting()
            self._store = await self.thread.run(open_store, self.files, setting, self.say, control)
            self.pooled = setting is not None
            self.started = datetime.now(UTC)
            self.drained = False
            self.store_failure = ""
            if self.pooled:
                await self.beat()
                self._heartbeat = asyncio.create_task(self._beat_forever())
                self.say("This server is now a member of the high availability pool.")
        except (TravelerStartFailed, StoreUnavailable, ValueError) as error:
            await self._close_store()
            self.say(f"ERROR: {error}")
            self.say("Server did not start.")
        else:
            self.say("Server started.")
        finally:
            self._starting = None

    async def stop(self) -> None:
        if self._starting is not None and self._transfer is not None:
            self._transfer.stopping.set()
            await asyncio.wait({self._starting})
        if not self.running:
            return
        self.say("Server stopping.")
        if self._heartbeat is not None:
            self._heartbeat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._heartbeat
            self._heartbeat = None
        if self.pooled:
            with contextlib.suppress(StoreUnavailable):
                await self.thread.run(self.store.mark_stopped, self.plan.domino_name)
        await self._close_store()
        self.say("Server stopped.")

    async def _close_store(self) -> None:
        store, self._store = self._store, None
        self.started = None
        if store is not None:
            await self.thread.run(store.close)

    # Condition

    def availability_index(self) -> int:
        if self.drained:
            return DRAINED
        if "constrained" in self.files.active_faults():
            return CONSTRAINED_BY_FAULT
        return self.load.availability_index()

    def candidate(self) -> RoutingCandidate:
        """This server as the routing decision sees it."""
        return RoutingCandidate(self.plan.domino_name, self.availability_index())

    def status_reasons(self) -> tuple[list[str], list[str]]:
        """Yellow and red status messages."""
        faults = self.files.active_faults()
        yellow, red = [], []
        if self.candidate().constrained:
            yellow.append("The server is constrained: new device syncs are answered with 503.")
        if "yellow" in faults:
            yellow.append("Disk space has 7 percent free that is less than the threshold of 15.")
        if "red" in faults:
            red.append("User Joe Tester on thread DS-17 has been running for 121 minutes.")
        if self.store_failure:
            red.append(self.store_failure)
        return yellow, red

    def count_sync(self, now: datetime) -> None:
        self.load.count_sync()
        self.last_sync = now

    async def members(self) -> list[StoreServerRow]:
        """The rows of the pool; a standalone server lists itself."""
        if not self.pooled:
            return [await self.own_row()]
        return await self.thread.run(self.store.servers)

    def is_alive(self, row: StoreServerRow, now: datetime) -> bool:
        limit = timedelta(seconds=ALIVE_HEARTBEATS * self.heartbeat_seconds)
        return bool(row.running) and row.heart_beat is not None and now - row.heart_beat < limit

    async def own_row(self) -> StoreServerRow:
        master = self.plan.domino_name if self.pooled else None
        return StoreServerRow(
            domino_name=self.plan.domino_name,
            server_id=self.files.server_id,
            host_name=f"{self.entry.name}.{self.files.organization.lower()}.example",
            ip_address=self.entry.address,
            task_port=TASK_PORT,
            servlet_port=self.entry.http_port,
            heart_beat=datetime.now(UTC),
            availability_index=self.availability_index(),
            number_of_users=await self.thread.run(self.store.count_users, master),
            running=1,
            version=self.plan.version,
            build=self.plan.build,
            started=self.started,
        )

    async def beat(self) -> None:
        """Write the own row of the pool, and drop servers that have been offline for a day."""
        row = await self.own_row()
        await self.thread.run(self.store.put_server, row)
        now = datetime.now(UTC)
        offline = max(OFFLINE_SERVERS_DROPPED / self.speed, LEAST_OFFLINE)
        for other in await self.members():
            if other.heart_beat is not None and now - other.heart_beat > offline:
                await self.thread.run(self.store.delete_server, other.domino_name)

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(self.heartbeat_seconds)
            try:
                await self.beat()
                if self.store_failure:
                    self.say("The enterprise database can be reached again.")
                self.store_failure = ""
            except StoreUnavailable:
                if not self.store_failure:
                    self.say("ERROR: The enterprise database cannot be reached.")
                self.store_failure = "The enterprise database cannot be reached."
