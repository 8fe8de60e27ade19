"""The console never reads or writes the pool store through the ORM by accident."""

from __future__ import annotations

import pytest
from django.utils.connection import ConnectionDoesNotExist

from pools.models import Server
from pools.store.models import StoreUser
from pools.store.router import StoreRouter


def test_a_store_model_has_no_database_in_the_console() -> None:
    with pytest.raises(ConnectionDoesNotExist):
        StoreUser.objects.count()


def test_other_models_are_left_to_others() -> None:
    router = StoreRouter()
    assert router.db_for_read(Server) is None
    assert router.allow_migrate("default", "pools") is None


def test_the_store_is_migrated_nowhere() -> None:
    assert StoreRouter().allow_migrate("default", "store") is False
