"""Every page, endpoint, socket and action by role: as declared, as answered, and as in the docs."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import resolve, reverse

from console.accounts.access import Audience, declared_by
from console.accounts.capabilities import Capability
from console.accounts.permissions import Access
from console.accounts.roles import ROLES, Role
from console.permission_matrix import Entry, actions, endpoints, markdown, pages, sockets
from console.routing import websocket_urlpatterns
from migrations_ui.capabilities import ACTION_CAPABILITIES
from migrations_ui.states import Action
from pools.capabilities import OPERATION_CAPABILITIES
from pools.live.guarded_consumer import NOT_ALLOWED, NOT_SIGNED_IN
from pools.models import Operation
from pools.states import OperationKind
from tests.factories import ServerFactory, UserFactory
from tests.people import client_of
from tests.sockets import Viewer

REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
# No row has this key: whoever is let in finds nothing, and nothing is started.
NO_ROW = "2147483646"


def address_of(entry: Entry) -> str:
    address = entry.path
    for name in entry.arguments:
        address = address.replace(f"{{{name}}}", NO_ROW)
    return address


def test_the_docs_page_is_what_the_code_says() -> None:
    written = (settings.BASE_DIR / "docs" / "permissions.md").read_text(encoding="utf-8")

    assert written == markdown(), "Run: manage.py write_permissions"


def test_everything_declares_what_it_takes() -> None:
    for entry in (*pages(), *endpoints(), *sockets(), *actions()):
        assert entry.declared, entry
        assert not isinstance(entry.declared, frozenset) or entry.declared <= set(Capability)


def test_only_signing_in_is_for_everyone() -> None:
    everyone = {
        entry.name
        for entry in (*pages(), *endpoints(), *sockets())
        if entry.declared is Audience.EVERYONE
    }

    assert everyone == {"accounts:sign_in", "api_sign_in"}


def test_every_capability_opens_something() -> None:
    used = {
        capability
        for entry in (*pages(), *endpoints(), *sockets(), *actions())
        if isinstance(entry.declared, frozenset)
        for capability in entry.declared
    }

    assert used == set(Capability)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("listed", [pages, endpoints])
def test_each_address_answers_each_role_as_the_matrix_says(
    listed: Callable[[], list[Entry]], role: Role | None
) -> None:
    person = UserFactory(role=role) if role else None
    differing = []
    for entry in listed():
        if listed is endpoints and entry.declared is Audience.SIGNED_IN:
            # By token only, and never by session: console/accounts/test_api_tokens.py.
            continue
        for method in (entry.method,) if entry.method else ("GET", "POST"):
            # A session of its own for each: signing out is one of them.
            client = client_of(person) if person else Client()
            answer = client.generic(method, address_of(entry))
            to_sign_in = answer.headers.get("Location", "").startswith("/accounts/sign-in/")
            served = answer.status_code not in REFUSED and not (to_sign_in and not person)
            granted = entry.is_open_to(role) if role else entry.declared is Audience.EVERYONE
            if served != granted:
                differing.append((method, entry.path, answer.status_code))

    assert differing == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [*Role, None])
async def test_each_socket_answers_each_role_as_the_matrix_says(role: Role | None) -> None:
    application = URLRouter(websocket_urlpatterns)
    person = await database_sync_to_async(UserFactory)(role=role) if role else AnonymousUser()
    for entry in sockets():
        viewer = await Viewer(application, address_of(entry), person).open()

        refused = viewer.refusal in {NOT_ALLOWED, NOT_SIGNED_IN}
        assert refused is not (role is not None and entry.is_open_to(role)), entry
        if viewer.accepted:
            await viewer.close()


def test_an_action_takes_what_its_page_and_its_endpoint_take() -> None:
    assert set(ACTION_CAPABILITIES) == set(Action)
    by_name = {entry.name: entry.declared for entry in endpoints()}
    for action, capability in ACTION_CAPABILITIES.items():
        page = resolve(reverse(f"migrations_ui:{action.value}", args=[1])).func
        assert declared_by(page) == frozenset({capability}), action
        assert by_name[f"migration-{action.value.replace('_', '-')}"] == frozenset({capability}), (
            action
        )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", OperationKind)
def test_an_operation_takes_its_own_capability(
    kind: OperationKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ServerFactory()
    client = client_of(UserFactory())
    everything, needed = frozenset(Capability), OPERATION_CAPABILITIES[kind]
    sent = {"kind": kind, "confirm": server.short_name}
    over_rest = {"kind": kind, "server": server.pk, "typed_name": server.short_name}

    monkeypatch.setitem(ROLES, Role.ADMINISTRATOR, everything - {needed})
    assert client.post(f"/servers/{server.pk}/operations/", sent).status_code == 403
    assert client.post(reverse("operation-list"), over_rest).status_code == 403
    assert not Operation.objects.exists()

    others = {Capability.CHECK_SERVER, Capability.COLLECT_LOGS, Capability.DRAIN_SERVER} - {needed}
    monkeypatch.setitem(ROLES, Role.ADMINISTRATOR, everything - others)
    assert client.post(f"/servers/{server.pk}/operations/", sent).status_code == 302
    assert client.post(reverse("operation-list"), over_rest).status_code == 201
    assert set(OPERATION_CAPABILITIES) == set(OperationKind)


def test_a_template_asks_for_capabilities_that_there_are() -> None:
    asked = set()
    for file in (settings.BASE_DIR / "templates").rglob("*.html"):
        asked |= set(re.findall(r"\bmay\.(\w+)", file.read_text(encoding="utf-8")))

    assert asked
    for name in asked:
        assert Access()[name] is False
