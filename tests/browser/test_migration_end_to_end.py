"""The first whole path: a standalone server migrated into a pool, by hand, through a dead
worker."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.running_console import RunningConsole
from tests.browser.steps import PATIENCE_MS, check, lines, start, state
from tests.waiting import wait_until


def test_a_server_is_moved_although_its_worker_dies(
    signed_in: Page, console: RunningConsole
) -> None:
    page = signed_in
    number = check(page, server="trav4", pool="Acme EU", rows_per_second=2500)
    start(page)
    expect(page.locator("#migration-mark")).to_have_text("live", timeout=PATIENCE_MS)

    # The copy is under way when the worker is killed, and the page says that nobody is at work.
    wait_until(lambda: console.copied(number) > 0)
    console.kill("transfers")
    copied = console.copied(number)
    page.goto(page.url)
    expect(page.locator("#migration-next")).to_contain_text(
        "No worker is free right now", timeout=PATIENCE_MS
    )
    console.start("transfers")

    # It goes on by itself, verifies, and waits for a person.
    expect(state(page)).to_contain_text("waiting for you", timeout=2 * PATIENCE_MS)
    assert console.copied(number) > copied
    expect(page.locator("#migration-tables .state.good")).to_have_count(
        page.locator("#migration-tables tbody tr").count()
    )
    expect(page.locator("#migration-progress")).to_contain_text("100 %")

    # The gate: another name is refused, the server's own opens it.
    page.get_by_role("link", name="Cut over…").click()
    dialog = page.get_by_role("dialog", name="Cut trav4 over to Acme EU")
    for heading in ("What to do now", "What people notice", "Rollback from here"):
        expect(dialog).to_contain_text(heading)
    dialog.get_by_label("Type trav4 to confirm").fill("trav5")
    dialog.get_by_role("button", name="Cut over").click()
    expect(dialog).to_contain_text("“trav5” is not the name of this server")
    dialog.get_by_label("Type trav4 to confirm").fill("trav4")
    dialog.get_by_role("button", name="Cut over").click()
    expect(dialog).to_be_hidden()
    expect(state(page)).to_contain_text("finished", timeout=2 * PATIENCE_MS)
    wait_until(lambda: lines(page) == console.events(number))

    # The report is there, and the pool's own list has the server.
    page.get_by_role("link", name="Final report").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Report: trav4 into Acme EU")
    page.get_by_role("link", name="Acme EU").first.click()
    expect(page.get_by_role("row", name="trav4")).to_be_visible()
