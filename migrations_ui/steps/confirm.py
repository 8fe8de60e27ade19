"""Confirm: the pool lists the server as alive, and a probe device syncs through the pool."""

from __future__ import annotations

import shutil

from migrations_ui.hosts import Host
from migrations_ui.states import Level
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.errors import StepFailed
from migrations_ui.steps.probes.device_probe import sync_probe_device
from migrations_ui.steps.probes.http_probe import listed_by_api, serves, traveler_page_status
from pools.domain.names import same_name
from pools.gateways.errors import CommandFailed, GatewayError, TimedOut
from pools.gateways.parsing.hadr_show import HadrMember
from pools.models import Server
from pools.services.inventory import request_inventory
from pools.services.membership import request_membership

ALIVE_SECONDS = 180
# A 32-bit server may join to migrate its data, and has to be retired then (article).
TO_BE_RETIRED = 32


def run(context: StepContext) -> str:
    migration = context.migration
    with context.open_host() as host:
        if not context.wait(ALIVE_SECONDS, until=lambda: _is_alive(host, migration.server)):
            raise StepFailed(
                f"`hadr show` on {migration.server} does not list it as alive after "
                f"{ALIVE_SECONDS} s. {_as_listed(host, migration.server)}",
                remedy="Look at the console of the server, then retry; or roll back.",
            )
    context.log(f"hadr show: {migration.server} is alive.")
    _ask_web_side(context)
    sync_probe_device(context)
    _enter_pool(context)
    # Nobody reads the private copy any more; a rollback unpacks it from the backup again.
    shutil.rmtree(context.run_directory, ignore_errors=True)
    return f"{migration.server} is alive in {migration.pool}."


def undo(context: StepContext) -> str:
    migration = context.migration
    with context.writing():
        Server.objects.filter(pk=migration.server_id).update(pool=None)
        # Of a pool that has no server left, both drop what it listed.
        request_membership(migration.pool)
        request_inventory(pool=migration.pool)
    return f"{migration.server} is kept as a standalone server again."


def _is_alive(host: Host, server: Server) -> bool:
    member = _member(host, server)
    return member is not None and member.alive is True


def _member(host: Host, server: Server) -> HadrMember | None:
    try:
        members = host.console.hadr_show().members
    except (CommandFailed, TimedOut):
        return None
    return next((each for each in members if same_name(each.domino_name, server.domino_name)), None)


def _as_listed(host: Host, server: Server) -> str:
    member = _member(host, server)
    if member is None:
        return "It is not in the list."
    if member.alive is None:
        return (
            f"It is listed as “{member.alive_text}”, which is not understood: put that into “yes” "
            f"or “no” of the answer words in the command profile {server.profile}."
        )
    return f"It is listed with Alive = {member.alive}."


def _ask_web_side(context: StepContext) -> None:
    """What only the network between can break is a warning: the pool itself is in order."""
    server = context.migration.server
    try:
        status = traveler_page_status(server)
        context.log(
            f"{server.api_url}/traveler answers with HTTP {status}.",
            level=Level.INFO if serves(status) else Level.WARNING,
        )
        listed = listed_by_api(server)
    except GatewayError as error:
        context.log(f"The web side of {server} could not be asked: {error}", level=Level.WARNING)
        return
    context.log(
        f"/api/traveler/servers lists {server}."
        if listed
        else f"/api/traveler/servers does not list {server}.",
        level=Level.INFO if listed else Level.WARNING,
    )


def _enter_pool(context: StepContext) -> None:
    migration = context.migration
    with context.writing():
        Server.objects.filter(pk=migration.server_id).update(pool=migration.pool)
        # The pool's pages show the new member and its users now, not at the next round.
        request_membership(migration.pool)
        request_inventory(pool=migration.pool)
    if migration.server.bits == TO_BE_RETIRED:
        context.log(
            f"{migration.server} is a {TO_BE_RETIRED}-bit server: its data is in the pool now, "
            "retire the server.",
            level=Level.WARNING,
        )
