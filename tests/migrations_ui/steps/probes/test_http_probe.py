"""What the web side of a server says of its membership."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Self

import pytest

from migrations_ui.steps.probes import http_probe
from pools.models import Server
from tests.factories import PoolFactory, ServerFactory


class Api:
    """An admin API that lists one server."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def servers(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(domino_name=self._name)]


def api_of(server: Server, **_: object) -> Api:
    # As the true one does, for the pool's certificate: a query, which an event loop refuses.
    assert server.pool is not None
    return Api(server.domino_name)


@pytest.mark.django_db
def test_a_server_that_has_joined_already_can_be_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_probe, "admin_api_of", api_of)
    assert http_probe.listed_by_api(Server.objects.get(pk=ServerFactory(pool=PoolFactory()).pk))
