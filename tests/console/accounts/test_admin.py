"""Django's admin sets the pools that a person's role holds for."""

from __future__ import annotations

import pytest
from django.forms import model_to_dict
from django.test import Client

from console.accounts.models import User
from pools.models import AuditEntry
from tests.factories import PoolFactory, UserFactory
from tests.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> Client:
    return client_of(UserFactory(is_superuser=True, is_staff=True))


def test_a_superuser_gives_a_person_some_pools(root: Client) -> None:
    person, pool = UserFactory(helpdesk=True), PoolFactory(name="Acme EU")
    address = f"/admin/accounts/user/{person.pk}/change/"
    page = root.get(address)
    assert "Acme EU" in page.content.decode()
    fields = page.context["adminform"].form.fields
    stored = model_to_dict(person, fields=list(fields))
    sent = {name: value for name, value in stored.items() if value not in (None, False, [])}
    sent |= {"date_joined_0": "2026-12-01", "date_joined_1": "12:00:00", "pools": [pool.pk]}
    del sent["all_pools"]

    answer = root.post(address, sent)

    assert answer.status_code == 302, answer.context["adminform"].errors
    assert User.objects.get(pk=person.pk).pool_scope == frozenset({pool.pk})


def test_an_administrator_who_is_no_superuser_does_not_open_the_admin() -> None:
    assert client_of(UserFactory()).get("/admin/accounts/user/").status_code == 302


def change(root: Client, person: User, **changed: object) -> None:
    address = f"/admin/accounts/user/{person.pk}/change/"
    fields = root.get(address).context["adminform"].form.fields
    stored = model_to_dict(person, fields=list(fields)) | changed
    sent = {name: value for name, value in stored.items() if value not in (None, False, [])}
    sent |= {"date_joined_0": "2026-12-01", "date_joined_1": "12:00:00"}
    answer = root.post(address, sent)
    assert answer.status_code == 302, answer.context["adminform"].errors


def test_a_change_of_role_or_pools_is_in_the_audit(root: Client) -> None:
    person, pool = UserFactory(helpdesk=True), PoolFactory(name="Acme EU")
    change(root, person, role="administrator", all_pools=False, pools=[pool.pk])
    entry = AuditEntry.objects.get(action="change_access")
    assert entry.target == str(person)
    assert entry.detail == "role: helpdesk → administrator\npools: all → Acme EU"
    assert entry.actor is not None
    assert entry.actor.is_superuser


def test_what_is_no_matter_of_access_is_not_in_the_audit(root: Client) -> None:
    change(root, UserFactory(helpdesk=True), first_name="Ada")
    assert not AuditEntry.objects.filter(action="change_access").exists()
