from __future__ import annotations

import re

import pytest
from django.test import Client

from migrations_ui.presentation.snapshot import LOG_TAIL
from migrations_ui.states import MigrationStatus, StepName
from tests.factories import ServerFactory
from tests.migrations_ui.factories import MigrationFactory, RejectFactory, TableTransferFactory

PARTS = (
    "head",
    "actions",
    "attention",
    "steps",
    "progress",
    "compatibility",
    "tables",
    "next",
    "log",
)


def sequences(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<li data-sequence="(\d+)"', text)]


@pytest.mark.parametrize("status", list(MigrationStatus))
@pytest.mark.parametrize("step", [StepName.FETCH, StepName.COPY, StepName.START])
def test_every_state_renders_every_part_once(
    administrator: Client, status: MigrationStatus, step: StepName
) -> None:
    migration = MigrationFactory(copying=True, lines=["a line"])
    TableTransferFactory(migration=migration)
    type(migration).objects.filter(pk=migration.pk).update(status=status, current_step=step)
    for address in (f"/migrations/{migration.pk}/", f"/migrations/{migration.pk}/live/"):
        text = administrator.get(address).text
        for part in PARTS:
            assert text.count(f'id="migration-{part}"') == 1


def test_a_migration_that_has_not_started_is_its_preflight_report(administrator: Client) -> None:
    migration = MigrationFactory()
    response = administrator.get(migration.get_absolute_url())
    assert response["Location"].endswith(f"/migrations/{migration.pk}/preflight/")


def test_the_buttons_are_those_of_the_state_and_danger_stands_apart(
    administrator: Client,
) -> None:
    text = administrator.get(MigrationFactory(copying=True).get_absolute_url()).text
    actions = text.partition('id="migration-actions"')[2].partition("</div>")[0]
    assert "act-pause" in actions
    assert "act-cancel" not in actions
    assert "act-cancel" in text
    assert "act-roll_back" not in text


def test_a_failed_step_says_why_and_what_to_do(administrator: Client) -> None:
    text = administrator.get(MigrationFactory(broken=True).get_absolute_url()).text
    assert "Copy failed" in text
    assert "The database closed the connection." in text
    assert "What to do:" in text
    assert "act-retry" in text


def test_only_the_lines_after_the_last_one_seen_are_sent(administrator: Client) -> None:
    migration = MigrationFactory(copying=True, lines=["one", "two", "three"])
    live = f"/migrations/{migration.pk}/live/"
    assert sequences(administrator.get(live, {"after": 2}).text) == [3]
    assert sequences(administrator.get(live, {"after": 3}).text) == []
    assert sequences(administrator.get(live, {"after": "what"}).text) == [1, 2, 3]
    assert sequences(administrator.get(live, {"after": "9" * 30}).text) == []


def test_a_long_log_shows_its_end_and_says_how_much_came_before(administrator: Client) -> None:
    migration = MigrationFactory(copying=True, lines=[f"line {n}" for n in range(LOG_TAIL + 7)])
    text = administrator.get(migration.get_absolute_url()).text
    assert sequences(text) == list(range(8, LOG_TAIL + 8))
    assert "7 earlier lines" in text
    assert administrator.get(f"/migrations/{migration.pk}/log.txt").text.count("\n") == LOG_TAIL + 7


def test_what_a_log_line_holds_is_text(administrator: Client) -> None:
    migration = MigrationFactory(copying=True, lines=["<script>alert(1)</script>"])
    assert "<script>alert(1)" not in administrator.get(migration.get_absolute_url()).text


def test_at_the_gate_of_a_live_pool_the_comparison_says_that_others_write(
    administrator: Client,
) -> None:
    migration = MigrationFactory(at_gate=True)
    TableTransferFactory(migration=migration, verified=True)
    address = migration.get_absolute_url()
    assert "go on writing" not in administrator.get(address).text
    ServerFactory(pool=migration.pool)
    for page in (
        address,
        f"/migrations/{migration.pk}/confirm/",
        f"/migrations/{migration.pk}/verification/",
    ):
        assert "go on writing there" in administrator.get(page).text
    assert "They were compared at" in administrator.get(address).text


def test_the_live_page_takes_few_queries(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    migration = MigrationFactory(copying=True, lines=["a line"] * 50)
    TableTransferFactory.create_batch(30, migration=migration)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        administrator.get(migration.get_absolute_url())


def test_rejects_are_listed_with_the_reason_and_by_table(administrator: Client) -> None:
    migration = MigrationFactory(copying=True)
    RejectFactory(migration=migration)
    RejectFactory(migration=migration, table="USERS", reason="bad encoding")
    page = f"/migrations/{migration.pk}/rejects/"
    assert "longer than 64 characters" in administrator.get(page).text
    assert "longer than" not in administrator.get(page, {"table": "USERS"}).text
    other = MigrationFactory(copying=True)
    assert "No rejected rows" in administrator.get(f"/migrations/{other.pk}/rejects/").text
