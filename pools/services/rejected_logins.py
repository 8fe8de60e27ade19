"""What was refused is not sent again by every sweep: Domino would lock the administrator out.

After each refusal the pause before the next try by itself doubles. Other credentials, or another
address, are tried at once; so are these when a person asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from console.accounts.models import User
from pools.gateways.errors import GatewayError, LoginHeldBack, LoginRefused, RightsMissing
from pools.models import DatabaseConfiguration, RejectedLogin, Server
from pools.services import audit
from pools.services.task_queue import queue_task

FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Credential:
    """One login as it is sent to one place. `title` begins the sentence about it."""

    subject: str
    digest: str
    title: str


def api_credential(server: Server) -> Credential:
    """Raises SecretUnreadable, as the others do."""
    login = server.api_login
    digest = _digest(server.api_url, login.username, login.password)
    return Credential(f"api:{server.pk}", digest, f"The API login “{login}”")


def ssh_credential(server: Server) -> Credential:
    login = server.ssh_login
    place = f"{server.ssh_host}:{server.ssh_port}"
    digest = _digest(place, login.username, login.password, login.private_key)
    return Credential(f"ssh:{server.pk}", digest, f"The SSH login “{login}”")


def database_credential(configuration: DatabaseConfiguration) -> Credential:
    place = f"{configuration.host}:{configuration.port}/{configuration.database_name}"
    digest = _digest(place, configuration.username, configuration.password)
    title = f"The login “{configuration.username}”"
    return Credential(f"database:{configuration.pk}", digest, title)


def is_refusal(error: GatewayError) -> bool:
    """Whether the password was refused; a login that lacks a right was accepted."""
    return isinstance(error, LoginRefused) and not isinstance(error, RightsMissing)


@contextmanager
def held_back(credential: Credential) -> Iterator[None]:
    """For one question of a sweep: raises LoginHeldBack before it, and notes what comes of it."""
    rejected = RejectedLogins()
    if why := rejected.why_not(credential):
        raise LoginHeldBack(why)
    try:
        yield
    except GatewayError as error:
        if is_refusal(error):
            rejected.note(credential, refused=True)
        raise
    rejected.note(credential, refused=False)


class RejectedLogins:
    """What is refused by now, read once for a sweep; there are few at any time."""

    def __init__(self) -> None:
        self._rows = {row.subject: row for row in RejectedLogin.objects.all()}

    def why_not(self, credential: Credential) -> str:
        """Why this is not sent now; '' when it may be."""
        row = self._rows.get(credential.subject)
        if row is None or row.digest != credential.digest or row.next_try_at <= timezone.now():
            return ""
        return (
            f"{credential.title} has been refused since {_moment(row.since)}, {row.tries} times. "
            f"It is not sent again before {_moment(row.next_try_at)}, lest the account is locked: "
            "correct the password, or have it tried now."
        )

    def note(self, credential: Credential, *, refused: bool) -> None:
        """What came of sending it."""
        row = self._rows.pop(credential.subject, None)
        if not refused:
            if row is not None:
                RejectedLogin.objects.filter(subject=credential.subject).delete()
            return
        now = timezone.now()
        same = row is not None and row.digest == credential.digest
        tries = row.tries + 1 if row is not None and same else 1
        self._rows[credential.subject], _new = RejectedLogin.objects.update_or_create(
            subject=credential.subject,
            defaults={
                "digest": credential.digest,
                "since": row.since if row is not None and same else now,
                "tries": tries,
                "next_try_at": now + pause_after(tries),
            },
        )


def rejected_of(server: Server) -> list[RejectedLogin]:
    """What this server has refused, for its page; nothing is decrypted."""
    subjects = (f"api:{server.pk}", f"ssh:{server.pk}")
    return list(RejectedLogin.objects.filter(subject__in=subjects))


@transaction.atomic
def try_now(server: Server, *, actor: User | None) -> None:
    """A person has the server's logins tried at once, whatever was refused before."""
    subjects = (f"api:{server.pk}", f"ssh:{server.pk}")
    RejectedLogin.objects.filter(subject__in=subjects).delete()
    audit.record(actor=actor, action="try_logins", target=str(server))
    queue_task("sweep_health", server.pool_id)
    queue_task("sweep_status")


def pause_after(tries: int) -> timedelta:
    """How long the login waits that was refused so many times."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(tries - 1, 16)
    return min(LONGEST_PAUSE, doubled)


def _digest(*parts: str) -> str:
    return salted_hmac("pools.rejected_login", "\0".join(parts), algorithm="sha256").hexdigest()


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
