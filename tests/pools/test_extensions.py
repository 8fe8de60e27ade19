"""Other parts of the console take part in the pools without the pools knowing them."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from django.db import models

from console.accounts.permissions import FULL_ACCESS, Access
from pools import extensions
from pools.domain.attention import Attention, AttentionReport
from pools.extensions import Extension
from pools.presentation.attention import things_needing_attention
from pools.services.errors import ServiceError
from pools.services.servers import retire_server, update_server
from tests.factories import ServerFactory, UserFactory

pytestmark = pytest.mark.django_db

ALARM = Attention("warn", "Backups are late", "The last is of Monday.", None, "/")


class Refused(ServiceError):
    """By the extension of this test."""


class Backups(Extension):
    """Has something to say to everything."""

    def refuse_change(self, row: models.Model, changed: Collection[str]) -> None:
        raise Refused(f"{row}: {', '.join(changed)}")

    def report_attention(self, access: Access) -> AttentionReport:
        return AttentionReport([ALARM])


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of a class are one; what was registered before stays out of this test."""
    monkeypatch.setattr(extensions, "_EXTENSIONS", [])
    for extension in (Extension(), Backups(), Backups()):
        extensions.register(extension)


def test_it_refuses_a_change_with_the_names_of_what_differs() -> None:
    server = ServerFactory()
    with pytest.raises(Refused, match="note"):
        update_server(server, actor=UserFactory(), note="another")
    with pytest.raises(Refused, match="retired_at"):
        retire_server(server, actor=UserFactory())
    server.refresh_from_db()
    assert (server.note, server.retired_at) == ("", None)


def test_what_it_reports_is_behind_the_bell_once() -> None:
    assert things_needing_attention(FULL_ACCESS) == [ALARM]
