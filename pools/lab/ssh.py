"""The host's SSH server: commands, and SFTP of the host's directory. It is the operating system,
so it stays up while Domino is down.
"""

from __future__ import annotations

import hmac
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

if TYPE_CHECKING:
    from pools.lab.commands import HostCommands
    from pools.lab.directory import Accounts, HostEntry, LabDirectory

Process = asyncssh.SSHServerProcess[str]
INTERNAL_ERROR = 70  # EX_SOFTWARE

logger = logging.getLogger(__name__)


class DominoUserLogin(asyncssh.SSHServer):
    """Lets the Domino user in, by password or by key."""

    def __init__(self, accounts: Accounts, client_key: asyncssh.SSHKey) -> None:
        self._accounts = accounts
        self._client_key = client_key

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        right = self._accounts.ssh_password.encode()
        return username == self._accounts.ssh_user and hmac.compare_digest(password.encode(), right)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == self._accounts.ssh_user and key == self._client_key


class HostSftp(asyncssh.SFTPServer):
    """Shows real paths, as the profile names them, but only those below the host's root."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], root: Path) -> None:
        super().__init__(channel)
        self._root = root.resolve()

    def map_path(self, path: bytes) -> bytes:
        wanted = (self._root / path.decode("utf-8", "surrogateescape")).resolve()
        if wanted != self._root and self._root not in wanted.parents:
            raise asyncssh.SFTPPermissionDenied(f"{wanted} is outside this host")
        return str(wanted).encode("utf-8", "surrogateescape")


class SshTerminal:
    """A command's terminal over an SSH channel."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def write(self, line: str) -> None:
        self._process.stdout.write(f"{line}\n")

    async def ask(self, prompt: str, *, secret: bool = False) -> str:
        self._process.stdout.write(prompt)
        if secret:
            self._set_echo(False)
        answer = await self._process.stdin.readline()
        if secret:
            self._set_echo(True)
        return answer.rstrip("\r\n")

    def _set_echo(self, echo: bool) -> None:
        """Only a terminal echoes; a command without one reads a pipe."""
        channel = self._process.channel
        if self._process.term_type and isinstance(channel, asyncssh.SSHLineEditorChannel):
            channel.set_echo(echo)


async def serve_ssh(
    lab: LabDirectory, entry: HostEntry, commands: HostCommands
) -> asyncssh.SSHAcceptor:
    """Listen on the host's SSH port; the caller closes the acceptor."""
    client_key = asyncssh.read_public_key(lab.client_key.with_suffix(".pub"))
    root = lab.root(entry)

    async def run_command(process: Process) -> None:
        if process.command is None:
            process.stdout.write("This host runs single commands only.\n")
            process.exit(1)
            return
        try:
            status = await commands.run(process.command, SshTerminal(process))
        except Exception:
            logger.exception("The lab failed at: %s", process.command.partition(" pw=")[0])
            status = INTERNAL_ERROR
        process.exit(status)

    return await asyncssh.listen(
        entry.address,
        entry.ssh_port,
        reuse_address=True,
        server_factory=lambda: DominoUserLogin(lab.accounts, client_key),
        server_host_keys=[lab.host_key(entry)],
        process_factory=run_command,
        sftp_factory=lambda channel: HostSftp(channel, root),
        line_editor=True,
    )
