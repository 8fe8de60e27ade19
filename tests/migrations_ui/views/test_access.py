"""The permission triangle: only administrators reach a page of a migration, whatever the method."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from migrations_ui.urls import urlpatterns
from tests.factories import PoolFactory, ServerFactory
from tests.migrations_ui.factories import MigrationFactory, RejectFactory

NAMES = [pattern.name for pattern in urlpatterns]
TO_POST = {
    *("check", "pause", "resume", "retry", "pace", "chunk_size", "migrate"),
    *("values", "derby_login", "policy", "verify_again", "repair", "skip_reject", "correct"),
    "retained_read",
}


def address(name: str) -> str:
    if name in {"migrations", "choose_server"}:
        return reverse(f"migrations_ui:{name}")
    if name == "choose_pool":
        return reverse("migrations_ui:choose_pool", args=[ServerFactory().pk])
    if name in {"retained", "retained_read"}:
        return reverse(f"migrations_ui:{name}", args=[PoolFactory().database_id])
    if name in {"skip_reject", "correct"}:
        reject = RejectFactory()
        return reverse(f"migrations_ui:{name}", args=[reject.migration_id, reject.pk])
    return reverse(f"migrations_ui:{name}", args=[MigrationFactory(copying=True).pk])


@pytest.mark.parametrize("name", NAMES)
def test_helpdesk_and_outsiders_are_refused(name: str, helpdesk: Client, outsider: Client) -> None:
    for client in (helpdesk, outsider):
        assert client.get(address(name)).status_code == 403
        assert client.post(address(name)).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_nobody_in_particular_is_asked_to_sign_in(name: str, client: Client) -> None:
    response = client.get(address(name))
    assert response.status_code == 302
    assert "next=" in response["Location"]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TO_POST])
def test_an_administrator_reads_every_page(name: str, administrator: Client) -> None:
    # 409: a question that does not fit the state is shown with the reason.
    assert administrator.get(address(name)).status_code in {200, 409}


@pytest.mark.parametrize("name", sorted(TO_POST))
def test_an_act_is_never_a_link(name: str, administrator: Client) -> None:
    assert administrator.get(address(name)).status_code == 405
