"""The panel of choices stands as long as one is open, and the live head says when it changes."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from migrations_ui.models import Migration
from migrations_ui.states import ConflictPolicy, MigrationStatus, StepName, StepStatus
from tests.migrations_ui.factories import MigrationFactory

pytestmark = pytest.mark.django_db


def marks(client: Client, migration: Migration) -> set[str]:
    """On the page, on its panel and in what is pushed: the same, or the panel is asked for
    again."""
    page, push = (
        client.get(f"/migrations/{migration.pk}/{part}").text for part in ("", "live/?after=0")
    )
    found = re.findall(r'data-choices="([^"]*)"', page + push)
    assert len(found) == 3
    return set(found)


def test_the_head_tells_when_the_panel_would_offer_something_else(administrator: Client) -> None:
    migration = MigrationFactory(started=True, current_step=StepName.FETCH)
    seen = []
    for change in (
        {},
        {"rows_per_second": 500},
        {"chunk_rows": 5000},
        {"conflict_policy": ConflictPolicy.POOL},
        {"status": MigrationStatus.FAILED, "current_step": StepName.COMPATIBILITY},
        {"status": MigrationStatus.CANCELLED},
    ):
        Migration.objects.filter(pk=migration.pk).update(**change)
        (mark,) = marks(administrator, migration)
        seen.append(mark)
    assert len(set(seen)) == len(seen)
    assert seen[-1] == ""


def test_a_step_that_ends_closes_its_choice(administrator: Client) -> None:
    migration = MigrationFactory(copying=True)
    (copying,) = marks(administrator, migration)
    migration.steps.filter(name=StepName.COPY).update(status=StepStatus.DONE)
    assert marks(administrator, migration) == {""} != {copying}
    assert "Options" not in administrator.get(migration.get_absolute_url()).text


def test_the_choices_of_the_report_wait_for_its_end_and_stand_before_giving_up(
    administrator: Client,
) -> None:
    migration = MigrationFactory(status=MigrationStatus.CHECKING)
    report = f"/migrations/{migration.pk}/preflight/"
    assert "Options" not in administrator.get(report).text

    Migration.objects.filter(pk=migration.pk).update(status=MigrationStatus.READY)
    polled = administrator.get(report, headers={"HX-Request": "true"}).text
    assert polled.index("Options") < polled.index("Discard this migration")
    assert "csrfmiddlewaretoken" in polled
