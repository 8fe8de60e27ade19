"""What a server knows of one user: `tell traveler user`, asked when somebody looks at the user.

The admin API documents no more than the name; this command is documented (domain.md 1). In a pool
any member may be asked, because the command finds the server that has the user.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pools.domain.names import same_name
from pools.gateways.errors import GatewayError, UnsafeText
from pools.gateways.parsing.user import UserDevice, UserReport
from pools.models import Device, Server, TravelerUser
from pools.services.errors import NoReachableMember
from pools.services.hosts import console_on
from pools.services.inventory_rows import Scope, fold, fold_name
from pools.services.isolation import isolated
from pools.services.membership import likely_first, read_heartbeat
from pools.services.rejected_logins import held_back, ssh_credential
from pools.services.task_queue import queue_task

# Older than this, a page that is opened asks again by itself.
DETAILS_STALE_AFTER = timedelta(minutes=5)
# However often people press the button.
ASK_AGAIN_AFTER = timedelta(seconds=10)
# Asked for so long without an end, the worker was lost.
LOST_AFTER = timedelta(minutes=3)
# Somebody waits for the answer, and each dead member costs a time-out.
ASKED_AT_MOST = 3
NOBODY = "There is no server that could be asked about this user."
# What a device's last sync may be printed as [G].
LAST_SYNC = ("last sync", "last sync time")


def request_details(user: TravelerUser, *, automatic: bool = False) -> bool:
    """Have a worker ask about the user; False when that is under way or was done a moment ago.

    `automatic`: nobody pressed a button, so what is not stale is left alone.
    """
    now = timezone.now()
    rest = DETAILS_STALE_AFTER if automatic else ASK_AGAIN_AFTER
    idle = Q(details_asked_at=None) | Q(details_asked_at__lt=now - LOST_AFTER)
    rested = Q(details_tried_at=None) | Q(details_tried_at__lt=now - rest)
    with transaction.atomic():
        row = TravelerUser.objects.filter(idle & rested, pk=user.pk)
        if not row.update(details_asked_at=now):
            return False
        queue_task("sync_user_details", user.pk, if_not=partial(_keep_failure, user.pk))
    return True


def is_asked(user: TravelerUser) -> bool:
    """Tell whether an answer is awaited."""
    asked = user.details_asked_at
    return asked is not None and timezone.now() - asked < LOST_AFTER


def is_due(user: TravelerUser) -> bool:
    """Tell whether a page that is opened now should ask."""
    tried = user.details_tried_at
    rested = tried is None or timezone.now() - tried > DETAILS_STALE_AFTER
    return rested and user.gone_at is None and not is_asked(user)


def is_fresh(user: TravelerUser) -> bool:
    """Tell whether what a server said still counts as true."""
    seen = user.details_seen_at
    return seen is not None and timezone.now() - seen < DETAILS_STALE_AFTER


def sync_user_details(user: TravelerUser) -> UserReport:
    """Ask one server after another until one describes the user, and keep what it printed.

    Raises NoReachableMember with the reasons, which are kept; what was known before stays. Workers
    only.
    """
    failures: list[str] = []
    for server in _servers_of(user)[:ASKED_AT_MOST]:
        with isolated(user, doing=f"Asking {server}", keep=failures.append):
            try:
                with held_back(ssh_credential(server)), console_on(server) as console:
                    report = console.show_user(user.name)
            except UnsafeText as error:
                failures = [f"This name cannot be sent to a console. {error}"]
                break
            except GatewayError as error:
                failures.append(str(error))
                continue
            if same_name(report.canonical_name, user.name):
                _save_report(user, report)
                return report
            said = " / ".join(report.unread[:2])[:200]
            failures.append(
                f"{server}: its answer does not describe this user."
                + (f" It said: {said}" * bool(said))
            )
    failure = " ".join(failures) or NOBODY
    _keep_failure(user.pk, failure)
    raise NoReachableMember(failure)


def _servers_of(user: TravelerUser) -> list[Server]:
    if user.pool is not None:
        return likely_first(user.pool)
    alone = Server.objects.in_service().standalone().filter(own_users=user)
    return list(alone.select_related("profile", "ssh_login"))


def _keep_failure(user_id: int, failure: str) -> None:
    TravelerUser.objects.filter(pk=user_id).update(
        details_asked_at=None, details_tried_at=timezone.now(), details_failure=failure
    )


@transaction.atomic
def _save_report(user: TravelerUser, report: UserReport) -> None:
    now = timezone.now()
    values: dict[str, Any] = {
        "mail_access": report.mail_access,
        "monitoring": report.monitoring,
        "mail_sentences": "\n".join(report.sentences),
        "details_asked_at": None,
        "details_tried_at": now,
        "details_seen_at": now,
        "details_failure": "",
    }
    if report.internet_address:
        address = report.internet_address[:255]
        values |= {"address": address, "address_key": fold(address)}
    if user.pool is not None:
        values |= _master_values(user, report)
    TravelerUser.objects.filter(pk=user.pk).update(**values)
    printed = {fold(device.device_id): device for device in report.devices}
    for device in user.devices.all():
        if printed_device := printed.get(device.id_key):
            _save_device(device, printed_device)


def _master_values(user: TravelerUser, report: UserReport) -> dict[str, Any]:
    """Printed in pools only; nothing printed means that no server has taken the user."""
    servers = Scope(user.scope, pool=user.pool).servers
    return {
        "master_server_id": servers.get(fold_name(report.master_server)),
        "master_name": report.master_server[:255],
        "master_locked": report.master_server_locked[:80],
        "master_since": read_moment(report.master_server_locked),
    }


def _save_device(device: Device, printed_device: UserDevice) -> None:
    """Keep its fields as printed; a last sync counts when it is later than the one listed."""
    device.printed = "\n".join(f"{name}: {value}" for name, value in printed_device.fields)
    for name, value in printed_device.fields:
        synced = read_moment(value) if name.casefold() in LAST_SYNC else None
        if synced and (device.last_sync_at is None or synced > device.last_sync_at):
            device.last_sync_at = synced
    device.save(update_fields=["printed", "last_sync_at"])


def read_moment(text: str) -> datetime | None:
    """A printed time, where its form leaves no doubt: `Tue Jun 15 17:08:37 UTC 2010` and those of
    a heartbeat. Other zones' abbreviations mean different zones to different servers."""
    plain = text.strip().replace(" GMT ", " UTC ")
    try:
        return datetime.strptime(plain, "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
    except ValueError:
        return read_heartbeat(text)
