"""What no page links to is refused in words, whatever database is below."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/migrations/?q=%00", "/find/?q=a%00b", "/api/v1/servers/?q=%00"]
)
def test_a_nul_in_the_query_is_not_understood(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 400
    assert "not understood" in response.content.decode()


def test_a_per_cent_sign_and_two_noughts_may_be_looked_for(client: Client) -> None:
    assert client.get("/find/?q=%2500").status_code == 302
