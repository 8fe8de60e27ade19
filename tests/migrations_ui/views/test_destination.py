from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from migrations_ui.models import Migration
from migrations_ui.states import MigrationStatus
from migrations_ui.transfer.engines import LOADERS
from pools.models import DatabaseConfiguration, Pool, Server
from tests.factories import DatabaseConfigurationFactory, PoolFactory, ServerFactory
from tests.html import collapsed
from tests.migrations_ui.factories import MigrationFactory


@pytest.fixture
def server(db: None) -> Server:
    return ServerFactory(domino_name="CN=trav9/O=Acme", external_url="https://old.acme.example")


def page(server: Server) -> str:
    return f"/migrations/new/{server.pk}/"


def typed(**changes: Any) -> dict[str, Any]:
    """A new pool on a new database, complete and valid."""
    return {
        "pool": "new",
        "drain_seconds": "15",
        "rows_per_second": "",
        "pool-name": "Acme Nord",
        "pool-external_url": "https://nord.acme.example",
        "pool-database": "new",
        "database-name": "Nord",
        "database-engine": "postgresql",
        "database-host": "db.acme.example",
        "database-port": "5432",
        "database-database_name": "TRAVELER",
        "database-username": "lntuser",
        "database-password": "hush-hush-hush",
        "database-schema": "",
        "database-schema_mode": "automatic",
    } | changes


def test_an_existing_pool_is_drafted_and_checked(administrator: Client, server: Server) -> None:
    pool = PoolFactory()
    response = administrator.post(page(server), typed(pool=pool.pk))
    migration = Migration.objects.get()
    assert response["Location"] == migration.get_absolute_url()
    assert (migration.server, migration.pool) == (server, pool)
    assert migration.status == MigrationStatus.CHECKING


def test_a_new_pool_stands_on_a_known_empty_database(administrator: Client, server: Server) -> None:
    database = DatabaseConfigurationFactory()
    administrator.post(page(server), typed(**{"pool-database": database.pk}))
    assert Migration.objects.get().creates_pool
    assert Pool.objects.get().database == database


def test_a_new_pool_with_a_new_database_in_one_go(administrator: Client, server: Server) -> None:
    administrator.post(page(server), typed(rows_per_second="50000", drain_seconds="60"))
    migration = Migration.objects.get()
    assert migration.pool.name == "Acme Nord"
    assert migration.pool.database.login().password == "hush-hush-hush"
    assert (migration.rows_per_second, migration.drain_seconds) == (50000, 60)


def test_an_engine_without_a_loader_is_refused_and_says_why(
    administrator: Client, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LOADERS, "postgresql")
    response = administrator.post(page(server), typed())
    assert response.status_code == 422
    assert "cannot migrate servers into PostgreSQL yet" in response.text
    assert not Pool.objects.exists()


def test_a_new_pool_starts_with_the_address_the_devices_of_the_server_know(
    administrator: Client, server: Server
) -> None:
    assert 'value="https://old.acme.example"' in administrator.get(page(server)).text


def test_the_only_pool_is_chosen_already_and_among_several_none(
    administrator: Client, server: Server
) -> None:
    pool = PoolFactory()
    assert administrator.get(page(server)).context["chosen"] == str(pool.pk)
    PoolFactory()
    assert administrator.get(page(server)).context["chosen"] is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("pool", "", "Choose a pool, or a new one."),
        ("pool", "4711", "Select a valid choice"),
        ("drain_seconds", "soon", "Enter a whole number."),
        ("pool-name", "", "This field is required."),
        ("pool-external_url", "not an address", "Enter a valid URL."),
        ("pool-database", "4711", "Select a valid choice"),
        ("database-port", "99999", "A port is a number from 1 to 65535"),
        ("database-host", "", "This field is required."),
    ],
)
def test_bad_input_says_why_and_loses_nothing(
    administrator: Client, server: Server, field: str, value: str, said: str
) -> None:
    response = administrator.post(page(server), typed(**{field: value}))
    assert response.status_code == 422
    assert said in response.text
    for name in {"pool-name", "pool-external_url", "database-database_name"} - {field}:
        assert f'value="{typed()[name]}"' in response.text
    if value and field not in {"pool", "pool-database"}:
        assert f'value="{value}"' in response.text
    assert not Pool.objects.exists()
    assert not DatabaseConfiguration.objects.exists()


def test_the_password_never_comes_back_and_the_page_says_so(
    administrator: Client, server: Server
) -> None:
    response = administrator.post(page(server), typed(**{"pool-name": ""}))
    assert "hush-hush-hush" not in response.text
    assert "type it again" in response.text


def test_what_was_not_asked_for_is_not_judged(administrator: Client, server: Server) -> None:
    pool = PoolFactory()
    response = administrator.post(
        page(server), typed(pool=pool.pk, drain_seconds="x", **{"database-port": "99999"})
    )
    assert response.status_code == 422
    assert "less than or equal" not in response.text
    assert "99999" in response.text


def test_a_taken_name_is_distinguished_by_more_than_its_case(
    administrator: Client, server: Server
) -> None:
    PoolFactory(name="ACME NORD")
    response = administrator.post(page(server), typed())
    assert "There is a pool called Acme Nord already." in response.text


def test_a_server_on_its_way_already_is_refused_and_nothing_is_left_behind(
    administrator: Client, server: Server
) -> None:
    MigrationFactory(server=server)
    before = Pool.objects.count(), DatabaseConfiguration.objects.count()
    response = administrator.post(page(server), typed())
    assert response.status_code == 409
    assert "already has an unfinished migration" in response.text
    assert (Pool.objects.count(), DatabaseConfiguration.objects.count()) == before


def test_a_rehearsal_is_chosen_in_words_that_say_what_it_stops(
    administrator: Client, server: Server
) -> None:
    text = collapsed(administrator.get(page(server)).text)
    assert "Rehearse first" in text
    assert "trav9 is stopped for about a minute, and one more for each gigabyte" in text
    assert "our assumption" in text
    administrator.post(page(server), typed(pool=PoolFactory().pk, kind="rehearsal"))
    assert Migration.objects.get().is_rehearsal


def test_nobody_rehearses_without_having_said_so(administrator: Client, server: Server) -> None:
    administrator.post(page(server), typed(pool=PoolFactory().pk))
    assert not Migration.objects.get().is_rehearsal


def test_a_kind_that_is_none_drafts_nothing(administrator: Client, server: Server) -> None:
    answer = administrator.post(page(server), typed(pool=PoolFactory().pk, kind="trial"))
    assert answer.status_code == 422
    assert not Migration.objects.exists()
