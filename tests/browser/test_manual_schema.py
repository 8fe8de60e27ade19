"""A pool whose tables only the DBA may make: the console names the file, reads, and goes on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.running_console import RunningConsole
from tests.browser.steps import PATIENCE_MS, start, state
from tests.lab_fixture import RunningLab

TABLES = "2-create-tables.sql"
POOL = "Acme US"


@pytest.fixture
def _manual_server(lab: RunningLab) -> None:
    """The server makes no tables either; its preflight would say so."""
    with (lab.directory.data(lab.host("trav32")) / "notes.ini").open("a") as ini:
        ini.write("NTS_AUTO_DBSCHEMA=false\n")


@pytest.mark.usefixtures("_manual_server")
def test_a_migration_waits_for_the_dba_and_goes_on_to_the_gate(
    signed_in: Page, console: RunningConsole, lab: RunningLab
) -> None:
    page = signed_in
    page.goto(f"{console.url}/databases/")
    page.get_by_role("link", name=f"{POOL} database").click()
    page.get_by_label("Who creates the tables").select_option("manual")
    page.get_by_role("button", name="Save").click()

    page.goto(f"{console.url}/migrations/new/")
    page.get_by_role("link", name="Choose trav32", exact=True).click()
    page.get_by_role("radio", name="A new pool").check()
    page.get_by_label("Name of the new pool").fill(POOL)
    page.locator("select[name=pool-database]").select_option(index=0)
    page.get_by_text("Options").click()
    page.get_by_label("Seconds to let running syncs end").fill("0")
    page.get_by_role("button", name="Check whether trav32 can be migrated").click()

    # Nothing has been stopped yet, and the report names the file.
    expect(page.locator(".finding.blocker")).to_contain_text(TABLES, timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Start the migration")).to_have_count(0)
    report = page.url

    page.goto(f"{console.url}/pools/acme-us/database/schema/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the files").click()
    run_as_dba(lab, waiting.value.path())
    page.get_by_role("button", name="Read the level again").click()
    expect(page.get_by_text("as needed", exact=True)).to_be_visible(timeout=PATIENCE_MS)

    page.goto(report)
    page.get_by_role("button", name="Check again", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Ready", timeout=PATIENCE_MS)
    start(page)
    expect(state(page)).to_contain_text("waiting for you", timeout=2 * PATIENCE_MS)


def run_as_dba(lab: RunningLab, archive: Path) -> None:
    """The file of the zip, as it came."""
    login = lab.directory.databases["empty"]
    with zipfile.ZipFile(archive) as files:
        statements = files.read(TABLES)
    with psycopg.connect(
        host=login.host,
        port=login.port,
        dbname=login.name,
        user=login.user,
        password=login.password,
        autocommit=True,
    ) as connection:
        connection.execute(statements)
