"""What a person does on the pages of a migration, for tests that take the same way."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 90_000


def check(page: Page, *, server: str, pool: str, rows_per_second: int) -> int:
    """From the list of migrations through the wizard to a report without blockers; its number."""
    page.get_by_role("link", name="Migrations").first.click()
    page.get_by_role("link", name="Migrate a server into a pool").click()
    page.get_by_role("link", name=f"Choose {server}", exact=True).click()
    page.get_by_role("radio", name=pool).check()
    page.get_by_text("Options").click()
    page.get_by_label("Rows a second").fill(str(rows_per_second))
    page.get_by_label("Seconds to let running syncs end").fill("0")
    page.get_by_role("button", name=f"Check whether {server} can be migrated").click()
    expect(page.get_by_role("status")).to_contain_text("Ready", timeout=PATIENCE_MS)
    number = re.search(r"/migrations/(\d+)/", page.url)
    assert number is not None
    return int(number[1])


def start(page: Page) -> None:
    """Answer what is asked first: the start stops a server that people use."""
    server = page.get_by_role("heading", level=1).inner_text().split()[1]
    page.get_by_role("link", name="Start the migration").click()
    expect(page.get_by_text(f"{server} stops now")).to_be_visible()
    page.get_by_label(f"Type {server}").fill(server)
    page.get_by_role("button", name=f"Stop {server} and start").click()
    expect(state(page)).to_contain_text("running")


def state(page: Page) -> Locator:
    return page.locator("#migration-head .state")


def lines(page: Page) -> list[tuple[int, str]]:
    """(sequence, text) of the log as the page shows it."""
    shown: list[tuple[int, str]] = page.locator("#migration-log").evaluate(
        "log => [...log.children].map("
        "line => [Number(line.dataset.sequence), line.querySelector('span').textContent])"
    )
    return [(sequence, text) for sequence, text in shown]
