from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pools.models import Pool
from pools.services.pools import create_pool, free_slug, update_pool
from tests.factories import DatabaseConfigurationFactory, PoolFactory, UserFactory

pytestmark = pytest.mark.django_db


def created(name: str, **more: Any) -> Pool:
    return create_pool(
        name,
        actor=UserFactory(),
        external_url="https://traveler.acme.example/traveler",
        database=more.pop("database", None) or DatabaseConfigurationFactory(),
        **more,
    )


def test_the_address_follows_from_the_name() -> None:
    assert created("Acme EU").slug == "acme-eu"
    assert created("Acme-EU").slug == "acme-eu-2"
    assert created("Add").slug == "add-2"
    assert created("日本").slug == "pool"
    assert free_slug("日本語") == "pool-2"


def test_the_address_stays_when_the_name_changes() -> None:
    pool = created("Acme EU")
    update_pool(pool, actor=UserFactory(), name="Acme Europe")
    pool.refresh_from_db()
    assert (pool.name, pool.slug) == ("Acme Europe", "acme-eu")


def test_a_database_serves_one_pool_only() -> None:
    database = PoolFactory().database
    with pytest.raises(ValidationError):
        created("Second", database=database)
