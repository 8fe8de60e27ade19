"""One health sweep over 200 servers, a tenth of them black holes.

    python -m benchmarks.health_sweep [--servers 200] [--holes 20] [--sweeps 3]

The servers that answer are real HTTP servers in a process of their own. Half of the black holes
swallow the connection, half accept it and never say a word. The console's database is a SQLite
file in a temporary directory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock

POOL_SIZE = 8


def answer_for_ever(pools: int, ports: Connection) -> None:
    """A Traveler API on one port for each pool; tells the ports, then serves."""
    import uvicorn

    def application(number: int) -> Any:
        rows = [
            {
                "domino_name": f"CN=p{number}s{member}/O=Acme",
                "availability_index": 80,
                "number_of_users": 2000,
                "heart_beat": 1_763_805_600_000,
                "server_status": "Available",
            }
            for member in range(POOL_SIZE)
        ]
        body = json.dumps({"code": 200, "message": "OK", "data": rows}).encode()

        async def respond(scope: Any, receive: Any, send: Any) -> None:
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return respond

    async def serve() -> None:
        listening = [socket.create_server(("127.0.0.1", 0), backlog=256) for _ in range(pools)]
        ports.send([entry.getsockname()[1] for entry in listening])
        servers = [
            uvicorn.Server(uvicorn.Config(application(number), log_level="error", lifespan="off"))
            for number in range(pools)
        ]
        await asyncio.gather(
            *(
                server.serve(sockets=[entry])
                for server, entry in zip(servers, listening, strict=True)
            )
        )

    asyncio.run(serve())


@contextmanager
def black_holes(number: int) -> Iterator[list[int]]:
    """Ports of which every second never takes a connection, the others never answer one."""
    with ExitStack() as stack:
        ports = []
        for hole in range(number):
            listening = stack.enter_context(socket.socket())
            listening.bind(("127.0.0.1", 0))
            listening.listen(0 if hole % 2 else 64)
            port = listening.getsockname()[1]
            for _ in range(4 if hole % 2 else 0):
                clog = stack.enter_context(socket.socket())
                clog.setblocking(False)
                clog.connect_ex(("127.0.0.1", port))
            ports.append(port)
        yield ports


def enter_servers(total: int, answering: list[int], holes: list[int]) -> None:
    """The console's rows: pools of eight, the black holes spread over them."""
    from pools.models import CommandProfile, DatabaseConfiguration, Login, Pool, Server

    login = Login.objects.create(name="all", username="admin", password="secret")  # noqa: S106
    profile = CommandProfile.objects.create(name="all")
    for number in range(total // POOL_SIZE):
        database = DatabaseConfiguration.objects.create(
            name=f"d{number}",
            engine="postgresql",
            host="db",
            port=5432,
            database_name="t",
            password="secret",  # noqa: S106
        )
        pool = Pool.objects.create(
            name=f"p{number}", slug=f"p{number}", external_url="http://t", database=database
        )
        for member in range(POOL_SIZE):
            position = number * POOL_SIZE + member
            step = total // len(holes) if holes else total + 1
            is_hole = position % step == 0
            port = holes[position // step] if is_hole else answering[number]
            Server.objects.create(
                domino_name=f"CN=p{number}s{member}/O=Acme",
                pool=pool,
                profile=profile,
                ssh_host="127.0.0.1",
                ssh_login=login,
                api_login=login,
                api_url=f"http://127.0.0.1:{port}",
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--servers", type=int, default=200)
    parser.add_argument("--holes", type=int, default=20)
    parser.add_argument("--sweeps", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, black_holes(options.holes) as holes:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(directory) / 'console.sqlite3'}"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
        os.environ.setdefault("SECRET_KEY", "for this benchmark only")
        os.environ.setdefault("LIFEGUARD_ENV_FILE", os.devnull)
        theirs, ours = multiprocessing.Pipe()
        api = multiprocessing.get_context("spawn").Process(
            target=answer_for_ever, args=(options.servers // POOL_SIZE, ours), daemon=True
        )
        api.start()
        try:
            measure(options, theirs.recv(), holes)
        finally:
            api.kill()
            api.join()


def measure(options: argparse.Namespace, answering: list[int], holes: list[int]) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from pools.models import Server
    from pools.services.health import sweep_health

    call_command("migrate", verbosity=0)
    enter_servers(options.servers, answering, holes)
    for _ in range(options.sweeps):
        saved: list[float] = []
        started, processor = time.perf_counter(), time.process_time()

        def note(servers: list[Server], saved: list[float] = saved, at: float = started) -> None:
            saved.extend([time.perf_counter() - at] * len(servers))

        with mock.patch("pools.services.health.announce_servers", note):
            sweep = sweep_health()
        print(
            f"{sweep.asked} servers, {sweep.answered} answered: {sweep.seconds:.2f} s; "
            f"the answers were saved after {sorted(saved)[sweep.answered - 1]:.2f} s; "
            f"processor {time.process_time() - processor:.2f} s"
        )
    unavailable = Server.objects.filter(availability="unavailable").count()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"unavailable: {unavailable}, as expected: {unavailable == len(holes)}; {memory} MB")


if __name__ == "__main__":
    main()
