"""Whatever happens to the page or to its socket: the same log, no gap, no double."""

from __future__ import annotations

import random

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.running_console import RunningConsole
from tests.browser.steps import PATIENCE_MS, check, lines, start, state
from tests.waiting import wait_until


def test_reloads_and_lost_sockets_show_the_same_log(
    signed_in: Page, console: RunningConsole
) -> None:
    page = signed_in
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    page.route_web_socket("**/ws/migrations/**", through)
    number = check(page, server="trav32", pool="Acme EU", rows_per_second=40)
    start(page)
    chance = random.Random(32)
    disturbances = 0
    while "waiting for you" not in state(page).inner_text():
        shown = lines(page)
        assert [sequence for sequence, _ in shown] == list(range(1, len(shown) + 1))
        assert shown == console.events(number)[: len(shown)]
        if chance.random() < 0.5:
            page.reload()
        elif sockets:
            sockets[-1].close()
        disturbances += 1
        seen = len(lines(page))
        page.wait_for_function(
            "seen => document.querySelector('#migration-log').children.length > seen"
            " || document.querySelector('#migration-head').textContent.includes('waiting for you')",
            arg=seen,
            timeout=PATIENCE_MS,
        )
    assert disturbances > 3
    wait_until(lambda: lines(page) == console.events(number))


def test_without_a_socket_the_page_polls(signed_in: Page, console: RunningConsole) -> None:
    page = signed_in
    page.route_web_socket("**/ws/migrations/**", lambda socket: socket.close())
    page.goto(f"{console.url}/migrations/")
    page.get_by_role("link", name="trav32", exact=True).first.click()
    expect(page.locator("#migration-mark")).to_contain_text("polling", timeout=PATIENCE_MS)
    page.get_by_role("link", name="Cancel…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("trav32")
    dialog.get_by_role("button", name="Cancel the migration").click()
    expect(state(page)).to_contain_text("cancelled", timeout=PATIENCE_MS)
