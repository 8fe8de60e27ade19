"""The helpdesk's search, on the console's own database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from pools.models import Device, TravelerUser
from pools.services import trigram_search
from pools.services.inventory_rows import fold, fold_name
from pools.services.lookup import Closeness, look_up
from pools.services.trigram_search import ensure_trigrams
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


def test_present_users_and_devices_are_found_behind_gone_ones() -> None:
    """A migration leaves the server's own users, which are gone and have the smaller keys."""
    for gone in (timezone.now(), None):
        for number in range(100):
            person = user(f"CN=Person {number:03}/OU=Workshop/O=Acme {gone is None}")
            phone = device(person, f"Appl{number:03}WORKBENCH{gone is None}")
            TravelerUser.objects.filter(pk=person.pk).update(gone_at=gone)
            Device.objects.filter(pk=phone.pk).update(gone_at=gone)
    for text in ("orksho", "shop/acme"):
        assert len(look_up(text)) == 10
    assert len(look_up("orkbenc")) == 10


def test_who_comes_back_is_found_again() -> None:
    ada = user("CN=Ada Lovelace/O=Acme")
    for gone in (timezone.now(), None):
        TravelerUser.objects.filter(pk=ada.pk).update(gone_at=gone)
    assert [match.user for match in look_up("lovelace")] == [ada]
    TravelerUser.objects.filter(pk=ada.pk).update(gone_at=timezone.now())
    TravelerUser.objects.filter(pk=ada.pk).delete()
    assert look_up("lovelace") == []


@pytest.mark.parametrize(
    ("others", "wanted", "typed"),
    [
        ("CN=svc-mail-{:03}/O=Acme", "CN=Team svc_mail/O=Acme", "vc_mail"),
        ("CN=ab{:03}cd/O=Acme", "CN=x ab%cd/O=Acme", "ab%cd"),
        ("CN=team{:03}/O=Acme", "CN=The te*m/O=Acme", "te*m"),
        ("CN=team{:03}/O=Acme", "CN=The te?m/O=Acme", "te?m"),
        ("CN=team{:03}/O=Acme", "CN=The t[ea]m/O=Acme", "t[ea]m"),
    ],
)
def test_a_wildcard_does_not_crowd_out_the_row_that_has_it(
    others: str, wanted: str, typed: str
) -> None:
    for name in [*(others.format(number) for number in range(100)), wanted]:
        user(name)
    assert [match.user.name for match in look_up(typed)] == [wanted]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("CN=Jo\u0308rg Mu\u0308ller/O=Acme", "müller"),
        ("CN=Patrick O’Brien/O=Acme", "o'brien"),
        ("CN=Ada\u00a0Lovelace/O=Acme", "ada lovelace"),
        ("CN=\u200eAda Lovelace\u200f/O=Acme", "lovelace/acme"),
        ("CN=Ali İbrahim/O=Acme", "ibrahim"),
        ("CN=Jean–Luc/O=Acme", "n-luc"),
        ("CN=山田太郎/O=Acme", "太郎"),
        ("CN=김민준/O=Acme", "민준"),
    ],
)
def test_what_looks_the_same_is_found(name: str, typed: str) -> None:
    wanted = user(name)
    assert [match.user for match in look_up(typed)] == [wanted]


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
    """SQLite tables are changed by building them again, and triggers go with the old table."""
    if connection.vendor != "sqlite":
        pytest.skip("the triggers are SQLite's")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER pools_traveleruser_trigrams_added")
    ada = user("CN=Ada Lovelace/O=Acme")
    assert look_up("lovelace") == []

    ensure_trigrams()

    assert [match.user for match in look_up("lovelace")] == [ada]


def test_an_index_of_an_older_version_is_made_again() -> None:
    """Its triggers were called the same, and took in rows that are gone."""
    if connection.vendor != "sqlite":
        pytest.skip("the triggers are SQLite's")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER pools_traveleruser_trigrams_added")
        cursor.execute(
            "CREATE TRIGGER pools_traveleruser_trigrams_added AFTER INSERT ON pools_traveleruser"
            " BEGIN SELECT 1; END"
        )
    ada = user("CN=Ada Lovelace/O=Acme")

    ensure_trigrams()

    assert [match.user for match in look_up("lovelace")] == [ada]


def test_engines_without_trigrams_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trigram_search, "TRIGRAMS", {})
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
