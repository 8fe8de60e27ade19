"""The bell and the overview while a migration waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from console.accounts.permissions import FULL_ACCESS
from migrations_ui.models import Event, Migration
from migrations_ui.models.event import Line
from migrations_ui.presentation.attention import migrations_needing_attention
from migrations_ui.states import ENDED, STANDING, EventKind, MigrationStatus, StepName
from pools.models import Server
from pools.presentation.attention import things_needing_attention
from pools.presentation.fragments import overview
from pools.states import SchemaMode
from tests.factories import ServerFactory
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db

S = MigrationStatus


def subjects() -> list[str]:
    return [item.subject for item in things_needing_attention()]


def a_migration_of_trav4(**how: object) -> Migration:
    server = ServerFactory(domino_name="CN=trav4/O=Acme", healthy=True)
    return MigrationFactory(server=server, pool__name="Acme EU", **how)


@pytest.mark.parametrize(
    ("how", "subject"),
    [
        ({"at_gate": True}, "trav4 is ready to cut over"),
        ({"copying": True, "status": S.PAUSED}, "trav4 is paused"),
        ({"broken": True}, "Copy of trav4 failed"),
        ({"broken": True, "is_going_back": True}, "Rollback of trav4 failed"),
        (
            {
                "broken": True,
                "current_step": StepName.SCHEMA,
                "pool__database__schema_mode": SchemaMode.MANUAL,
            },
            "trav4 waits for your DBA",
        ),
    ],
)
def test_a_migration_that_waits_for_a_person_is_listed(
    how: dict[str, object], subject: str
) -> None:
    migration = a_migration_of_trav4(**how)

    (item,) = things_needing_attention()

    assert item.subject == subject
    assert item.url == migration.get_absolute_url()
    assert item.tone == ("bad" if migration.state is S.FAILED else "warn")
    assert item.text


@pytest.mark.parametrize("status", sorted(set(MigrationStatus) - STANDING))
def test_a_migration_that_goes_on_by_itself_or_has_ended_is_not(status: MigrationStatus) -> None:
    a_migration_of_trav4(copying=True, status=status)

    assert subjects() == []


def test_a_server_that_a_migration_has_stopped_is_no_news() -> None:
    dead = ServerFactory(domino_name="CN=trav4/O=Acme", dead=True)
    migration = MigrationFactory(server=dead, copying=True)

    assert subjects() == []

    Migration.objects.filter(pk=migration.pk).update(status=S.CANCELLED)
    assert subjects() == ["trav4 unavailable"]


def test_the_overview_shows_it_as_moving_and_not_as_broken(administrator: Client) -> None:
    dead = ServerFactory(domino_name="CN=trav4/O=Acme", dead=True)
    MigrationFactory(server=dead, copying=True)

    for page in (administrator.get("/").text, overview(0, FULL_ACCESS)):
        card = page.partition('id="standalone"')[2].partition("</section>")[0]
        assert "being migrated" in card
        assert "state bad" not in card


def test_a_rehearsal_excuses_its_server_only_while_it_is_stopped() -> None:
    dead = ServerFactory(domino_name="CN=trav4/O=Acme", dead=True)
    migration = MigrationFactory(
        server=dead, rehearsal=True, started=True, current_step=StepName.BACKUP
    )

    assert subjects() == []

    Migration.objects.filter(pk=migration.pk).update(current_step=StepName.COPY)
    assert subjects() == ["trav4 unavailable"]


def test_it_says_since_when_and_what_devices_notice() -> None:
    migration = a_migration_of_trav4(copying=True, lines=["Something happened."])
    Migration.objects.change_status(
        migration.pk, old=S.RUNNING, new=S.AWAITING_CUTOVER, text="A person has to confirm."
    )
    since = timezone.now() - timedelta(minutes=7)
    Event.objects.filter(text="A person has to confirm.").update(at=since)

    (item,) = migrations_needing_attention().items

    assert item.since == since
    assert "cut-over into Acme EU" in item.text
    assert "Devices of trav4 cannot sync" in item.text


def test_ten_waiting_migrations_cost_as_many_queries_as_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        MigrationFactory(at_gate=True)
        MigrationFactory(broken=True)

    with django_assert_num_queries(1):
        assert len(migrations_needing_attention().items) == 10


def test_bell_and_overview_lead_to_it(administrator: Client) -> None:
    migration = a_migration_of_trav4(at_gate=True)

    page = administrator.get("/").text

    assert "All systems normal" not in page
    assert "1 problem" in page
    assert f'href="{migration.get_absolute_url()}">trav4 is ready to cut over' in page


def test_who_may_not_see_moves_does_not_hear_of_them(helpdesk: Client) -> None:
    a_migration_of_trav4(at_gate=True)

    page = helpdesk.get("/", follow=True).text

    assert "trav4" not in page
    assert 'id="bell"' not in page


def test_the_bell_of_the_moves_own_page_changes_with_its_state(administrator: Client) -> None:
    migration = a_migration_of_trav4(copying=True, lines=["Copy begins."])
    live = f"/migrations/{migration.pk}/live/"
    assert 'id="bell"' not in administrator.get(live).text

    Migration.objects.change_status(migration.pk, old=S.RUNNING, new=S.FAILED, text="Copy failed.")

    news = administrator.get(live, {"after": "1"}).text
    assert "■ 1" in news.partition('id="bell"')[2]
    assert 'id="bell"' not in administrator.get(live, {"after": "2"}).text


def test_no_state_both_waits_and_has_ended() -> None:
    assert not STANDING & ENDED


@pytest.mark.parametrize(("later", "rings"), [(-30, False), (30, True)])
def test_the_bell_is_not_red_right_after_a_success(later: int, rings: bool) -> None:
    """The server was stopped when it was checked last, and has not been checked since."""
    migration = a_migration_of_trav4(finished=True)
    assert migration.finished_at is not None
    checked_at = migration.finished_at + timedelta(seconds=later)
    Server.objects.filter(pk=migration.server_id).update(
        availability="unavailable", swept_at=checked_at
    )

    assert bool(subjects()) is rings


def down_for(seconds: float, *, expected: float | None) -> Migration:
    migration = a_migration_of_trav4(copying=True, server_was_running=True)
    migration.steps.update(expected_seconds=expected)
    migration.steps.filter(name=StepName.STOP).update(
        started_at=timezone.now() - timedelta(seconds=seconds)
    )
    return migration


def test_an_outage_longer_than_expected_raises_an_alarm() -> None:
    migration = down_for(1000, expected=10)

    (item,) = things_needing_attention()

    assert (item.tone, item.subject) == ("bad", "trav4 down for longer than expected")
    assert item.url == migration.get_absolute_url()


@pytest.mark.parametrize(("seconds", "expected"), [(20, 10), (1000, None)])
def test_an_outage_within_what_is_expected_or_known_raises_none(
    seconds: float, expected: float | None
) -> None:
    down_for(seconds, expected=expected)
    assert subjects() == []


def test_the_time_of_a_person_raises_no_alarm() -> None:
    migration = down_for(1000, expected=10)
    for status in (S.AWAITING_CUTOVER, S.RUNNING):
        Event.objects.append(migration.pk, [Line("", kind=EventKind.STATUS, status=status)])
    migration.events.filter(status=S.AWAITING_CUTOVER).update(
        at=timezone.now() - timedelta(seconds=950)
    )
    assert subjects() == []
