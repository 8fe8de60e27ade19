"""Schema for the DBA: the page, its form, its download."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from pools.models import AuditEntry, DatabaseConfiguration
from pools.store.schema import REQUIRED_LEVEL
from tests.pools.views.conftest import World

PAGE = "/pools/acme-eu/database/schema/"
DB2 = {
    "name": "TRAVELER",
    "path": "/db2/data",
    "alias": "",
    "comment": "Acme",
    "territory": "DE",
    "traveler_login": "lntuser",
}


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading is asked for; no worker takes it."""
    monkeypatch.setattr("celery.current_app.send_task", lambda *args, **kwargs: None)


def change(world: World, **facts: object) -> None:
    DatabaseConfiguration.objects.filter(pk=world.database.pk).update(**facts)


def test_the_files_are_downloaded_as_typed(world: World, administrator: Client) -> None:
    change(world, engine="db2", schema_mode="manual")

    answer = administrator.post(PAGE, DB2)

    assert answer["Content-Disposition"] == 'attachment; filename="traveler-schema-acme-eu.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert b"ON /db2/data" in archive.read("1-create-database.sql")
        assert b"secret-of" not in b"".join(map(archive.read, archive.namelist()))


def test_what_was_typed_is_kept_when_some_of_it_is_wrong(
    world: World, administrator: Client
) -> None:
    change(world, engine="db2")

    answer = administrator.post(PAGE, {**DB2, "path": "not a folder", "territory": ""})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "No file was made" in page
    assert 'value="not a folder"' in page
    assert 'value="Acme"' in page
    assert "A folder or drive on the database server" in page
    assert "Fill this in." in page


@pytest.mark.parametrize(
    ("engine", "asked"),
    [
        ("db2", {"name", "path", "alias", "comment", "territory"}),
        ("sqlserver", {"name", "path", "comment"}),
        ("postgresql", {"name", "comment"}),
        ("mysql", {"name"}),
    ],
)
def test_only_what_the_engine_knows_is_asked(
    world: World, administrator: Client, engine: str, asked: set[str]
) -> None:
    change(world, engine=engine)
    page = administrator.get(PAGE).content.decode()
    for name in ("name", "path", "alias", "comment", "territory"):
        assert (f'id="id_{name}"' in page) is (name in asked), name


def test_the_page_names_the_file_to_run(world: World, administrator: Client) -> None:
    change(world, schema_mode="manual", schema_level_at=timezone.now())
    page = administrator.get(PAGE).content.decode()
    assert f"No tables found, level needed {REQUIRED_LEVEL}: run file 2-create-tables.sql." in page


def test_a_level_that_is_right_leaves_nothing_to_run(world: World, administrator: Client) -> None:
    change(world, schema_level=REQUIRED_LEVEL, schema_level_at=timezone.now())
    assert "there is nothing to run" in administrator.get(PAGE).content.decode()


def test_tables_that_are_to_be_left_need_no_level_and_no_file(
    world: World, administrator: Client
) -> None:
    change(world, schema_mode="existing", schema_level_at=timezone.now())
    page = administrator.get(PAGE).content.decode()
    assert "is set to leave the tables that are there" in page
    assert "there is nothing to run" in page
    assert REQUIRED_LEVEL not in page.partition("The files")[0]


def test_the_automatic_mode_says_that_nobody_has_to_run_them(
    world: World, administrator: Client
) -> None:
    change(world, schema_level_at=timezone.now())
    page = administrator.get(PAGE).content.decode()
    assert "is set to the automatic mode" in page
    assert "the next migration creates what is missing" in page


def test_the_level_is_read_again_by_a_worker(world: World, administrator: Client) -> None:
    answer = administrator.post(f"/databases/{world.database.pk}/schema-level/", follow=True)
    assert answer.redirect_chain[-1][0] == PAGE
    assert "A worker reads the level" in answer.content.decode()
    assert AuditEntry.objects.filter(action="read_schema_level").exists()
    assert administrator.get(f"/databases/{world.database.pk}/schema-level/").status_code == 405


def test_the_helpdesk_reaches_neither_page_nor_files(world: World, helpdesk: Client) -> None:
    assert helpdesk.get(PAGE).status_code == 403
    assert helpdesk.post(PAGE, DB2).status_code == 403
    assert helpdesk.post(f"/databases/{world.database.pk}/schema-level/").status_code == 403


def test_no_driver_is_imported_for_the_page(world: World, administrator: Client) -> None:
    """Db2's backend patches Django for the whole process: only workers may import it."""
    import sys

    change(world, engine="db2")
    before = "ibm_db_django" in sys.modules
    administrator.get(PAGE)
    administrator.post(PAGE, DB2)
    assert ("ibm_db_django" in sys.modules) is before
