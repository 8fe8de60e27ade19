from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.factories import ServerFactory
from tests.migrations_ui.factories import MigrationFactory

MIGRATIONS = "/migrations/"


def test_no_migration_yet_leads_to_the_choice_of_a_server(administrator: Client) -> None:
    ServerFactory()
    page = administrator.get(MIGRATIONS)
    assert "No server has been migrated yet" in page.text
    assert reverse("migrations_ui:choose_server") in page.text


def test_no_server_at_all_leads_to_adding_one(administrator: Client) -> None:
    assert "Add a server" in administrator.get(MIGRATIONS).text


def test_open_moves_stand_before_ended_ones(administrator: Client) -> None:
    under_way = MigrationFactory(copying=True)
    ended = MigrationFactory(finished=True)
    text = administrator.get(MIGRATIONS).text
    assert text.index(under_way.get_absolute_url()) < text.index(ended.get_absolute_url())


def test_a_pool_narrows_the_list(administrator: Client) -> None:
    here, elsewhere = MigrationFactory(), MigrationFactory()
    text = administrator.get(MIGRATIONS, {"pool": here.pool.slug}).text
    assert here.get_absolute_url() in text
    assert elsewhere.get_absolute_url() not in text


def test_an_unknown_pool_is_not_found(administrator: Client) -> None:
    assert administrator.get(MIGRATIONS, {"pool": "nowhere"}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_migrations(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    MigrationFactory.create_batch(12, finished=True)
    MigrationFactory.create_batch(3, copying=True)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        administrator.get(MIGRATIONS)
