"""Every page, in both themes, wide and narrow: nothing that axe finds, and nothing sticks out."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from console.accounts.models import User
from tests.browser_pools.conftest import Visit
from tests.factories import UserFactory
from tests.pools.views.conftest import World
from tests.pools.views.pages import READABLE, address_of

LOOKS = [("light", 390), ("dark", 1280)]


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's page asks a server by itself; no worker is asked."""
    monkeypatch.setattr("celery.current_app.send_task", lambda *args, **kwargs: None)


@pytest.fixture
def administrator(world: World) -> User:
    return UserFactory()


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_axe_finds_nothing(
    theme: str, width: int, visit: Visit, world: World, administrator: User
) -> None:
    page = visit(
        "/",
        user=administrator,
        color_scheme=theme,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
    )
    addresses = [address_of(name, world) for name in READABLE]

    found = {
        address: problems
        for address in [*addresses, "/find/?q=test", "/nothing-is-here/"]
        if (problems := problems_of(page, address))
    }

    assert found == {}


def problems_of(page: Page, address: str) -> list[str]:
    """What axe says, and whether the page is wider than the window."""
    page.goto(address)
    report = Axe().run(page)
    problems = [
        f"{violation['id']}: {[node['html'][:160] for node in violation['nodes'][:3]]}"
        for violation in report.response["violations"]
    ]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*problems, f"{wider} px too wide"] if wider > 0 else problems


def test_signing_in_is_clean_too(visit: Visit, page: Page) -> None:
    assert problems_of(page, f"{visit.url}/accounts/sign-in/") == []
