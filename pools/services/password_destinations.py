"""Where stored passwords are sent: a change that sends one to another address has to repeat it.

Logins are shared by servers and pools, so an address counts as known when any of them has it. The
trust in the other side is part of an address: another certificate authority makes it another one.
A login that signs in with a private key alone sends no secret, and is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.crypto import constant_time_compare

from pools.models import CommandProfile, Login, Pool, Server
from pools.models.secret import has_secret

# What of a command profile decides who is given a password.
PASSWORD_COMMANDS = ("traveler_util", "password_passing", "program_directory", "data_directory")
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Destination:
    """`address` is for people; `trust` is what proves that the right side answers there."""

    address: str
    trust: str = ""


@dataclass(frozen=True, slots=True)
class PasswordDemand:
    """The password of `login` would be sent to `address` for the first time."""

    login: Login
    address: str

    @property
    def field_name(self) -> str:
        return field_name_of(self.login.pk)

    def is_met_by(self, typed: str) -> bool:
        return constant_time_compare(typed, self.login.password)


def field_name_of(login_pk: int) -> str:
    """What a form calls the field in which the password of that login is typed again."""
    return f"password_of_login_{login_pk}"


Sent = tuple[Login, Destination]


def demanded_passwords(before: models.Model | None, after: models.Model) -> list[PasswordDemand]:
    """One demand for each login whose password goes where it has not gone before.

    `before` is the row as it is stored, None for a new one; `after` need not be saved.
    """
    for model, sends in SENDERS.items():
        if isinstance(after, model):
            return list(_unknown(sends(before, after)))
    return []


def _unknown(sent: Iterator[Sent]) -> Iterator[PasswordDemand]:
    asked: set[int] = set()
    for login, destination in sent:
        if login.pk in asked or not has_secret(login, "password") or destination in _known(login):
            continue
        asked.add(login.pk)
        yield PasswordDemand(login, destination.address)


def _known(login: Login) -> set[Destination]:
    """Where the login's password goes by the rows as they are stored."""
    servers = Server.objects.select_related("pool")
    return {
        *(_over_ssh(server) for server in servers.filter(ssh_login=login)),
        *(_over_http(server.api_url, server.pool) for server in servers.filter(api_login=login)),
        *(_over_http(pool.external_url, pool) for pool in Pool.objects.filter(probe_login=login)),
    }


def _of_server(_before: Any, server: Server) -> Iterator[Sent]:
    yield server.ssh_login, _over_ssh(server)
    yield server.api_login, _over_http(server.api_url, server.pool)


def _of_pool(_before: Any, pool: Pool) -> Iterator[Sent]:
    if pool.probe_login is not None:
        yield pool.probe_login, _over_http(pool.external_url, pool)
    if pool.pk is not None:
        for server in pool.servers.select_related("api_login"):
            yield server.api_login, _over_http(server.api_url, pool)


def _of_profile(before: CommandProfile | None, profile: CommandProfile) -> Iterator[Sent]:
    """These commands are given passwords on the hosts, in the name of the hosts' logins."""
    if before is None:
        return
    changed = [
        name for name in PASSWORD_COMMANDS if getattr(before, name) != getattr(profile, name)
    ]
    if changed:
        for server in before.servers.in_service().select_related("ssh_login"):
            command = Destination(f"another command on {server.short_name}", profile.traveler_util)
            yield server.ssh_login, command


SENDERS: dict[type[models.Model], Callable[[Any, Any], Iterator[Sent]]] = {
    Server: _of_server,
    Pool: _of_pool,
    CommandProfile: _of_profile,
}


def _over_ssh(server: Server) -> Destination:
    return Destination(f"ssh://{server.ssh_host.casefold()}:{server.ssh_port}")


def _over_http(url: str, pool: Pool | None) -> Destination:
    """By scheme, host and port: the path sends a password nowhere else."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        # No address at all; whoever entered it learns it elsewhere.
        return Destination(url)
    trust = pool.ca_certificate.strip() if pool is not None else ""
    return Destination(f"{parts.scheme}://{(parts.hostname or '').casefold()}:{port}", trust)
