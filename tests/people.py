"""The permission triangle: an administrator, the helpdesk, and somebody without a role."""

from __future__ import annotations

import pytest
from django.test import Client

from console.accounts.models import User
from tests.factories import UserFactory


def client_of(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def administrator(db: None) -> Client:
    return client_of(UserFactory(username="administrator"))


@pytest.fixture
def helpdesk(db: None) -> Client:
    return client_of(UserFactory(username="helpdesk", helpdesk=True))


@pytest.fixture
def outsider(db: None) -> Client:
    return client_of(UserFactory(username="outsider", outsider=True))
