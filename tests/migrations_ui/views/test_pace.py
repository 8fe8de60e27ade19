from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from migrations_ui.models import Migration
from tests.migrations_ui.factories import MigrationFactory


def set_pace(client: Client, migration: Migration, typed: str) -> tuple[int, str]:
    response = client.post(f"/migrations/{migration.pk}/pace/", {"rows_per_second": typed})
    migration.refresh_from_db()
    return response.status_code, response.text


def test_the_cap_of_a_running_copy_is_set_and_lifted(administrator: Client) -> None:
    migration = MigrationFactory(copying=True)
    assert set_pace(administrator, migration, "50000")[0] == 302
    assert migration.rows_per_second == 50_000
    assert "50,000 rows a second at most" in administrator.get(migration.get_absolute_url()).text
    assert set_pace(administrator, migration, "")[0] == 302
    assert migration.rows_per_second is None


@pytest.mark.parametrize("typed", ["0", "-3", "fast"])
def test_a_pace_that_is_none_stays_in_the_field_with_the_reason(
    administrator: Client, typed: str
) -> None:
    migration = MigrationFactory(copying=True, rows_per_second=1000)
    status, text = set_pace(administrator, migration, typed)
    assert status == 422
    assert f'value="{typed}"' in text
    assert 'class="errorlist"' in text
    assert migration.rows_per_second == 1000


def test_a_migration_whose_rows_are_copied_has_no_pace(administrator: Client) -> None:
    for trait in ("at_gate", "finished"):
        text = administrator.get(MigrationFactory(**{trait: True}).get_absolute_url()).text
        assert "Set the pace" not in text


def set_chunks(client: Client, migration: Migration, typed: str) -> tuple[int, str]:
    response = client.post(f"/migrations/{migration.pk}/chunk-size/", {"chunk_rows": typed})
    migration.refresh_from_db()
    return response.status_code, response.text


def test_the_chunks_of_a_running_copy_are_sized_and_set_back(administrator: Client) -> None:
    migration = MigrationFactory(copying=True)
    assert set_chunks(administrator, migration, "20000")[0] == 302
    assert migration.chunk_rows == 20_000
    assert "20,000 rows a chunk" in administrator.get(migration.get_absolute_url()).text
    assert set_chunks(administrator, migration, "")[0] == 302
    assert migration.chunk_rows is None


@pytest.mark.parametrize("typed", ["0", "4095", "200001", "-3", "many"])
def test_a_size_out_of_bounds_stays_in_the_field_with_the_reason(
    administrator: Client, typed: str
) -> None:
    migration = MigrationFactory(copying=True, chunk_rows=50_000)
    status, text = set_chunks(administrator, migration, typed)
    assert status == 422
    assert f'value="{typed}"' in text
    assert 'class="errorlist"' in text
    assert migration.chunk_rows == 50_000


def test_a_migration_that_has_ended_refuses_a_size(administrator: Client) -> None:
    status, text = set_chunks(administrator, MigrationFactory(finished=True), "20000")
    assert status == 409
    assert "nothing left to pace" in text


def test_a_copy_that_holds_itself_back_says_since_when(administrator: Client) -> None:
    slowed = MigrationFactory(copying=True, slowed_since=timezone.now(), slowed_factor=4.2)
    text = administrator.get(slowed.get_absolute_url()).text
    assert "takes 4× longer to commit since" in text
    at_rest = MigrationFactory(at_gate=True, slowed_since=timezone.now(), slowed_factor=4.2)
    assert "longer to commit" not in administrator.get(at_rest.get_absolute_url()).text
