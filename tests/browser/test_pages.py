"""Every page of a move: clean for axe in both themes, fit for a phone, read without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from migrations_ui.models import Migration
from migrations_ui.states import (
    ConflictPolicy,
    ConflictVerdict,
    MigrationStatus,
    MismatchKind,
    Outcome,
    TransferStatus,
)
from tests.factories import PoolFactory, ServerFactory
from tests.migrations_ui.factories import (
    ConflictFactory,
    FindingFactory,
    MigrationFactory,
    MismatchFactory,
    RejectFactory,
    TableTransferFactory,
)

LONG = "traveler-production-server-with-sixty-characters-in-its-name"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


def pages() -> Iterator[str]:
    """Rows for every page and state that looks different; yields the addresses."""
    pool = PoolFactory(name="The pool with the very long name of the whole of Europe")
    yield "/moves/"
    ServerFactory(domino_name=f"CN={LONG}/O=Acme", bits=32, traveler_version="8.5.2.1")
    ServerFactory.create_batch(30, healthy=True)
    yield "/moves/new/"
    yield "/moves/new/?server=nothing-like-it"
    yield f"/moves/new/{ServerFactory().pk}/"
    blocked = MigrationFactory(pool=pool)
    for outcome in Outcome:
        FindingFactory(migration=blocked, outcome=outcome, remedy="Do this first, then check.")
    yield f"/moves/{blocked.pk}/preflight/"
    yield f"/moves/{MigrationFactory(status=MigrationStatus.CHECKING).pk}/preflight/"
    for trait in ("copying", "at_gate", "broken", "finished"):
        yield moved(trait).get_absolute_url()
    yield f"/moves/{moved('at_gate').pk}/confirm/"
    yield f"/moves/{moved('copying').pk}/cancel/"
    finished = moved("finished")
    yield f"/moves/{finished.pk}/roll-back/"
    yield f"/moves/{finished.pk}/report/"
    yield f"/moves/{finished.pk}/rejects/"
    yield f"/moves/{finished.pk}/conflicts/"
    yield f"/moves/{MigrationFactory(finished=True).pk}/conflicts/"
    asked = MigrationFactory(broken=True, conflict_policy=ConflictPolicy.STOP)
    ConflictFactory(migration=asked, verdict=ConflictVerdict.OPEN, differing="{}")
    yield f"/moves/{asked.pk}/conflicts/"
    yield f"/moves/{finished.pk}/verification/"
    yield f"/moves/{MigrationFactory(copying=True).pk}/verification/"
    unequal = moved("at_gate")
    unequal.source_sha256 = "0" * 64
    unequal.save()
    for kind in MismatchKind:
        MismatchFactory(migration=unequal, kind=kind, row_key=f"device of CN={LONG}")
    MismatchFactory(migration=unequal, kind=MismatchKind.MISSING, differing="{}")
    yield f"/moves/{unequal.pk}/verification/"
    yield asked.get_absolute_url()


def moved(trait: str) -> Migration:
    migration = MigrationFactory(**{trait: True}, lines=[f"line {n}" for n in range(40)])
    TableTransferFactory(migration=migration, table="DEVICES", verified=True, rows_rejected=1)
    TableTransferFactory(
        migration=migration,
        table="FOLDER_STATE",
        rows_copied=370,
        status=TransferStatus.COPYING,
    )
    for verdict in ConflictVerdict:
        ConflictFactory(migration=migration, verdict=verdict, row_key=f"device of CN={LONG}")
    RejectFactory(migration=migration, row_key=f"device of CN={LONG}/O=Acme")
    return migration


def test_every_page_is_clean_for_axe_in_both_themes_and_fits_a_phone(
    context: BrowserContext, live_server: LiveServer, session_cookie: SetCookieParam
) -> None:
    context.add_cookies([session_cookie])
    page = context.new_page()
    # The server of these tests speaks HTTP only.
    page.route_web_socket("**/ws/**", lambda socket: None)
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if is_refusal(said.text) else None)
    for address in pages():
        page.set_viewport_size(DESK)
        page.goto(live_server.url + address)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found = Axe().run(page)
            if found.violations_count:
                faults.append(f"{address} {theme}: {found.generate_report()}")
        page.set_viewport_size(PHONE)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if too_wide > 0:
            faults.append(f"{address} is {too_wide} pixels too wide for a phone")
    assert not faults, "\n".join(faults)


def is_refusal(text: str) -> bool:
    """The browser's word when a page breaks its own content security policy."""
    return "Content Security Policy" in text


@pytest.fixture
def plain_page(browser: Browser, session_cookie: SetCookieParam) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([session_cookie])
    yield context.new_page()
    context.close()


def test_without_scripts_a_move_is_read_paused_and_cut_over(
    plain_page: Page, live_server: LiveServer
) -> None:
    page = plain_page
    migration = moved("copying")
    page.goto(live_server.url + migration.get_absolute_url())
    expect(page.locator("#move-log")).to_contain_text("line 39")
    expect(page.get_by_role("progressbar", name="Rows copied")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#move-head")).to_contain_text("pausing")

    waiting = moved("at_gate")
    page.goto(live_server.url + waiting.get_absolute_url())
    page.get_by_role("link", name="Cut over…").click()
    page.get_by_role("textbox", name=f"Type {waiting.server.short_name}").fill("another")
    page.get_by_role("button", name="Cut over").click()
    expect(page.get_by_text("“another” is not the name of this server")).to_be_visible()
    page.get_by_role("textbox", name="Type").fill(waiting.server.short_name)
    page.get_by_role("button", name="Cut over").click()
    expect(page.locator("#move-head")).to_contain_text("running")
