"""The health sweep: ask every server's own API, all at once, and save the answers as they come.

A server's own answer says that it runs. The row it finds of itself in the list of servers
has index, users and heartbeat; for a server that cannot be asked, a pool member's list still
says when the pool last saw it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog
from django.db import DatabaseError
from django.db.models import Q

from pools.broadcast.events import announce_servers
from pools.domain.names import name_key
from pools.gateways.errors import ConnectionLost, GatewayError, TimedOut, Unreachable
from pools.gateways.event_loop import iterate_blocking
from pools.gateways.rest_items import ServerItem
from pools.models import Server
from pools.services.hosts import admin_api_of
from pools.services.isolation import isolated
from pools.services.observations import Answer, observe
from pools.services.readings import save_observations
from pools.services.rejected_logins import RejectedLogins, api_credential, is_refusal

# One host gets this long; hosts that answer at once are saved after FLUSH_SECONDS at the latest.
HOST_SECONDS = 5.0
FLUSH_SECONDS = 1.0
# Nobody there, or nobody answering: the server does not serve devices either.
NOT_THERE = (Unreachable, TimedOut, ConnectionLost)

logger = structlog.get_logger(__name__)

ASKING = "Asking this server"


# The rows that the members of each pool listed, by their servers' names.
PoolLists = dict[int | None, dict[str, ServerItem]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """How a sweep went."""

    asked: int
    answered: int
    seconds: float


def sweep_health(
    pool_ids: Collection[int] | None = None,
    server_ids: Collection[int] = (),
) -> Sweep:
    """Ask every server in service, or those of some pools and some others. A slow host never delays
    the rest: answers are saved and announced as they come.
    """
    started = time.monotonic()
    servers = Server.objects.in_service().select_related("pool", "api_login")
    if pool_ids is not None:
        servers = servers.filter(Q(pool__in=pool_ids) | Q(pk__in=server_ids))
    by_id = {server.pk: server for server in servers}
    lists: PoolLists = {}
    answered = 0
    rejected = RejectedLogins()
    held = {pk: why for pk, server in by_id.items() if (why := _why_not(rejected, server))}
    for batch in iterate_blocking(_answers(by_id.values(), held)):
        for answer in batch:
            _note(rejected, by_id[answer.server_id], answer)
            pool_id = by_id[answer.server_id].pool_id
            if pool_id is not None:
                lists.setdefault(pool_id, {}).update(_by_name(answer.items))
        _save(batch, by_id, lists)
        announce_servers([by_id[answer.server_id] for answer in batch])
        answered += sum(not answer.failure for answer in batch)
    return Sweep(len(by_id), answered, time.monotonic() - started)


def _save(batch: list[Answer], by_id: dict[int, Server], lists: PoolLists) -> None:
    """All in few statements; one by one when a value of one of them cannot be saved."""
    try:
        save_observations(
            (by_id[answer.server_id], observe(by_id[answer.server_id], answer, lists))
            for answer in batch
        )
    except (DatabaseError, ValueError, OverflowError):
        for answer in batch:
            server = by_id[answer.server_id]
            with isolated(server, doing=ASKING, keep=partial(_keep_failure, server)):
                save_observations([(server, observe(server, answer, lists))])


def _keep_failure(server: Server, failure: str) -> None:
    """Nothing of its answer could be saved, so that its condition is not known."""
    save_observations([(server, observe(server, Answer(server.pk, failure=failure), {}))])


def _why_not(rejected: RejectedLogins, server: Server) -> str:
    try:
        return rejected.why_not(api_credential(server))
    except GatewayError:
        # A secret that cannot be decrypted: asking says so.
        return ""


def _note(rejected: RejectedLogins, server: Server, answer: Answer) -> None:
    """Only an answer says whether the login is right."""
    if answer.asked and (answer.login_refused or not answer.failure):
        rejected.note(api_credential(server), refused=answer.login_refused)


async def _answers(
    servers: Iterable[Server], held: Mapping[int, str]
) -> AsyncGenerator[list[Answer], None]:
    """`held`: why a server is not asked now."""
    if held:
        yield [Answer(pk, failure=why, asked=False) for pk, why in held.items()]
    pending = {asyncio.create_task(_ask(server)) for server in servers if server.pk not in held}
    while pending:
        done, pending = await asyncio.wait(pending, timeout=FLUSH_SECONDS)
        if done:
            yield [task.result() for task in done]


async def _ask(server: Server) -> Answer:
    """Whatever one odd host brings about must not keep the others' answers from being saved."""
    failures: list[str] = []

    def secrets() -> list[str]:
        return [server.api_login.password]

    with isolated(server, doing=ASKING, keep=failures.append, secrets=secrets):
        return await _answer_of(server)
    return Answer(server.pk, failure=failures[0])


async def _answer_of(server: Server) -> Answer:
    started = time.perf_counter()
    try:
        async with (
            asyncio.timeout(HOST_SECONDS),
            admin_api_of(server, timeout=HOST_SECONDS) as api,
        ):
            items = tuple(await api.servers(on_odd=partial(_log_odd, server)))
    except TimeoutError:
        failure = TimedOut(f"No answer within {HOST_SECONDS:g} s.", host=server.api_url)
        return Answer(server.pk, failure=str(failure), not_there=True)
    except GatewayError as error:
        return Answer(
            server.pk,
            failure=str(error),
            not_there=isinstance(error, NOT_THERE),
            login_refused=is_refusal(error),
        )
    return Answer(server.pk, items=items, latency_ms=(time.perf_counter() - started) * 1000)


def _log_odd(server: Server, words: str) -> None:
    logger.warning("a line of the list of servers left out", server=str(server), reason=words)


def _by_name(items: Iterable[ServerItem]) -> dict[str, ServerItem]:
    return {name_key(item.domino_name): item for item in items}
