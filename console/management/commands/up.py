"""Bring the whole console up on this machine: `manage.py up`, or `up --lab` for the demo."""

from __future__ import annotations

import os
import signal
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from console.accounts.provisioning import provide_first_accounts
from console.child_environment import without_secrets
from console.private_files import close_to_others
from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from console.supervision.embedded.redis import EmbeddedRedis
from console.supervision.embedded.server import EmbeddedServer, EmbeddedServerError
from console.supervision.ports import PortTaken, remembered_port, require_free
from console.supervision.programs import Program, console_programs, manage
from console.supervision.supervisor import StartFailed, Supervisor

POOL_ROLE = "lntuser"
POOL_DATABASE = "traveler"
EMPTY_DATABASE = "traveler_us"


class Command(BaseCommand):
    """`manage.py up`: all processes on one machine."""

    help = "Run web, workers, beat and an embedded Redis; with --lab also the emulated hosts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lab", action="store_true", help="emulated Traveler hosts as well")
        parser.add_argument("--port", type=int, default=8000, help="of the web console")
        parser.add_argument("--scale", type=float, default=1.0, help="of the lab's data")

    def handle(self, *args: Any, lab: bool, port: int, scale: float, **options: Any) -> None:
        # SIGINT too: started from a script in the background, it would be ignored.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _end)
        try:
            self._run(lab=lab, port=port, scale=scale)
        except (PortTaken, StartFailed, EmbeddedServerError) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self.stdout.write("\nEverything has ended.")

    def _run(self, *, lab: bool, port: int, scale: float) -> None:
        directory: Path = settings.LIFEGUARD_WORK_DIR
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        close_to_others()
        require_free(port, "the web console", f"End it, or choose another: PORT={port + 1}.")

        redis = EmbeddedRedis(directory / "redis", remembered_port(directory, "redis"))
        redis.prepare()
        require_free(redis.port, "Redis", "Is this console running already?")
        environment = os.environ | {"LIFEGUARD_WORK_DIR": str(directory), "REDIS_URL": redis.url}
        answering: dict[str, EmbeddedServer] = {"redis": redis}
        programs = [Program("redis", without_secrets(redis.command(), environment), first=True)]
        if lab:
            postgresql = self._postgresql(directory)
            environment |= {
                "LAB_DATABASE_URL": _database_url(postgresql, POOL_DATABASE),
                "LAB_EMPTY_DATABASE_URL": _database_url(postgresql, EMPTY_DATABASE),
            }
            command = without_secrets(postgresql.command(), environment)
            programs.append(Program("postgresql", command, first=True, stop_signal="INT"))
            arguments = ("--directory", str(directory / "lab"), "--scale", str(scale))
            programs.append(Program("lab", manage("lab", *arguments)))
            answering["postgresql"] = postgresql
        programs += console_programs(port=port)

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        accounts = provide_first_accounts(directory / "accounts.json")
        address = f"http://127.0.0.1:{port}/"

        with ExitStack() as stack:
            supervisor = stack.enter_context(
                Supervisor(programs, directory=directory, environment=environment)
            )
            for name, server in answering.items():
                supervisor.wait_for(name, server.title, server.answers)
            supervisor.start_the_rest()
            supervisor.wait_for("web", "The web console", lambda: _answers(address))
            if lab:
                supervisor.wait_for("lab", "The lab", (directory / "lab" / "ready").exists)
                call_command("lab", "enroll", directory=str(directory / "lab"))
            self.stdout.write(
                f"Ready: {address} · "
                + " · ".join(f"{name} / {password}" for name, password in accounts.items())
                + " · Ctrl-C ends it"
            )
            self.stdout.flush()
            supervisor.wait()
        raise StartFailed(f"The supervisor ended by itself. See {directory}/supervisord.log.")

    def _postgresql(self, directory: Path) -> EmbeddedPostgreSQL:
        """The lab's enterprise database server, with the pool's and an empty database."""
        server = EmbeddedPostgreSQL(
            directory / "postgresql", remembered_port(directory, "postgresql")
        )
        require_free(server.port, "PostgreSQL", "Is this console running already?")
        with server:
            server.create_role(POOL_ROLE, server.password)
            for name in (POOL_DATABASE, EMPTY_DATABASE):
                server.create_database(name, owner=POOL_ROLE)
        return server


def _database_url(server: EmbeddedPostgreSQL, name: str) -> str:
    return f"postgresql://{POOL_ROLE}:{server.password}@127.0.0.1:{server.port}/{name}"


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):  # noqa: S310 (our own loopback address)
            return True
    except OSError:
        return False


def _end(*args: Any) -> NoReturn:
    raise KeyboardInterrupt
