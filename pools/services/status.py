"""The overall status, asked with `tell traveler status` over SSH, on a slower schedule of its own.

A console command takes seconds where the API takes milliseconds, so the sweep does not wait for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from pools.broadcast.events import announce_servers
from pools.gateways.console import DominoConsole
from pools.gateways.errors import GatewayError
from pools.gateways.parsing.status import TravelerStatus
from pools.gateways.shell import Shell
from pools.models import Server, StatusChange
from pools.services.hosts import ssh_login_of, store_host_key
from pools.services.isolation import isolated
from pools.services.readings import changes_between, health_words
from pools.services.rejected_logins import RejectedLogins, is_refusal, ssh_credential
from pools.states import OverallStatus

HOSTS_AT_ONCE = 32
ASKING = "Asking for the status"
# A status that could not be read again for this long is not known any more.
STATUS_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What the console printed, or why nothing was."""

    server: Server
    status: TravelerStatus | None = None
    host_key: str = ""
    fingerprint: str = ""
    failure: str = ""
    login_refused: bool = False


def sweep_status(server_ids: Collection[int] | None = None) -> int:
    """Ask every server in service, or some of them; returns how many answered. Slow hosts delay
    nobody."""
    servers = Server.objects.in_service().select_related("profile", "ssh_login")
    if server_ids is not None:
        servers = servers.filter(pk__in=server_ids)
    answered = 0
    rejected = RejectedLogins()
    for answer in _answers(list(servers), rejected):
        _note(rejected, answer)
        with isolated(answer.server, doing=ASKING, keep=partial(_keep_failure, answer.server)):
            _save(answer)
        answered += answer.status is not None
        announce_servers([answer.server])
    return answered


def _note(rejected: RejectedLogins, answer: StatusAnswer) -> None:
    if answer.login_refused or answer.host_key:
        rejected.note(ssh_credential(answer.server), refused=answer.login_refused)


def _why_not(rejected: RejectedLogins, server: Server) -> str:
    try:
        return rejected.why_not(ssh_credential(server))
    except GatewayError:
        # A secret that cannot be decrypted: asking says so.
        return ""


def _answers(servers: list[Server], rejected: RejectedLogins) -> Iterator[StatusAnswer]:
    held = {server.pk: why for server in servers if (why := _why_not(rejected, server))}
    yield from (
        StatusAnswer(server, failure=held[server.pk]) for server in servers if server.pk in held
    )
    with ThreadPoolExecutor(HOSTS_AT_ONCE, "status") as threads:
        asked = [threads.submit(_ask, server) for server in servers if server.pk not in held]
        for future in as_completed(asked):
            yield future.result()


def _ask(server: Server) -> StatusAnswer:
    """Runs in a thread, where the ORM must not be used: a thread would open a connection."""
    failures: list[str] = []

    def secrets() -> list[str]:
        return [server.ssh_login.password, server.ssh_login.private_key]

    with isolated(server, doing=ASKING, keep=failures.append, secrets=secrets):
        return _answer_of(server)
    return StatusAnswer(server, failure=failures[0])


def _answer_of(server: Server) -> StatusAnswer:
    try:
        with Shell(ssh_login_of(server)) as shell:
            status = DominoConsole(shell, server.profile.host_profile()).status()
            return StatusAnswer(server, status, shell.host_key, shell.fingerprint)
    except GatewayError as error:
        return StatusAnswer(server, failure=str(error), login_refused=is_refusal(error))


def _keep_failure(server: Server, failure: str) -> None:
    server.refresh_from_db()
    _save(StatusAnswer(server, failure=failure))


@transaction.atomic
def _save(answer: StatusAnswer) -> None:
    server, now = answer.server, timezone.now()
    if answer.host_key:
        store_host_key(server, answer.host_key, answer.fingerprint)
    before = health_words(server)
    server.status_failure = answer.failure
    if answer.status is not None and answer.status.overall is not OverallStatus.UNKNOWN:
        server.overall_status = answer.status.overall
        server.status_reasons = "\n".join(answer.status.reasons)
        server.status_seen_at = now
    else:
        server.status_failure = answer.failure or "Its answer names no overall status."
        if server.status_seen_at is None or server.status_seen_at < now - STATUS_KEPT:
            server.overall_status, server.status_reasons = OverallStatus.UNKNOWN, ""
    reason = server.status_reasons or server.status_failure
    changes = changes_between(before, server, now, reason=reason)
    written = ["overall_status", "status_reasons", "status_seen_at", "status_failure"]
    if changes:
        server.changed_at = now
        StatusChange.objects.bulk_create(changes)
        written.append("changed_at")
    server.save(update_fields=written)
