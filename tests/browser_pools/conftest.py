"""Chromium before a console that has rows but no worker, no queue and no socket."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from console.accounts.models import User
from tests.factories import UserFactory
from tests.people import client_of
from tests.pools.views.conftest import World, make_world

# Playwright keeps an event loop in this thread; rows are made here all the same, never in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PATIENCE_MS = 60_000  # The machine may be busy with other tests.
expect.set_options(timeout=PATIENCE_MS)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def base_url() -> str:
    """Stands in for the plugin's own fixture, whose kind pytest gives up."""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is not installed: apt install chromium, or make test as root.")
    return browser_type_launch_args | {"executable_path": chromium, "args": list(QUIET)}


class Visit:
    """`visit("/pools/", helpdesk=True)`: the page, seen by a new person of that kind."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def __call__(self, path: str, *, user: User | None = None, **settings: Any) -> Page:
        context = self.browser.new_context(
            base_url=self.url, **{"viewport": {"width": 1280, "height": 900}, **settings}
        )
        self.contexts.append(context)
        cookie = client_of(user or UserFactory()).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.text))
        page.goto(path)
        return page

    def _note(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(text)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def world(live_server: LiveServer) -> World:
    return make_world()


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Opens pages as a person, and complains in the end of scripts and styles that were refused."""
    visit = Visit(browser, live_server.url)
    yield visit
    visit.close()
    assert visit.complaints == []
