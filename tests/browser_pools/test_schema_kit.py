"""Schema for the DBA in a browser: the download, the files unfolded, a form that is wrong."""

from __future__ import annotations

import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from migrations_ui.states import StepName
from pools.models import DatabaseConfiguration
from tests.browser_pools.conftest import Visit
from tests.factories import UserFactory
from tests.migrations_ui.factories import MigrationFactory
from tests.pools.views.conftest import World

PAGE = "/pools/acme-eu/database/schema/"


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celery.current_app.send_task", lambda *args, **kwargs: None)


@pytest.fixture
def db2(world: World) -> DatabaseConfiguration:
    """The engine with the most fields; its database has no tables yet."""
    DatabaseConfiguration.objects.filter(pk=world.database.pk).update(
        engine="db2",
        database_name="TRAVELER",
        schema_mode="manual",
        schema_level_at=timezone.now(),
    )
    return world.database


def complaints(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def test_the_files_arrive_as_typed(visit: Visit, db2: DatabaseConfiguration) -> None:
    page = visit(PAGE)
    page.get_by_label("Path").fill("/db2/data")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the files").click()
    download = waiting.value
    assert download.suggested_filename == "traveler-schema-acme-eu.zip"
    with zipfile.ZipFile(download.path()) as archive:
        assert archive.testzip() is None
        assert b"ON /db2/data" in archive.read("1-create-database.sql")


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_nothing_with_the_files_open_and_with_a_wrong_form(
    visit: Visit, db2: DatabaseConfiguration, theme: str, width: int
) -> None:
    page = visit(
        PAGE,
        color_scheme=theme,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
    )
    for summary in page.locator("details:has(pre) > summary").all():
        summary.click()
    expect(page.get_by_role("region", name="2-create-tables.sql")).to_be_visible()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.get_by_label("Territory").fill("Germany")
    page.get_by_label("Path").fill("relative")
    page.get_by_role("button", name="Download the files").click()

    expect(page.get_by_role("alert")).to_contain_text("No file was made")
    expect(page.get_by_label("Territory")).to_have_value("Germany")
    assert complaints(page) == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_of_a_migration_that_waits_for_the_dba_is_clean(
    visit: Visit, db2: DatabaseConfiguration, world: World, theme: str, width: int
) -> None:
    migration = MigrationFactory(
        broken=True, current_step=StepName.SCHEMA, pool=world.pool, server=world.standalone
    )
    page = visit(
        migration.get_absolute_url(), color_scheme=theme, viewport={"width": width, "height": 844}
    )
    expect(page.get_by_role("heading", name="Schema waits for your DBA")).to_be_visible()
    assert complaints(page) == []

    page.get_by_role("button", name="Read the level again").click()
    expect(page.get_by_text("A worker reads the level")).to_be_visible()
    expect(page.get_by_role("heading", name="Schema waits for your DBA")).to_be_visible()
    page.get_by_role("link", name="Schema for the DBA").click()
    expect(page.get_by_role("heading", name="The level of the tables")).to_be_visible()


def test_the_helpdesk_is_refused(visit: Visit, db2: DatabaseConfiguration) -> None:
    page = visit("/find/", user=UserFactory(helpdesk=True))
    answer = page.goto(PAGE)
    assert answer is not None
    assert answer.status == 403
