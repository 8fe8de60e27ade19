"""Chromium, and a whole console with a lab behind it. `pytest tests/browser` runs alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from tests.browser.running_console import PASSWORD, USERNAME, RunningConsole, running_console
from tests.factories import UserFactory
from tests.lab_fixture import RunningLab, running_lab

# Playwright keeps an event loop in this thread; rows are made here all the same, never in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# The machine may be busy with other tests.
PATIENCE_MS = 90_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A whole migration may take longer than other tests."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(900))


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


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def lab(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql: EmbeddedPostgreSQL,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[RunningLab]:
    """A pool of one server, and two standalone servers to migrate into it."""
    with running_lab(
        tmp_path_factory.mktemp("browser"),
        postgresql,
        hosts=["trav1", "trav4", "trav32"],
        scale=0.2,
        unblocked=django_db_blocker.unblock(),
    ) as lab:
        yield lab


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory, lab: RunningLab) -> Iterator[RunningConsole]:
    with running_console(tmp_path_factory.mktemp("console"), lab) as console:
        yield console


@pytest.fixture
def signed_in(page: Page, console: RunningConsole) -> Page:
    """A page of the running console, with the administrator signed in."""
    page.set_default_timeout(PATIENCE_MS)
    sign_in(page, console)
    return page


def sign_in(page: Page, console: RunningConsole) -> None:
    page.goto(console.url)
    page.get_by_label("Name").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()


@pytest.fixture
def session_cookie(live_server: LiveServer) -> SetCookieParam:
    """What signs a browser in."""
    client = Client()
    client.force_login(UserFactory())
    return {
        "name": "sessionid",
        "value": client.cookies["sessionid"].value,
        "url": live_server.url,
    }
