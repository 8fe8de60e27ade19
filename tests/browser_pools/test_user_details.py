"""A user's page that asks a server: by itself, by its button, and without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from pools.models import TravelerUser
from tests.browser_pools.conftest import Visit
from tests.factories import UserFactory
from tests.pools.views.conftest import World


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The tasks that reach the queue; the tests are the worker."""
    tasks: list[object] = []
    monkeypatch.setattr(
        "celery.current_app.send_task", lambda *args, **_options: tasks.append(args)
    )
    return tasks


def answer(user: TravelerUser, **details: object) -> None:
    now = timezone.now()
    TravelerUser.objects.filter(pk=user.pk).update(
        **{"details_asked_at": None, "details_tried_at": now, **details}
    )


def test_the_answer_comes_by_itself_to_all_who_look(
    visit: Visit, world: World, sent: list[object]
) -> None:
    pages = [visit(f"/users/{world.person.pk}/", user=UserFactory(helpdesk=True)) for _ in "ab"]
    for page in pages:
        expect(page.get_by_text("asking now")).to_be_visible()
    assert len(sent) == 1

    answer(
        world.person,
        details_seen_at=timezone.now(),
        mail_access=True,
        monitoring=False,
        mail_sentences="Monitoring of the mail file is disabled.",
    )

    for page in pages:
        expect(page.get_by_text("not active")).to_be_visible()
        expect(page.get_by_text("asking now")).to_be_hidden()
        expect(page.get_by_role("status").filter(has_text="as of")).to_contain_text("s ago")
    assert len(sent) == 1


def test_the_button_asks_in_place_and_a_failure_is_said(
    visit: Visit, world: World, sent: list[object]
) -> None:
    answer(world.person, details_tried_at=timezone.now() - timedelta(minutes=1))
    page = visit(f"/users/{world.person.pk}/", user=UserFactory(helpdesk=True))
    button = page.get_by_role("button", name="Refresh from server")

    button.click()
    expect(page.get_by_text("asking now")).to_be_visible()
    expect(button).to_be_focused()
    assert len(sent) == 1

    answer(world.person, details_failure="10.0.0.5:22: Nothing listens on this port.")
    expect(page.get_by_role("alert")).to_contain_text("Nothing listens on this port.")


def test_the_button_asks_without_script(visit: Visit, world: World, sent: list[object]) -> None:
    page = visit(
        f"/users/{world.person.pk}/", user=UserFactory(helpdesk=True), java_script_enabled=False
    )

    page.get_by_role("button", name="Refresh from server").click()

    expect(page.get_by_text("A server is asked about Größe Testüser now.")).to_be_visible()
    expect(page.get_by_text("asking now")).to_be_visible()
    assert len(sent) == 1
