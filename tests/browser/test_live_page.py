"""The live page in a person's hands: news arrives without moving what is being read."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from pytest_django.live_server_helper import LiveServer

from migrations_ui.models import Event, Migration, TableTransfer
from migrations_ui.models.event import Line
from migrations_ui.states import StepStatus
from tests.browser.steps import PATIENCE_MS, lines
from tests.migrations_ui.factories import MigrationFactory, TableTransferFactory


@pytest.fixture
def migration(live_server: LiveServer) -> Migration:
    """A copy under way, with a log that is longer than its box."""
    migration: Migration = MigrationFactory(copying=True, lines=[f"line {n}" for n in range(90)])
    TableTransferFactory(migration=migration, table="DEVICES")
    return migration


@pytest.fixture
def live_page(
    page: Page, live_server: LiveServer, migration: Migration, session_cookie: Any
) -> Page:
    """Its page, polling, because every socket is refused."""

    def refuse(socket: WebSocketRoute) -> None:
        socket.close()

    page.context.add_cookies([session_cookie])
    page.route_web_socket("**/ws/migrations/**", refuse)
    page.goto(live_server.url + migration.get_absolute_url())
    return page


def say(migration: Migration, text: str) -> None:
    Event.objects.append(migration.pk, [Line(text)])


def scroll(page: Page) -> float:
    return float(page.locator("#migration-log-box").evaluate("box => box.scrollTop"))


def test_the_log_follows_until_a_person_scrolls_and_again_when_asked(
    live_page: Page, migration: Migration
) -> None:
    page = live_page
    box, follow = page.locator("#migration-log-box"), page.get_by_label("follow")
    expect(follow).to_be_checked()
    at_end = scroll(page)
    assert at_end > 0

    box.evaluate("box => { box.scrollTop = 100; }")
    expect(follow).not_to_be_checked()
    say(migration, "while you read")
    expect(page.locator("#migration-log")).to_contain_text("while you read", timeout=PATIENCE_MS)
    assert scroll(page) == 100

    follow.check()
    assert scroll(page) >= at_end


def test_news_leaves_open_what_is_open_and_the_focus_where_it_is(
    live_page: Page, migration: Migration
) -> None:
    page = live_page
    page.get_by_text("What each step did").click()
    page.get_by_role("button", name="Pause").focus()
    page.get_by_role("link", name="Cancel…").click()
    migration.steps.filter(name="copy").update(summary="half of it", attempts=2)
    TableTransfer.objects.filter(migration=migration).update(rows_copied=500)
    expect(page.locator("#migration-progress")).to_contain_text("50 %", timeout=PATIENCE_MS)
    expect(page.locator("#migration-said")).to_have_text("running · copy")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("#migration-step-details")).to_have_attribute("open", "")
    expect(page.locator("#migration-step-details")).to_contain_text("half of it")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_hole_in_what_arrives_is_filled_before_anything_is_shown_after_it(
    live_page: Page, migration: Migration
) -> None:
    page = live_page
    say(migration, "first")
    say(migration, "second")
    # A message that lost its first line on the way.
    page.evaluate(
        """async address => {
            const { show } = await import("/static/migration-fragments.js");
            const text = await (await fetch(address)).text();
            const page = new DOMParser().parseFromString(text, "text/html");
            page.querySelector("#migration-log").firstElementChild.remove();
            show(page.querySelector("#migration-log").outerHTML);
        }""",
        f"/migrations/{migration.pk}/live/?after=90",
    )
    expect(page.locator("#migration-log")).to_contain_text("second", timeout=PATIENCE_MS)
    assert [sequence for sequence, _ in lines(page)] == list(range(1, 93))


def test_the_choices_go_when_it_is_too_late_but_not_from_under_the_hands_of_a_person(
    live_page: Page, migration: Migration
) -> None:
    page = live_page
    page.get_by_text("Options").click()
    page.get_by_text("Pace of the copy").click()
    page.get_by_label("Rows a second").fill("500")

    migration.steps.filter(name="copy").update(status=StepStatus.DONE)
    expect(page.get_by_text("The migration has gone on")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_label("Rows a second")).to_have_value("500")

    page.get_by_label("Rows a second").fill("")
    page.get_by_label("Rows a second").blur()
    expect(page.get_by_text("Options")).to_be_hidden(timeout=PATIENCE_MS)


def test_a_page_that_hears_nothing_turns_grey_and_says_since_when(
    page: Page, live_server: LiveServer, migration: Migration, session_cookie: Any
) -> None:
    page.context.add_cookies([session_cookie])
    page.route_web_socket("**/ws/migrations/**", lambda socket: socket.close())
    page.route("**/live/**", lambda route: route.abort())
    page.clock.install()
    page.goto(live_server.url + migration.get_absolute_url())
    mark = page.locator("#migration-mark")
    page.clock.run_for(8_000)
    expect(mark).to_contain_text("polling · as of")
    page.clock.run_for(20_000)
    expect(mark).to_contain_text("stale, last seen")
    expect(page.locator("#migration.stale")).to_be_visible()
