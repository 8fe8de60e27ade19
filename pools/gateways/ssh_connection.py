"""One SSH connection: login, pinned host key, and errors in the words of `errors`.

The key of a host seen for the first time is accepted and reported, so that the caller can show and
record it; from then on another key refuses the connection.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

import asyncssh

from pools.gateways import errors
from pools.gateways.event_loop import run_blocking
from pools.gateways.masking import silence_command_lines

silence_command_lines()

CONNECT_TIMEOUT = 10.0
CLOSE_TIMEOUT = 5.0
# A dead peer is noticed after a minute, also in the middle of a long silent command.
KEEPALIVE_SECONDS = 15
KEEPALIVE_MISSES = 4
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# Preferred where the host has it: a third less processor time for a Derby copy than the default.
CIPHERS = "^aes128-gcm@openssh.com"


@dataclass(frozen=True, slots=True)
class SshLogin:
    """Where and as whom to log in. private_key: OpenSSH or PEM text without a passphrase.

    known_host_key: one line in OpenSSH form (`ssh-ed25519 AAAA…`), or None before the first use.
    """

    host: str
    port: int
    username: str
    password: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    known_host_key: str | None = None

    @property
    def address(self) -> str:
        """`host:port`, for messages."""
        return f"{self.host}:{self.port}"


class SshConnection:
    """A synchronous context manager around an asyncssh connection; usable from any thread.

    `host_key` and `first_use` are known once it is open.
    """

    def __init__(self, login: SshLogin, *, connect_timeout: float = CONNECT_TIMEOUT) -> None:
        self.login = login
        self.connect_timeout = connect_timeout
        self.host_key = ""
        self.fingerprint = ""
        self.first_use = login.known_host_key is None
        # Whether this worker has lost its right to act on the host; asked before each use.
        self.is_superseded: Callable[[], bool] = lambda: False
        self._open_connection: asyncssh.SSHClientConnection | None = None

    def __enter__(self) -> Self:
        run_blocking(self._open())
        return self

    def __exit__(self, *_exception: object) -> None:
        run_blocking(self._close())

    @property
    def _connection(self) -> asyncssh.SSHClientConnection:
        if self.is_superseded():
            raise errors.Superseded(host=self.login.address)
        if self._open_connection is None:
            raise errors.ConnectionLost("The connection is not open.", host=self.login.address)
        return self._open_connection

    async def _open(self) -> None:
        pin = _HostKeyPin(_read_host_key(self.login))
        client_keys = _read_private_key(self.login)
        try:
            async with asyncio.timeout(self.connect_timeout):
                self._open_connection = await asyncssh.connect(
                    self.login.host,
                    self.login.port,
                    client_factory=lambda: pin,
                    username=self.login.username,
                    password=self.login.password or None,
                    client_keys=client_keys or None,
                    # Not None, which would switch the check off: empty lists ask the pin.
                    known_hosts=([], [], []),
                    server_host_key_algs=pin.algorithms(),
                    encryption_algs=CIPHERS,
                    # Nothing of the worker account's own ~/.ssh or agent may leak in.
                    config=None,
                    agent_path=None,
                    preferred_auth="publickey,password,keyboard-interactive",
                    keepalive_interval=KEEPALIVE_SECONDS,
                    keepalive_count_max=KEEPALIVE_MISSES,
                )
        except (OSError, asyncssh.Error) as error:
            raise self._connect_error(error, pin) from None
        self.host_key = pin.presented_line
        self.fingerprint = pin.presented_fingerprint

    async def _close(self) -> None:
        connection, self._open_connection = self._open_connection, None
        if connection is None:
            return
        connection.close()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await connection.wait_closed()
        except TimeoutError:
            connection.abort()

    def _connect_error(
        self, error: OSError | asyncssh.Error, pin: _HostKeyPin
    ) -> errors.GatewayError:
        host = self.login.address
        if pin.refused:
            return errors.HostKeyChanged(
                f"The host shows the SSH key {pin.presented_fingerprint}, "
                f"but {pin.expected_fingerprint} is recorded.",
                host=host,
            )
        known: errors.GatewayError
        match error:
            case TimeoutError():
                known = errors.TimedOut(f"No SSH answer within {self.connect_timeout:g} s.")
            case socket.gaierror():
                known = errors.NameNotFound()
            case asyncssh.PermissionDenied():
                user = self.login.username
                known = errors.LoginRefused(f"The host refused the SSH login of user “{user}”.")
            case ConnectionResetError() | asyncssh.ConnectionLost():
                known = errors.ConnectionLost("The host closed the connection before the login.")
            case asyncssh.Error():
                known = errors.WrongProtocol(
                    f"What answers there does not speak SSH as expected ({error.reason}).",
                    remedy="Check the SSH port of this server.",
                )
            # Several addresses (::1 and 127.0.0.1) fail as one error without a number.
            case OSError() if error.errno == errno.ECONNREFUSED or "Errno 111" in str(error):
                known = errors.PortClosed()
            case _:
                known = errors.Unreachable(f"The host cannot be reached ({error}).")
        known.host = host
        return known

    @asynccontextmanager
    async def _translated(self, doing: str, *, seconds: float) -> AsyncIterator[None]:
        """Bound the body by `seconds` and raise its failures as gateway errors."""
        host = self.login.address
        try:
            async with asyncio.timeout(seconds):
                yield
        except errors.GatewayError as error:
            error.host = error.host or host
            raise
        except TimeoutError:
            raise errors.TimedOut(
                f"{doing} was not finished after {seconds:g} s.", host=host
            ) from None
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise errors.RemoteFileMissing(
                f"{doing}: the file or directory does not exist.", host=host
            ) from None
        except asyncssh.SFTPPermissionDenied:
            raise errors.RemoteFileDenied(f"{doing}: permission denied.", host=host) from None
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
            raise errors.ConnectionLost(
                f"{doing}: the host closed the connection.", host=host
            ) from None
        except asyncssh.SFTPError as error:
            raise errors.RemoteFileError(f"{doing}: {error.reason}.", host=host) from None
        except (asyncssh.Error, ConnectionError, BrokenPipeError) as error:
            raise errors.ConnectionLost(
                f"{doing}: the connection ended ({error}).", host=host
            ) from None
        except OSError as error:
            kind = errors.LocalDiskFull if error.errno in DISK_FULL else errors.LocalFileError
            raise kind(f"{doing}: {error.strerror}.", host=host) from None


class _HostKeyPin(asyncssh.SSHClient):
    """Accepts the recorded host key, or any key when none is recorded yet."""

    def __init__(self, expected: asyncssh.SSHKey | None) -> None:
        self.expected = expected
        self.presented: asyncssh.SSHKey | None = None
        self.refused = False

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        self.presented = key
        self.refused = self.expected is not None and key.public_data != self.expected.public_data
        return not self.refused

    def algorithms(self) -> list[str] | str:
        """Ask for the recorded kind of key first, so that a host with several shows that one."""
        if self.expected is None:
            return "default"
        recorded = [name.decode() for name in self.expected.sig_algorithms]
        return recorded + [name for name in _HOST_KEY_ALGORITHMS if name not in recorded]

    @property
    def presented_line(self) -> str:
        return _public_line(self.presented) if self.presented else ""

    @property
    def presented_fingerprint(self) -> str:
        return self.presented.get_fingerprint() if self.presented else ""

    @property
    def expected_fingerprint(self) -> str:
        return self.expected.get_fingerprint() if self.expected else ""


_HOST_KEY_ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)


def _public_line(key: asyncssh.SSHKey) -> str:
    algorithm, data, *_comment = key.export_public_key().decode().split()
    return f"{algorithm} {data}"


def _read_host_key(login: SshLogin) -> asyncssh.SSHKey | None:
    if not login.known_host_key:
        return None
    try:
        return asyncssh.import_public_key(login.known_host_key)
    except asyncssh.KeyImportError:
        raise errors.HostKeyChanged(
            "The recorded SSH host key cannot be read.",
            host=login.address,
            remedy="Remove the recorded key and connect again.",
        ) from None


def _read_private_key(login: SshLogin) -> list[asyncssh.SSHKey]:
    if not login.private_key:
        return []
    try:
        return [asyncssh.import_private_key(login.private_key)]
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise errors.LoginRefused(
            "The private key cannot be read.",
            host=login.address,
            remedy="Enter an OpenSSH private key without a passphrase.",
        ) from None
