"""What a push replaces fits the state it tells of."""

from __future__ import annotations

import pytest

from pools.models import Server
from pools.presentation.fragments import TOPICS, rendered
from tests.factories import ServerFactory

pytestmark = pytest.mark.django_db


def pushed(server: Server) -> str:
    return rendered(TOPICS["server"], server.pk, "UTC")


def test_what_may_be_done_follows_the_state_without_a_reload() -> None:
    server = ServerFactory(healthy=True)
    text = pushed(server)
    assert f'id="server-{server.pk}-actions"' in text
    assert "Drain…" in text
    assert "Resume service" not in text

    Server.objects.filter(pk=server.pk).update(availability_index=-200)
    text = pushed(server)
    assert "Resume service" in text
    assert "Drain…" not in text


def test_a_server_that_does_not_answer_or_is_not_known_offers_neither() -> None:
    text = pushed(ServerFactory())
    assert "Drain…" not in text
    assert "Resume service" not in text
