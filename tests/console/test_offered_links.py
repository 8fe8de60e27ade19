"""No page offers what it would refuse: links, forms and buttons are those of the person's role."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from console.accounts.access import declared_by, is_self_guarded
from console.accounts.capabilities import Capability
from console.accounts.permissions import may_any
from console.accounts.roles import ROLES, Role
from tests.factories import DatabaseConfigurationFactory, OperationFactory, UserFactory
from tests.migrations_ui.factories import (
    ConflictFactory,
    FindingFactory,
    MigrationFactory,
    MismatchFactory,
    RejectFactory,
)
from tests.people import client_of
from tests.pools.views.conftest import World, make_world
from tests.pools.views.pages import READABLE, address_of

VIEWS = {each for each in Capability if each.value.startswith("view_")}
VIEWER = frozenset({*VIEWS, Capability.LOOK_UP_USERS})
OPERATOR = frozenset({*VIEWER, Capability.CHECK_SERVER, Capability.EDIT_SERVERS})
POOLS_ONLY = frozenset({Capability.VIEW_POOLS})
MIGRATOR = frozenset({Capability.VIEW_MIGRATIONS, Capability.VIEW_POOLS, Capability.RUN_MIGRATION})

STANDS = ("copying", "broken", "at_gate", "finished", "rehearsed", "following")
MIGRATION_PAGES = (
    "",
    "preflight/",
    "rejects/",
    "conflicts/",
    "verification/",
    "retained/",
    "report/",
)
POINTERS = re.compile(r'\s(?:href|formaction|hx-get|hx-post)="(/[^"]*)"')
FORMS = re.compile(r'<form\b([^>]*)\saction="(/[^"]*)"([^>]*)>(.*?)</form>', re.DOTALL)


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    DatabaseConfigurationFactory(name="Spare")
    OperationFactory(server=world.server, archive="logs.zip")
    for stand in STANDS:
        name = f"CN={stand}/O=Acme"
        migration = MigrationFactory(pool=world.pool, server__domino_name=name, **{stand: True})
        RejectFactory(migration=migration)
        MismatchFactory(migration=migration)
        ConflictFactory(migration=migration)
    draft = MigrationFactory(pool=world.pool, server__domino_name="CN=draft/O=Acme")
    FindingFactory(migration=draft)
    return world


def addresses(world: World) -> Iterator[str]:
    yield from (address_of(name, world) for name in READABLE)
    yield from ("/migrations/", f"/migrations/databases/{world.database.pk}/", "/nothing/is/here/")
    yield f"/servers/{world.standalone.pk}/"
    for migration in world.pool.migrations.all():
        yield from (f"/migrations/{migration.pk}/{page}" for page in MIGRATION_PAGES)


def offered(page: str) -> set[str]:
    """Where its links lead, and where its buttons send something."""
    found = {html.unescape(each) for each in POINTERS.findall(page)}
    for before, address, after, inside in FORMS.findall(page):
        name = re.search(r'\bid="([^"]+)"', before + after)
        elsewhere = name and re.search(rf'<button[^>]*\sform="{name[1]}"(?![^>]*formaction)', page)
        if "<button" in inside or elsewhere:
            found.add(html.unescape(address))
    return found


@pytest.mark.parametrize("granted", [VIEWER, OPERATOR, POOLS_ONLY, MIGRATOR, frozenset(Capability)])
def test_a_page_offers_only_what_the_role_may(
    granted: frozenset[Capability], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ROLES, Role.HELPDESK, granted)
    person = UserFactory(helpdesk=True)
    client: Client = client_of(person)
    refused: set[tuple[str, str]] = set()
    read = 0
    for address in addresses(world):
        answer = client.get(address, follow=True)
        if answer.status_code == 403:
            continue
        read += 1
        for link in offered(answer.content.decode()):
            try:
                view = resolve(link.partition("?")[0].partition("#")[0]).func
            except Resolver404:
                continue
            declared = declared_by(view)
            if is_self_guarded(view) or not isinstance(declared, frozenset):
                continue
            if not may_any(person, declared):
                refused.add((address, link))

    assert read >= 5
    assert refused == set()
