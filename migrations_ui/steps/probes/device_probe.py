"""A probe device syncs through the pool, the way the server's command profile describes.

The pool's external URL is asked, as phones ask it. Where that address does not lead from here (no
such name, a firewall, another authority's certificate) the migrated server itself is asked, and the
log says so. Once something has answered, the answer counts.
"""

from __future__ import annotations

from http import HTTPStatus

from migrations_ui.models import Migration
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from pools.gateways.errors import CertificateRefused, GatewayError, NoConnection, Unreachable
from pools.gateways.event_loop import run_blocking
from pools.gateways.probe import DEVICE_ID, ProbeDevice
from pools.models import Login

# About the way from here to the address; devices may well have another.
NO_WAY = (Unreachable, NoConnection, CertificateRefused)
# A server that has just joined may be busy at first.
TRIES = 4
PAUSE_SECONDS = 5
REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def sync_probe_device(context: StepContext) -> None:
    """Log how it went; without a configured probe, how to get one. Raises StepFailed."""
    migration = context.migration
    login = migration.pool.probe_login
    profile = migration.server.profile.host_profile()
    if login is None or not profile.probe_request:
        context.log(_not_configured(migration), level=Level.WARNING)
        return
    device = ProbeDevice(
        profile.web_request(profile.probe_request, user=login.username, device=DEVICE_ID),
        login.username,
        login.password,
        ca_pem=migration.pool.ca_certificate,
    )
    url = migration.pool.external_url
    try:
        try:
            status = _sync(context, device, url)
        except NO_WAY as error:
            context.log(
                f"{url} cannot be asked from here, so the probe device asks "
                f"{migration.server} itself. {error}",
                level=Level.WARNING,
            )
            url = migration.server.api_url
            status = _sync(context, device, url)
    except GatewayError as error:
        raise StepFailed(
            f"The probe device could not sync at {url}. {error}",
            remedy="Retry when that is mended; or roll back.",
        ) from None
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise StepFailed(
            f"The probe device could not sync at {url}: HTTP {status}.",
            remedy=_remedy(status, migration, login),
        )
    context.log(
        f"Probe device: {DEVICE_ID} has synced at {url} (HTTP {status}). It is a device of "
        f"{login.username} in {migration.pool} from now on."
    )


def _sync(context: StepContext, device: ProbeDevice, url: str) -> int:
    """The status, after some patience with a server that is busy."""
    status = run_blocking(device.sync(url))
    for _ in range(TRIES - 1):
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            break
        context.wait(PAUSE_SECONDS)
        status = run_blocking(device.sync(url))
    return status


def _not_configured(migration: Migration) -> str:
    server, pool = migration.server, migration.pool
    missing = []
    if not server.profile.probe_request:
        missing.append(f"the request of a sync in the command profile “{server.profile}”")
    if pool.probe_login is None:
        missing.append(f"a probe user in {pool}")
    return (
        "No probe device was synced, because none is configured. For the next migration, enter "
        f"{' and '.join(missing)}. Until then, let a phone sync and look."
    )


def _remedy(status: int, migration: Migration, login: Login) -> str:
    if status in REFUSED:
        return (
            f"Check the name and password of the login “{login}”, and that {DEVICE_ID} is approved "
            "and not denied. Then retry; or roll back."
        )
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return (
            "Check the probe request in the command profile "
            f"“{migration.server.profile}” and the pool's external URL. Then retry; or roll back."
        )
    return "Look at the console of the server, then retry; or roll back."
