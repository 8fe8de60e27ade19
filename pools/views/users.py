"""A Traveler user: whose device is it, who serves it, when did it sync last, why not."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import scoped
from pools.domain.devices import (
    DeviceModel,
    access_words,
    approval_words,
    compliance_words,
    notification_words,
    read_device_type,
)
from pools.domain.lines import split_lines
from pools.models import Device, Server, TravelerUser
from pools.presentation.diagnosis import Diagnosis, Serving, diagnose
from pools.presentation.server_state import word_for
from pools.services.user_details import is_asked, is_due, is_fresh, request_details

ASKED = "A server is asked about {} now. Its answer appears here in a few seconds."
NOT_ASKED = "A server was asked about {} a moment ago; this is what it said."


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device with what the page says of it."""

    device: Device
    model: DeviceModel
    diagnosis: Diagnosis
    facts: tuple[tuple[str, str], ...]


@requires(Capability.LOOK_UP_USERS)
def user(request: SignedInRequest, pk: int) -> HttpResponse:
    """The page. It writes nothing: where `due`, it asks for the details by a POST of its own."""
    person = _person(request, pk)
    frame = {"section": "users", "due": is_due(person), "sought": request.GET.get("q", "")}
    return render(request, "pools/user.html", _context(person) | frame)


@requires(Capability.LOOK_UP_USERS)
def user_details(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person again for an open page, or 204 when nothing has come since its `version`."""
    person = _person(request, pk)
    if request.GET.get("version") == _version(person):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "pools/partials/user.html", _context(person))


@requires(Capability.QUERY_USER)
@require_POST
def user_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have a server asked about the user: a command that only reads."""
    person = _person(request, pk)
    asked = request_details(person, automatic="automatic" in request.POST)
    if request.headers.get("HX-Request") == "true":
        return render(request, "pools/partials/user.html", _context(_person(request, pk)))
    messages.info(request, (ASKED if asked else NOT_ASKED).format(person.short_name))
    return redirect(person)


def _person(request: SignedInRequest, pk: int) -> TravelerUser:
    people = TravelerUser.objects.select_related("pool", "server", "master_server")
    return get_object_or_404(scoped(people, request.user), pk=pk)


def _version(person: TravelerUser) -> str:
    """Another one as soon as a server is asked or has answered, or its answer grows stale."""
    tried = person.details_tried_at
    return f"{tried.timestamp() if tried else 0:.6f}-{is_asked(person):d}-{is_fresh(person):d}"


def _context(person: TravelerUser) -> dict[str, Any]:
    now = timezone.now()
    serving = _serving(person)
    devices = person.devices.order_by("gone_at", "-last_sync_at", "device_id")
    return {
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
        "asked": is_asked(person),
        "fresh": is_fresh(person),
        "version": _version(person),
    }


def _serving(person: TravelerUser) -> Serving:
    servers = Server.objects.in_service()
    could = servers.filter(pool=person.pool) if person.pool else servers.filter(own_users=person)
    master = person.master_server
    return Serving(
        master=master.short_name if master else "",
        master_state=word_for(master) if master else None,
        all_states=[word_for(server) for server in could],
        mail_file_closed=person.mail_access is False and is_fresh(person),
    )


def _facts(device: Device) -> tuple[tuple[str, str], ...]:
    """What the API and the console said of it; a fact that is not known is left out."""
    facts = (
        ("Access", access_words(device.access_status)),
        ("Approval", approval_words(device.approval_policy)),
        ("Policy", compliance_words(device.policy_compliance)),
        ("Notified by", notification_words(device.notification_type)),
        ("Client", device.client_level),
        ("Wipe asked for", device.wipe_options),
        ("Wipe status, as reported", device.wipe_status),
    )
    known = [(name, words) for name, words in facts if words and words != "not known"]
    printed = [line.partition(": ")[::2] for line in split_lines(device.printed)]
    return (*known, *((f"{name}, as printed", words) for name, words in printed if words))
