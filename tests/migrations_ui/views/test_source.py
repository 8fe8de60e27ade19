from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.factories import DeviceFactory, PoolFactory, ServerFactory, TravelerUserFactory
from tests.migrations_ui.factories import MigrationFactory

PAGE = "/migrations/new/"


def test_only_standalone_servers_in_service_are_offered(administrator: Client) -> None:
    offered = ServerFactory(domino_name="CN=alone/O=Acme")
    ServerFactory(domino_name="CN=member/O=Acme", pool=PoolFactory())
    ServerFactory(domino_name="CN=gone/O=Acme", retired_at=timezone.now())
    shown = [candidate.server for candidate in administrator.get(PAGE).context["candidates"]]
    assert shown == [offered]


def test_a_card_counts_the_devices_that_are_still_there(administrator: Client) -> None:
    server = ServerFactory(inventory_seen_at=timezone.now())
    person = TravelerUserFactory(server=server, pool=None)
    DeviceFactory.create_batch(3, user=person)
    DeviceFactory(user=person, gone_at=timezone.now() - timedelta(days=1))
    (candidate,) = administrator.get(PAGE).context["candidates"]
    assert candidate.devices == 3


def test_devices_that_were_never_listed_are_not_none(administrator: Client) -> None:
    ServerFactory()
    (candidate,) = administrator.get(PAGE).context["candidates"]
    assert candidate.devices is None


def test_a_card_says_what_is_known_to_stand_in_the_way(administrator: Client) -> None:
    ServerFactory(bits=32, traveler_version="8.5.2.3", healthy=True)
    text = administrator.get(PAGE).text
    assert "32-bit: it may join to bring its data, then it has to be retired." in text
    assert "Too old for a pool: upgrade it to 8.5.3.100 or later first." in text


def test_a_server_on_its_way_is_opened_and_not_chosen_again(administrator: Client) -> None:
    migration = MigrationFactory(copying=True)
    text = administrator.get(PAGE).text
    assert migration.get_absolute_url() in text
    assert f"/migrations/new/{migration.server.pk}/" not in text


def test_a_part_of_the_name_finds_a_server_among_many(administrator: Client) -> None:
    ServerFactory.create_batch(30)
    wanted = ServerFactory(domino_name="CN=needle/O=Acme")
    page = administrator.get(PAGE, {"server": "NEED"})
    assert [candidate.server for candidate in page.context["candidates"]] == [wanted]
    assert (
        "No standalone server has that in its name"
        in administrator.get(PAGE, {"server": "x9"}).text
    )


def test_five_hundred_servers_cost_no_more_queries_than_one(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    ServerFactory.create_batch(40)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        administrator.get(PAGE)
