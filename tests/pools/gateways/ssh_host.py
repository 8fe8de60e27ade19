"""A small host of our own: a real SSH server on the loopback, with a real shell behind it.

Commands are run by /bin/sh (on a real terminal when one is asked for), so quoting is proved by the
shell itself. SFTP serves the real file system.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Self

import asyncssh

PASSWORD = "correct horse"
USERNAME = "notes"


class SshHost:
    """Runs in a thread of its own, so that the synchronous gateways can be called from a test."""

    def __init__(self, directory: Path, *, host_key: asyncssh.SSHKey | None = None) -> None:
        self.directory = directory
        self.programs = directory / "bin"
        self.programs.mkdir(parents=True, exist_ok=True)
        self.host_key = host_key or asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0
        # What the login shell does before each command, as a profile of the user would.
        self.greeting = ""
        self.commands: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: list[asyncssh.SSHServerConnection] = []
        self._running: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen(0))
        return self

    def __exit__(self, *_exception: object) -> None:
        self._call(self._stop_listening())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def private_key(self) -> str:
        return self.client_key.export_private_key().decode()

    def program(self, name: str, script: str) -> Path:
        """Put a shell script on the PATH of the commands."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def cut(self) -> None:
        """Drop every connection, as a reset in the network would."""
        self._call(self._drop_connections())

    async def _listen(self, port: int) -> None:
        self._acceptor = await asyncssh.create_server(
            lambda: _Guard(self),
            "127.0.0.1",
            port,
            server_host_keys=[self.host_key],
            process_factory=self._run_command,
            sftp_factory=True,
            line_editor=False,
            encoding=None,
        )
        self.port = self._acceptor.get_port()

    async def _stop_listening(self) -> None:
        await self._drop_connections()
        assert self._acceptor is not None
        self._acceptor.close()
        await self._acceptor.wait_closed()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _drop_connections(self) -> None:
        for connection in self._connections:
            connection.abort()
        self._connections.clear()
        await asyncio.sleep(0)

    async def _run_command(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        command = process.command or ""
        self.commands.append(command)
        task = asyncio.create_task(self._run_in_shell(command, process))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait({task})

    async def _run_in_shell(self, command: str, process: asyncssh.SSHServerProcess[bytes]) -> None:
        shell = ["/bin/sh", "-c", f"{self.greeting}\n{command}" if self.greeting else command]
        if process.term_type:
            shell = ["script", "-qefc", shlex.join(shell), "/dev/null"]
        child = await asyncio.create_subprocess_exec(
            *shell,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={"PATH": f"{self.programs}:/usr/bin:/bin", "LANG": "C.UTF-8", "SHELL": "/bin/sh"},
            cwd=self.directory,
            start_new_session=True,
        )
        feeding = asyncio.ensure_future(_feed(process, child))
        try:
            assert child.stdout is not None
            while piece := await child.stdout.read(65536):
                process.stdout.write(piece)
            process.exit(await child.wait())
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            if child.returncode is None:
                os.killpg(child.pid, signal.SIGKILL)
                await child.wait()

    def _call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=20)


class _Guard(asyncssh.SSHServer):
    def __init__(self, host: SshHost) -> None:
        self.host = host

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.host._connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USERNAME, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USERNAME and key.public_data == self.host.client_key.public_data


async def _feed(
    process: asyncssh.SSHServerProcess[bytes], child: asyncio.subprocess.Process
) -> None:
    assert child.stdin is not None
    while piece := await process.stdin.read(65536):
        child.stdin.write(piece)
        await child.stdin.drain()
    child.stdin.close()
