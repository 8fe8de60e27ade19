"""Users and devices that are gone, and search keys of an older rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pools.models import Device, TravelerUser
from pools.services.lookup import look_up
from pools.services.purge import purge_gone
from pools.services.search_keys import refold_devices, refold_users
from tests.factories import DeviceFactory, TravelerUserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def thirty_days(settings: Any) -> None:
    settings.LIFEGUARD_GONE_DAYS = 30


def test_who_is_gone_for_longer_than_the_retention_is_purged() -> None:
    long_ago, lately = (timezone.now() - timedelta(days=days) for days in (31, 29))
    old = TravelerUserFactory(gone_at=long_ago)
    DeviceFactory(user=old, gone_at=long_ago)
    recent = TravelerUserFactory(gone_at=lately)
    present = TravelerUserFactory()
    phone = DeviceFactory(user=present)
    DeviceFactory(user=present, gone_at=long_ago)

    assert purge_gone() == 3

    assert set(TravelerUser.objects.all()) == {recent, present}
    assert list(Device.objects.all()) == [phone]


def test_who_still_has_a_listed_device_stays() -> None:
    person = TravelerUserFactory(gone_at=timezone.now() - timedelta(days=99))
    DeviceFactory(user=person)
    assert purge_gone() == 0


def test_a_run_purges_so_many_and_the_next_goes_on(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    TravelerUserFactory.create_batch(7, gone_at=timezone.now() - timedelta(days=99))
    assert purge_gone(limit=4) == 4
    with django_assert_max_num_queries(12):
        assert purge_gone(limit=4) == 3


def test_keys_of_an_older_rule_are_made_again() -> None:
    name = "CN=Patrick O’Brien/O=Acme"
    person = TravelerUserFactory(name=name, name_key="patrick o’brien/acme")
    phone = DeviceFactory(user=person, device_id="SM‑G991B", id_key="sm‑g991b")

    assert refold_users(TravelerUser) == 1
    assert refold_devices(Device) == 1

    assert [match.user for match in look_up("o'brien")] == [person]
    assert [match.device for match in look_up("sm-g991b")] == [phone]
    assert refold_users(TravelerUser) == refold_devices(Device) == 0
