"""What the few lines of script do, and that a page reads without them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import WebSocketRoute, expect

from console.accounts.models import User
from pools.models import Operation, Server
from pools.presentation.fragments import TOPICS, rendered
from pools.states import OperationKind, OperationStatus
from tests.browser_pools.conftest import Visit
from tests.factories import OperationFactory, ServerFactory, TravelerUserFactory, UserFactory
from tests.pools.views.conftest import World


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are written; no worker is asked."""
    monkeypatch.setattr("celery.current_app.send_task", lambda *args, **kwargs: None)


def test_results_come_while_one_types_and_the_keyboard_opens_one(
    visit: Visit, world: World
) -> None:
    page = visit("/find/", user=UserFactory(helpdesk=True))

    page.keyboard.type("größe")
    expect(page.locator("#results")).to_contain_text("Größe Testüser")
    expect(page).to_have_url(f"{visit.url}/find/?q=gr%C3%B6%C3%9Fe")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Größe Testüser")
    expect(page.get_by_text("access is denied")).to_be_visible()


def test_slash_finds_and_question_mark_explains(visit: Visit, world: World) -> None:
    page = visit("/")

    page.keyboard.press("/")
    expect(page.get_by_label("Find a user or device")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_arrows_go_from_row_to_row(visit: Visit, world: World) -> None:
    page = visit("/pools/acme-eu/")
    first = page.get_by_role("link", name="trav1/Acme")

    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="trav2/Acme")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()


def test_the_theme_changes_at_once_and_stays(visit: Visit, world: World) -> None:
    person = UserFactory()
    page = visit("/", user=person, color_scheme="light")

    page.locator("summary", has_text=person.username).click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_without_a_socket_the_page_is_asked_again(visit: Visit, world: World) -> None:
    page = visit("/pools/acme-eu/")
    row = page.locator("tbody tr", has_text="trav1/Acme")
    expect(row).to_contain_text("87")

    Server.objects.filter(pk=world.server.pk).update(availability_index=41)

    expect(row).to_contain_text("41")
    expect(page.locator("[data-live-mark]")).to_contain_text("polling")


def test_a_push_leaves_one_at_the_same_link_and_what_is_open_open(
    visit: Visit, world: World
) -> None:
    for number in range(5):
        ServerFactory(domino_name=f"CN=busy{number}/O=Acme", busy=True)
    page = visit("/")
    sockets: list[WebSocketRoute] = []

    def answer(socket: WebSocketRoute) -> None:
        sockets.append(socket)

    page.route_web_socket("**/ws/pools/", answer)
    page.reload()
    expect(page.locator("[data-live-mark]")).to_have_text("live")
    page.locator("#needs-you summary").click()
    page.get_by_title("CN=trav1/O=Acme").focus()

    Server.objects.filter(pk=world.server.pk).update(availability_index=41)
    # The page before this one may have tried once more.
    sockets[-1].send(rendered(TOPICS["overview"], 0, "UTC"))

    expect(page.get_by_label("availability index of trav1")).to_have_attribute("value", "41")
    expect(page.get_by_title("CN=trav1/O=Acme")).to_be_focused()
    expect(page.locator("#needs-you details")).to_have_attribute("open", "")


def test_a_figure_turns_grey_by_itself_when_nothing_new_comes(visit: Visit, world: World) -> None:
    Server.objects.filter(pk=world.server.pk).update(
        swept_at=timezone.now() - timedelta(seconds=117)
    )
    page = visit(f"/servers/{world.server.pk}/")
    page.route("**/*", lambda route: route.abort())

    head = page.locator(f"#server-{world.server.pk}-head")
    expect(head).to_contain_text("stale, last seen")
    expect(head).to_have_class("panel attn-good stale")


def test_a_dangerous_act_waits_for_the_name(visit: Visit, world: World) -> None:
    page = visit(f"/servers/{world.server.pk}/")

    page.get_by_role("button", name="Drain…").click()
    dialog = page.get_by_role("dialog", name="Drain")
    dialog.get_by_role("textbox").fill("trav2")
    dialog.get_by_role("button", name="Drain", exact=True).click()
    expect(dialog).to_be_visible()
    assert not Operation.objects.filter(kind=OperationKind.DRAIN).exists()

    dialog.get_by_role("textbox").fill("trav1")
    dialog.get_by_role("button", name="Drain", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Drain on trav1")


def test_output_grows_while_one_looks(visit: Visit, world: World) -> None:
    running = OperationFactory(
        server=world.server, status=OperationStatus.RUNNING, finished_at=None
    )
    page = visit(f"/operations/{running.pk}/")
    expect(page.get_by_text("running", exact=True)).to_be_visible()

    running.lines.create(position=1, text="Alive: True")

    expect(page.get_by_role("log")).to_contain_text("Alive: True")


def test_times_follow_the_persons_zone(visit: Visit, world: World) -> None:
    page = visit(f"/operations/{world.operation.pk}/", user=tokyo())
    local = timezone.localtime(world.operation.asked_at, timezone=timezone.get_fixed_timezone(540))

    expect(page.locator("time").first).to_have_attribute(
        "title", f"{local:%a, {local.day} %b %Y, %H:%M:%S}"
    )


def tokyo() -> User:
    return UserFactory(time_zone="Asia/Tokyo")


def test_everything_reads_without_script(visit: Visit, world: World) -> None:
    TravelerUserFactory(name="CN=Ada Lovelace/O=Acme", pool=world.pool)
    page = visit("/", java_script_enabled=False)
    expect(page.get_by_text("2 problems", exact=True)).to_be_visible()

    page.locator("summary", has_text="Pools").click()
    page.locator(".menu").get_by_role("link", name="Acme EU").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme EU")

    page.get_by_label("Find a user or device").fill("ada")
    page.get_by_label("Find a user or device").press("Enter")
    expect(page.locator("#results")).to_contain_text("Ada Lovelace")
