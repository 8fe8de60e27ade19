"""The helpdesk's search, on the console's own database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from pools.models import Device, TravelerUser
from pools.services import substring
from pools.services.inventory_rows import fold, fold_name
from pools.services.lookup import Closeness, look_up
from pools.services.substring import ensure_trigrams
from tests.factories import DeviceFactory, TravelerUserFactory

pytestmark = pytest.mark.django_db


def user(name: str, address: str = "") -> TravelerUser:
    return TravelerUserFactory(
        name=name, name_key=fold_name(name), address=address, address_key=fold(address)
    )


def device(owner: TravelerUser, device_id: str, device_type: str = "") -> Device:
    return DeviceFactory(
        user=owner,
        device_id=device_id,
        id_key=fold(device_id),
        device_type=device_type,
        type_key=fold(f"iPhone {device_type}"),
    )


def test_exact_then_prefix_then_substring() -> None:
    exact = user("CN=Ada/O=Acme")
    longer = user("CN=Ada/O=Acme2")
    within = user("CN=Kanada/O=Acme")

    whole, part = look_up("ada/acme"), look_up("ada/acm")

    assert [(match.user, match.closeness) for match in whole] == [
        (exact, Closeness.EXACT),
        (longer, Closeness.PREFIX),
    ]
    assert [match.user for match in part] == [exact, longer, within]
    assert [match.closeness for match in part][1:] == [Closeness.PREFIX, Closeness.SUBSTRING]


@pytest.mark.parametrize("text", ["CN=Ada Lovelace/O=Acme", "ADA LOVE", "lovelace", " ada "])
def test_a_user_is_found_by_any_part_of_the_name(text: str) -> None:
    ada = user("CN=Ada Lovelace/O=Acme")
    assert [match.user for match in look_up(text)] == [ada]


def test_addresses_ids_and_types_are_searched_too() -> None:
    ada = user("CN=Ada/O=Acme", "ada@acme.example")
    phone = device(ada, "ApplF17XK2MN", "Apple-iPhone7C1/1607.77")

    found = {text: look_up(text)[0] for text in ("ADA@ACME", "f17xk", "applf17xk2mn", "iphone")}

    assert found["ADA@ACME"].matched_by == "address"
    assert (found["f17xk"].matched_by, found["f17xk"].device) == ("device id", phone)
    assert found["applf17xk2mn"].closeness == Closeness.EXACT
    assert (found["iphone"].matched_by, found["iphone"].text) == (
        "device type",
        "Apple-iPhone7C1/1607.77",
    )
    assert found["iphone"].user == ada


def test_a_row_is_named_once_by_its_best_match() -> None:
    ada = user("CN=Ada/O=Acme", "ada@acme.example")
    assert [(match.user, match.matched_by) for match in look_up("ada")] == [(ada, "name")]


def test_what_is_gone_is_not_found() -> None:
    ada = user("CN=Ada/O=Acme")
    phone = device(ada, "one")
    Device.objects.filter(pk=phone.pk).update(gone_at=timezone.now())
    TravelerUser.objects.filter(pk=ada.pk).update(gone_at=timezone.now())
    assert look_up("ada") == []
    assert look_up("one") == []


def test_wildcards_are_ordinary_characters() -> None:
    user("CN=Ada/O=Acme")
    under = user("CN=Build_100%/O=Acme")
    assert [match.user for match in look_up("d_1")] == [under]
    assert [match.user for match in look_up("00%")] == [under]
    assert look_up("a%a") == []
    assert look_up("%") == []
    assert look_up("*") == []


@pytest.mark.parametrize("text", ["", "  ", "x" * 5000, "\x00", "'; DROP", '"', "\U0010ffff"])
def test_no_text_breaks_it(text: str) -> None:
    user("CN=Ada/O=Acme")
    assert look_up(text) == []


def test_renamed_and_deleted_rows_leave_the_index() -> None:
    ada = user("CN=Ada Lovelace/O=Acme")
    TravelerUser.objects.filter(pk=ada.pk).update(name_key="grace hopper/acme")
    assert look_up("lovelace") == []
    assert len(look_up("hopper")) == 1
    ada.delete()
    assert look_up("hopper") == []


def test_an_index_that_was_lost_is_made_again() -> None:
    """SQLite tables are changed by building them anew, and triggers go with the old table."""
    if connection.vendor != "sqlite":
        pytest.skip("the triggers are SQLite's")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER pools_traveleruser_trigrams_added")
    ada = user("CN=Ada Lovelace/O=Acme")
    assert look_up("lovelace") == []

    ensure_trigrams()

    assert [match.user for match in look_up("lovelace")] == [ada]


def test_engines_without_trigrams_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(substring, "TRIGRAMS", {})
    ada = user("CN=Ada Lovelace/O=Acme")
    assert [match.user for match in look_up("lovelace")] == [ada]


def test_the_answer_is_limited_for_users_and_for_devices() -> None:
    owner = user("CN=Ada/O=Acme")
    for number in range(6):
        user(f"CN=Ada{number}/O=Acme")
        device(owner, f"ada-{number}")

    kinds = [match.kind for match in look_up("ada", limit=3)]
    assert kinds == ["user"] * 3 + ["device"] * 3


def test_any_search_takes_at_most_a_dozen_queries(django_assert_max_num_queries: object) -> None:
    owner = user("CN=Ada/O=Acme")
    for number in range(20):
        device(owner, f"ada-{number}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        for match in look_up("ada"):
            assert match.user.pool is not None
            assert match.user.master_server is None
