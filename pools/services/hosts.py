"""From a Server row to an open gateway. Only workers call this: a page never reaches a host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from pools.gateways.console import DominoConsole
from pools.gateways.rest import TIMEOUT, AdminApi
from pools.gateways.shell import Shell, SshLogin
from pools.models import Server
from pools.services import audit


@contextmanager
def shell_on(server: Server) -> Iterator[Shell]:
    """An open SSH connection. A key seen for the first time is recorded; another one refuses.

    Raises a `pools.gateways.errors.GatewayError`.
    """
    with Shell(ssh_login_of(server)) as shell:
        store_host_key(server, shell.host_key, shell.fingerprint)
        yield shell


@contextmanager
def console_on(server: Server) -> Iterator[DominoConsole]:
    """The server's Domino console, through a shell of its own."""
    with shell_on(server) as shell:
        yield DominoConsole(shell, server.profile.host_profile())


def admin_api_of(server: Server, *, timeout: float = TIMEOUT) -> AdminApi:
    """The server's REST API, not connected yet; `timeout` in seconds for each request."""
    return AdminApi(
        server.api_url,
        server.api_login.username,
        server.api_login.password,
        ca_pem=server.pool.ca_certificate if server.pool else None,
        timeout=timeout,
    )


def ssh_login_of(server: Server) -> SshLogin:
    """Address, credentials and the recorded key, as the gateway takes them."""
    return SshLogin(
        host=server.ssh_host,
        port=server.ssh_port,
        username=server.ssh_login.username,
        password=server.ssh_login.password or None,
        private_key=server.ssh_login.private_key or None,
        known_host_key=server.host_key or None,
    )


def store_host_key(server: Server, host_key: str, fingerprint: str) -> None:
    """Record a key at its first use; a key that another worker has just stored is not replaced."""
    if server.host_key:
        return
    now = timezone.now()
    unknown = Server.objects.filter(pk=server.pk, host_key="")
    if unknown.update(host_key=host_key, host_key_seen_at=now):
        server.host_key, server.host_key_seen_at = host_key, now
        audit.record(
            actor=None,
            action="record_host_key",
            target=str(server),
            detail=f"first use: {fingerprint}",
        )
