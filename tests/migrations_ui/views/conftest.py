"""A person of each role, signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import UserFactory


def signed_in(**traits: bool) -> Client:
    client = Client()
    client.force_login(UserFactory(**traits))
    return client


@pytest.fixture
def administrator(db: None) -> Client:
    return signed_in()


@pytest.fixture
def helpdesk(db: None) -> Client:
    return signed_in(helpdesk=True)


@pytest.fixture
def outsider(db: None) -> Client:
    return signed_in(outsider=True)
