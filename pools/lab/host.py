"""One emulated Traveler host, as one process: SSH, HTTP, Domino, Traveler and its store."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from pools.databases.jdbc import JdbcUrl, schema_properties
from pools.lab.commands import HostCommands
from pools.lab.console_log import ConsoleLog
from pools.lab.device_sync import DeviceSync
from pools.lab.domino import DominoServer
from pools.lab.files import HostFiles
from pools.lab.http import WebApplication
from pools.lab.nsf import NsfDatabaseSetting
from pools.lab.ssh import serve_ssh
from pools.lab.standalone import generate_standalone
from pools.lab.traveler import TravelerTask
from pools.lab.traveler_util import EmulatedTravelerUtil
from pools.lab.web_server import WebServer

if TYPE_CHECKING:
    from pools.lab.directory import HostEntry, LabDirectory


# How long a host may take to stop when its supervisor has gone.
ORDERLY_SECONDS = 15


async def run_host(lab: LabDirectory, entry: HostEntry, *, end_with_parent: bool) -> None:
    """Boot the host and run it until SIGTERM, SIGINT, or the end of the parent's pipe."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if end_with_parent:
        threading.Thread(target=_end_with_parent, args=(loop, stop), daemon=True).start()

    files = HostFiles(lab, entry)
    install_host(lab, entry, files)
    console = ConsoleLog(files.console_log)
    traveler = TravelerTask(lab, entry, files, console)
    devices = DeviceSync(lab, traveler)
    web = WebApplication(traveler, devices, lab.accounts).build()
    domino = DominoServer(traveler, WebServer(web, entry.address, entry.http_port), console)
    ssh = await serve_ssh(lab, entry, HostCommands(domino, EmulatedTravelerUtil(traveler)))
    await domino.start()
    process_file = lab.process_file(entry)
    process_file.parent.mkdir(exist_ok=True)
    process_file.write_text(str(os.getpid()), encoding="ascii")
    try:
        await stop.wait()
    finally:
        process_file.unlink(missing_ok=True)
        ssh.close()
        await domino.stop()


def _end_with_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """The supervisor holds the other end of our input; it ends however the supervisor ends.

    A thread, because the loop may be busy with a new host's data for a while.
    """
    # Not sys.stdin: its buffer would be locked by this thread when the interpreter ends.
    os.read(sys.stdin.fileno(), 1)
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(stop.set)
    time.sleep(ORDERLY_SECONDS)
    os._exit(1)


def install_host(lab: LabDirectory, entry: HostEntry, files: HostFiles) -> None:
    """Files and data of a new host; a host that has been there stays as it was left."""
    if files.is_complete():
        return
    files.create()
    if entry.plan.pool:
        files.nsf.write_setting(pool_setting(lab, entry, files))
    else:
        generate_standalone(lab, entry, files)
    files.complete()


def pool_setting(lab: LabDirectory, entry: HostEntry, files: HostFiles) -> NsfDatabaseSetting:
    """What `travelerUtil db set` was given on a server that is in its pool from the beginning."""
    login = lab.databases[lab.pool(entry.plan.pool).database]
    return NsfDatabaseSetting(
        url=str(
            JdbcUrl(
                login.engine,
                login.host,
                login.port,
                login.name,
                schema_properties(login.engine, login.schema),
            )
        ),
        user=login.user,
        password=login.password,
        path=files.found_jar(login.engine),
    )
