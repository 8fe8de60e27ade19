"""A server whose people the pool has already is migrated by hand: who stayed is seen on both sides,
and a row that was tampered with is found and written again before the cut-over."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from tests.browser.conftest import sign_in
from tests.browser.running_console import RunningConsole, running_console
from tests.browser.steps import PATIENCE_MS, check, start, state
from tests.lab_fixture import RunningLab, running_lab
from tests.migrations_ui.overlap import SCENARIO, age_some
from tests.waiting import wait_until

FORGED = -17


@pytest.fixture(scope="module")
def overlapping(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql: EmbeddedPostgreSQL,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[RunningLab]:
    directory = tmp_path_factory.mktemp("overlapping")
    scenario = directory / "scenario.toml"
    scenario.write_text(SCENARIO)
    with running_lab(
        *(directory, postgresql),
        scenario=scenario,
        scale=1.0,
        unblocked=django_db_blocker.unblock(),
    ) as lab:
        age_some(lab.directory.databases["pool"])
        yield lab


@pytest.fixture(scope="module")
def its_console(
    tmp_path_factory: pytest.TempPathFactory, overlapping: RunningLab
) -> Iterator[RunningConsole]:
    directory = tmp_path_factory.mktemp("overlapping-console")
    with running_console(directory, overlapping) as console:
        yield console


def tamper(lab: RunningLab) -> str:
    """Change one row that only the server brought; the device's id."""
    login = lab.directory.databases["pool"]
    address = f"host={login.host} port={login.port} dbname={login.name} user={login.user}"
    with psycopg.connect(address, password=login.password) as connection:
        (device,) = connection.execute(
            "UPDATE devices SET sync_anchor = %s WHERE device_id = (SELECT d.device_id "
            "FROM devices d WHERE NOT EXISTS (SELECT FROM lg_met_devices m "
            "WHERE m.device_id = d.device_id) ORDER BY d.registered DESC, d.device_id LIMIT 1) "
            "RETURNING device_id",
            [FORGED],
        ).fetchone() or ("",)
    return str(device)


def reload_until(page: Page, wanted: Locator) -> None:
    def there() -> bool:
        page.reload()
        return wanted.count() > 0

    wait_until(there)


def test_rows_that_both_had_are_shown_and_a_forged_one_is_mended(
    page: Page, its_console: RunningConsole, overlapping: RunningLab
) -> None:
    page.set_default_timeout(PATIENCE_MS)
    sign_in(page, its_console)
    number = check(page, server="trav4", pool="Acme EU", rows_per_second=100_000)
    start(page)
    expect(state(page)).to_contain_text("waiting for you", timeout=2 * PATIENCE_MS)
    page.get_by_role("link", name="were in the pool already, with other values").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Conflicting rows")
    expect(page.get_by_text("the newest row wins")).to_be_visible()
    expect(page.get_by_role("cell", name="last_sync_time").first).to_be_visible()
    page.get_by_role("link", name="Pool's row stayed", exact=True).click()
    expect(page.locator("tbody .state.good").first).to_contain_text("pool's row stayed")

    device = tamper(overlapping)
    page.goto(f"{its_console.url}/migrations/{number}/verification/")
    with page.expect_navigation():
        page.get_by_role("button", name="Compare again").click()
    reload_until(page, page.get_by_text("Rows that are not equal: 1 (devices)."))
    forged = page.locator("tbody", has_text=device)
    expect(forged).to_contain_text("sync_anchor")
    expect(forged.get_by_role("cell", name=str(FORGED), exact=True)).to_be_visible()
    # The worker gives the migration back a moment after it has said what it found.
    reload_until(page, forged.get_by_role("checkbox"))
    forged.get_by_role("checkbox").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Write the chosen rows again").click()
    reload_until(page, page.get_by_text("rows: all equal."))
    expect(page.get_by_text("No row is known to differ")).to_be_visible()
