"""Whether a server answers over HTTP where devices and administrators ask it."""

from __future__ import annotations

from http import HTTPStatus

import httpx

from pools.domain.names import same_name
from pools.gateways.errors import ServerBusy, Unreachable
from pools.gateways.event_loop import run_blocking
from pools.models import Server
from pools.services.hosts import admin_api_of

TIMEOUT = 15.0


def traveler_page_status(server: Server) -> int:
    """The status of /traveler; 401 counts as alive at the HTTP level (domain.md 8).

    Raises Unreachable, or ServerBusy for an answer of 500 and above.
    """
    url = f"{server.api_url.rstrip('/')}/traveler"
    try:
        # Alive or not is the question here; the certificate is the preflight's and the API's.
        response = httpx.get(url, timeout=TIMEOUT, verify=False, trust_env=False)  # noqa: S501
    except httpx.TransportError as error:
        raise Unreachable(f"{type(error).__name__} at {url}.", host=server.ssh_host) from None
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ServerBusy(f"HTTP {response.status_code} at {url}.", host=server.ssh_host)
    return response.status_code


def serves(status: int) -> bool:
    """Whether such an answer says that /traveler is there: its page, a way to it, or a sign-in."""
    return status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.UNAUTHORIZED


def listed_by_api(server: Server) -> bool:
    """Whether the server's own list of pool members has it. Raises a GatewayError."""
    # Not inside: the server may be a member already, and its pool is read from the database.
    its_api = admin_api_of(server, timeout=TIMEOUT)

    async def ask() -> bool:
        async with its_api as api:
            members = await api.servers()
        return any(same_name(member.domino_name, server.domino_name) for member in members)

    return run_blocking(ask())
