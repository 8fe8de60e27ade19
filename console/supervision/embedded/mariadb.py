"""A real MariaDB, from Debian's `mariadb-server-core`."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from console.child_environment import child_environment
from console.supervision.embedded.server import EmbeddedServer, EmbeddedServerError, write_private


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
        write_private(self._password_file, password)
        # Run at every start, before the port opens.
        write_private(
            self._first_statements,
            f"CREATE USER IF NOT EXISTS {self.user}@'%' IDENTIFIED BY '{password}';\n"
            f"GRANT ALL PRIVILEGES ON *.* TO {self.user}@'%' WITH GRANT OPTION;\n",
        )
        made = subprocess.run(
            [
                _program("mariadb-install-db"),
                *("--no-defaults", f"--datadir={self.directory}", "--skip-test-db"),
                *("--auth-root-authentication-method=socket", *self._as_root()),
                # As below: two that are made at once remove each other's temporary tables.
                f"--tmpdir={self._temporary_files}",
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
