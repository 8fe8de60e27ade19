"""A Traveler user: whose device is it, who serves it, when did it sync last, why not."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from console.accounts.access import SignedInRequest, allow
from console.accounts.roles import Role
from pools.domain.devices import (
    DeviceModel,
    access_words,
    approval_words,
    compliance_words,
    notification_words,
    read_device_type,
)
from pools.models import Device, Server, TravelerUser
from pools.views.diagnosis import Diagnosis, Serving, diagnose
from pools.views.state_words import word_for


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device with what the page says of it."""

    device: Device
    model: DeviceModel
    diagnosis: Diagnosis
    facts: tuple[tuple[str, str], ...]


@allow(Role.ADMINISTRATOR, Role.HELPDESK)
def user(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(
        TravelerUser.objects.select_related("pool", "server", "master_server"), pk=pk
    )
    now = timezone.now()
    serving = _serving(person)
    devices = person.devices.order_by("gone_at", "-last_sync_at", "device_id")
    context = {
        "section": "users",
        "person": person,
        "scope": person.pool or person.server,
        "inventory": person.pool or person.server,
        "serving": serving,
        "lines": [
            DeviceLine(
                device,
                read_device_type(device.device_type, device.provider),
                diagnose(device, serving=serving, now=now),
                _facts(device),
            )
            for device in devices
        ],
        "sought": request.GET.get("q", ""),
    }
    return render(request, "pools/user.html", context)


def _serving(person: TravelerUser) -> Serving:
    servers = Server.objects.in_service()
    could = servers.filter(pool=person.pool) if person.pool else servers.filter(own_users=person)
    master = person.master_server
    return Serving(
        master=master.short_name if master else "",
        master_state=word_for(master) if master else None,
        all_states=[word_for(server) for server in could],
    )


def _facts(device: Device) -> tuple[tuple[str, str], ...]:
    """What the API said of it, in words; a fact that is not known is left out."""
    facts = (
        ("Access", access_words(device.access_status)),
        ("Approval", approval_words(device.approval_policy)),
        ("Policy", compliance_words(device.policy_compliance)),
        ("Notified by", notification_words(device.notification_type)),
        ("Client", device.client_level),
        ("Wipe asked for", device.wipe_options),
        ("Wipe status, as reported", device.wipe_status),
    )
    return tuple((name, words) for name, words in facts if words and words != "not known")
