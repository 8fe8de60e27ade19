"""Users and devices from a real listing into rows, and out of them again."""

from __future__ import annotations

import pytest

from console.supervision.ports import free_port
from pools.models import Device, TravelerUser
from pools.services.errors import NoReachableMember
from pools.services.inventory import sync_pool_inventory, sync_server_inventory
from tests.factories import DeviceFactory, PoolFactory, TravelerUserFactory
from tests.pools.gateways.api_host import ApiHost, Reply, envelope
from tests.pools.services.conftest import api_server, lists

pytestmark = pytest.mark.django_db

ADA = "CN=Ada Lovelace/O=Acme"
BOB = "CN=Bob/O=Acme"


def user(name: str, **more: object) -> dict[str, object]:
    return {"username": name, "href": f"/api/traveler/users/{name}", **more}


def device(name: str, device_id: str, **more: object) -> dict[str, object]:
    return {
        "username": name,
        "deviceid": device_id,
        "device_provider": "iPhone",
        "device_type": "Apple-iPhone7C1/1607.77",
        "last_sync_time": 1_763_805_600_000,
        "access_status": "0",
        "approval_policy": 16,
        "wipe_request_status": 0,
        **more,
    }


def test_a_pool_is_listed_through_the_member_that_answers(api: ApiHost) -> None:
    pool = PoolFactory()
    api_server(f"http://127.0.0.1:{free_port()}", domino_name="CN=a/O=Acme", pool=pool)
    master = api_server(api, domino_name="CN=trav1/O=Acme", pool=pool)
    lists(
        api,
        "users",
        user(ADA, internet_address="Ada@Acme.example", master_server="CN=TRAV1/O=Acme"),
        user(BOB),
    )
    lists(api, "devices", device(ADA, "ApplABC"), device(BOB, "ApplABC"))

    outcome = sync_pool_inventory(pool)

    assert (outcome.users, outcome.devices, outcome.gone) == (2, 2, 0)
    pool.refresh_from_db()
    assert (pool.user_count, pool.device_count) == (2, 2)
    ada = TravelerUser.objects.get(name=ADA)
    assert (ada.pool, ada.server, ada.scope) == (pool, None, f"pool-{pool.pk}")
    assert (ada.name_key, ada.address_key) == ("ada lovelace/acme", "ada@acme.example")
    assert ada.master_server == master
    phone = Device.objects.get(user=ada)
    assert (phone.id_key, phone.type_key) == ("applabc", "iphone apple-iphone7c1/1607.77")
    assert (phone.access_status, phone.approval_policy) == (0, 16)
    pool.refresh_from_db()
    assert pool.inventory_seen_at is not None
    assert pool.inventory_failure == ""


def test_what_is_no_longer_listed_is_gone_and_may_come_back(api: ApiHost) -> None:
    server = api_server(api)
    lists(api, "users", user(ADA), user(BOB))
    lists(api, "devices", device(ADA, "one"), device(ADA, "two"))
    sync_server_inventory(server)
    lists(api, "users", user(ADA))
    lists(api, "devices", device(ADA, "one"))

    assert sync_server_inventory(server).gone == 2
    assert list(TravelerUser.objects.present()) == [TravelerUser.objects.get(name=ADA)]
    assert [row.device_id for row in Device.objects.present()] == ["one"]

    lists(api, "users", user(ADA), user(BOB))
    assert sync_server_inventory(server).gone == 0
    assert TravelerUser.objects.present().count() == 2


def test_a_listing_that_breaks_off_marks_nothing_as_gone(api: ApiHost) -> None:
    server = api_server(api)
    lists(api, "users", user(ADA), user(BOB))
    lists(api, "devices", device(BOB, "one"))
    sync_server_inventory(server)

    def pages(path: str) -> Reply:
        if "page=1" in path:
            return envelope([user(ADA)], next="/api/traveler/users?page=2&pm=100")
        return Reply(500)

    api.routes["/api/traveler/users"] = pages
    with pytest.raises(NoReachableMember, match="500"):
        sync_server_inventory(server)

    server.refresh_from_db()
    assert "500" in server.inventory_failure
    assert TravelerUser.objects.present().count() == 2


def test_changes_are_taken_over_and_unnamed_values_stay(api: ApiHost) -> None:
    server = api_server(api)
    lists(api, "users", user(ADA, internet_address="ada@acme.example"))
    lists(api, "devices", device(ADA, "one", access_status=0))
    sync_server_inventory(server)
    lists(api, "users", user(ADA))
    lists(api, "devices", device(ADA, "one", access_status=1))

    sync_server_inventory(server)

    assert TravelerUser.objects.get().address == "ada@acme.example"
    assert Device.objects.get().access_status == 1


def test_a_device_whose_owner_is_not_listed_brings_its_owner(api: ApiHost) -> None:
    server = api_server(api)
    lists(api, "users")
    lists(api, "devices", device(ADA, "one"), device(ADA, "one"))

    sync_server_inventory(server)

    assert Device.objects.get().user.name == ADA


def test_a_moved_server_leaves_no_second_copy_of_its_users(api: ApiHost) -> None:
    pool = PoolFactory()
    server = api_server(api, pool=pool)
    former = TravelerUserFactory(server=server, pool=None, name=ADA)
    phone = DeviceFactory(user=former, device_id="one")
    lists(api, "users", user(ADA))
    lists(api, "devices", device(ADA, "one"))

    sync_pool_inventory(pool)

    former.refresh_from_db()
    phone.refresh_from_db()
    assert former.gone_at is not None
    assert phone.gone_at is not None
    assert TravelerUser.objects.present().get().pool == pool


def test_many_pages_cost_few_queries(api: ApiHost, django_assert_max_num_queries: object) -> None:
    server = api_server(api)
    names = [f"CN=User {number}/O=Acme" for number in range(1200)]
    lists(api, "users", *map(user, names))
    lists(api, "devices", *(device(name, "one") for name in names))
    sync_server_inventory(server)
    assert Device.objects.count() == 1200

    with django_assert_max_num_queries(60):  # type: ignore[operator]
        sync_server_inventory(server)


def test_texts_longer_than_their_columns_are_cut(api: ApiHost) -> None:
    server = api_server(api)
    name = "CN=" + "ß" * 300
    lists(api, "users", user(name))
    lists(api, "devices", device(name, "x" * 300, device_level="y" * 300))
    sync_server_inventory(server)
    sync_server_inventory(server)

    row = Device.objects.get()
    assert len(row.user.name) == len(row.device_id) == len(row.user.name_key) == 255
    assert row.client_level == "y" * 80


def test_a_list_that_ends_before_its_total_changes_nothing_and_says_so(api: ApiHost) -> None:
    pool = PoolFactory()
    api_server(api, pool=pool)
    names = [f"CN=User {number}/O=Acme" for number in range(25)]
    lists(api, "users", *map(user, names))
    lists(api, "devices", *(device(name, "one") for name in names))
    sync_pool_inventory(pool)
    pool.refresh_from_db()
    seen_at = pool.inventory_seen_at
    short = [device(name, "one", device_level="new") for name in names[:10]]
    api.routes["/api/traveler/devices"] = lambda _path: envelope(short, totalRecords="25")

    with pytest.raises(NoReachableMember, match="ends after 10 of 25 items"):
        sync_pool_inventory(pool)

    pool.refresh_from_db()
    assert "ends after 10 of 25 items" in pool.inventory_failure
    assert (pool.device_count, pool.inventory_seen_at) == (25, seen_at)
    assert Device.objects.present().count() == 25
    assert not Device.objects.filter(client_level="new").exists()


def test_one_entry_without_a_name_is_named_and_stops_nobody_else(api: ApiHost) -> None:
    server = api_server(api)
    lists(api, "users", user(ADA), user(BOB))
    lists(api, "devices")
    sync_server_inventory(server)
    lists(
        api,
        "users",
        user(ADA),
        {"username": " ", "href": "/api/traveler/users/77"},
        user("CN=C/O=A"),
    )

    outcome = sync_server_inventory(server)

    assert (outcome.users, outcome.gone) == (2, 0)
    server.refresh_from_db()
    assert "Item 2 on page 1 of users lacks 'username'" in server.inventory_failure
    assert "/api/traveler/users/77" in server.inventory_failure
    # Bob is not listed, but the entry without a name may be his.
    assert TravelerUser.objects.present().count() == 3


def test_a_pool_whose_only_server_has_left_lists_nobody() -> None:
    pool = PoolFactory(user_count=7, device_count=9, inventory_failure="old")
    phone = DeviceFactory(user=TravelerUserFactory(pool=pool))

    with pytest.raises(NoReachableMember, match="no server that could be asked"):
        sync_pool_inventory(pool)

    pool.refresh_from_db()
    phone.refresh_from_db()
    assert (pool.user_count, pool.device_count) == (None, None)
    assert "no server that could be asked" in pool.inventory_failure
    assert phone.gone_at is not None
    assert TravelerUser.objects.present().count() == 0
