from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pools.models import AuditEntry, Server
from pools.services.errors import NameTaken
from pools.services.servers import (
    register_server,
    retire_server,
    trust_host_key,
    update_server,
)
from tests.factories import CommandProfileFactory, LoginFactory, ServerFactory, UserFactory

pytestmark = pytest.mark.django_db


def registered(domino_name: str, **facts: Any) -> Server:
    login = LoginFactory()
    return register_server(
        domino_name,
        actor=UserFactory(),
        profile=CommandProfileFactory(),
        ssh_host="trav1.acme.example",
        ssh_login=login,
        api_url="https://trav1.acme.example",
        api_login=login,
        **facts,
    )


def test_a_server_is_entered_with_what_is_known_of_it() -> None:
    server = registered("CN=trav1/O=Acme", bits=32, traveler_version="8.5.3.100")

    assert server.is_standalone
    assert (server.bits, server.ssh_port) == (32, 22)
    assert AuditEntry.objects.get().action == "register_server"


def test_another_spelling_of_a_known_name_is_refused() -> None:
    registered("CN=trav1/O=Acme")
    with pytest.raises(NameTaken, match="CN=trav1/O=Acme"):
        registered("TRAV1/acme")


def test_what_is_invalid_is_not_half_saved() -> None:
    with pytest.raises(ValidationError):
        registered("CN=trav1/O=Acme", bits=-1)
    assert not Server.objects.exists()
    assert not AuditEntry.objects.exists()


def test_changes_are_reported_and_nothing_is_written_without_one() -> None:
    server = ServerFactory(note="old", host_key="ssh-ed25519 AAAA")
    update_server(server, actor=UserFactory(), note="old")
    assert not AuditEntry.objects.exists()

    update_server(server, actor=UserFactory(), note="new")

    assert AuditEntry.objects.get().detail == "note: old → new"
    assert server.host_key == "ssh-ed25519 AAAA"


def test_a_host_key_stays_known_under_another_address() -> None:
    server = ServerFactory(host_key="ssh-ed25519 AAAA")

    update_server(server, actor=UserFactory(), ssh_host="other.acme.example")

    server.refresh_from_db()
    assert (server.ssh_host, server.host_key) == ("other.acme.example", "ssh-ed25519 AAAA")


def test_a_name_may_be_written_differently_but_not_be_taken_over() -> None:
    server = ServerFactory(domino_name="CN=trav1/O=Acme")
    ServerFactory(domino_name="CN=trav2/O=Acme")
    update_server(server, actor=UserFactory(), domino_name="CN=Trav1/O=Acme")
    with pytest.raises(NameTaken):
        update_server(server, actor=UserFactory(), domino_name="CN=trav2/O=acme")


def test_forgetting_a_host_key_is_recorded_with_the_key() -> None:
    server = ServerFactory(host_key="ssh-ed25519 AAAA")

    trust_host_key(server, actor=UserFactory())
    trust_host_key(server, actor=UserFactory())

    server.refresh_from_db()
    assert (server.host_key, server.host_key_seen_at) == ("", None)
    assert "AAAA" in AuditEntry.objects.get().detail


def test_a_retired_server_keeps_its_row() -> None:
    server = ServerFactory()
    retire_server(server, actor=UserFactory())
    assert not Server.objects.in_service().exists()
    assert Server.objects.exists()
