from __future__ import annotations

import pytest
from django.test import Client

from migrations_ui.models import Migration
from migrations_ui.states import MigrationStatus, Outcome
from tests.migrations_ui.factories import FindingFactory, MigrationFactory

S = MigrationStatus


def report(client: Client, migration: Migration, **headers: str) -> str:
    return str(client.get(f"/migrations/{migration.pk}/preflight/", headers=headers).text)


def test_a_blocker_says_what_was_seen_and_what_to_do_and_there_is_no_start(
    administrator: Client,
) -> None:
    migration = MigrationFactory()
    FindingFactory(
        migration=migration, outcome=Outcome.BLOCKER, seen="LATIN1", remedy="Create it again."
    )
    text = report(administrator, migration)
    assert "Blocked: 1 problem" in text
    assert "LATIN1" in text
    assert "Create it again." in text
    assert "act-check" in text
    assert "act-start" not in text


def test_a_warning_does_not_keep_the_migration_from_starting(administrator: Client) -> None:
    migration = MigrationFactory(status=S.READY)
    FindingFactory(migration=migration, outcome=Outcome.WARNING)
    text = report(administrator, migration)
    assert "Ready, with 1 warning to read" in text
    assert "act-start" in text


def test_the_page_polls_only_while_the_checks_run(administrator: Client) -> None:
    assert "hx-trigger" in report(administrator, MigrationFactory(status=S.CHECKING))
    assert "hx-trigger" not in report(administrator, MigrationFactory(status=S.READY))


def test_a_poll_is_answered_with_the_fragment_only(administrator: Client) -> None:
    text = report(administrator, MigrationFactory(status=S.CHECKING), hx_request="true")
    assert 'id="preflight"' in text
    assert "<html" not in text


@pytest.mark.parametrize("trait", ["copying", "finished"])
def test_after_the_start_the_report_is_only_read(administrator: Client, trait: str) -> None:
    migration = MigrationFactory(**{trait: True})
    FindingFactory(migration=migration, outcome=Outcome.WARNING)
    text = report(administrator, migration)
    assert "Check again" not in text
    assert "act-" not in text


def test_checking_again_is_offered_once_a_group(administrator: Client) -> None:
    migration = MigrationFactory(status=S.READY)
    for outcome in (Outcome.WARNING, Outcome.BLOCKER):
        FindingFactory(migration=migration, outcome=outcome)
    FindingFactory(
        migration=migration, group="database", check_id="db_supported", outcome=Outcome.WARNING
    )
    text = report(administrator, migration)
    assert text.count('aria-label="Check again: ') == 1
    assert 'aria-label="Check again: The server"' in text


def test_a_finding_leads_to_where_it_is_corrected(administrator: Client) -> None:
    migration = MigrationFactory()
    profile, database = migration.server.profile, migration.pool.database
    FindingFactory(migration=migration, check_id="profile_patterns", outcome=Outcome.BLOCKER)
    FindingFactory(migration=migration, check_id="db_port", outcome=Outcome.BLOCKER)
    FindingFactory(migration=migration, check_id="db_login", outcome=Outcome.LATER)
    text = report(administrator, migration)
    assert text.count(f'<a href="/profiles/{profile.pk}/">Open {profile.name}</a>') == 1
    assert text.count(f'<a href="/databases/{database.pk}/">Open {database.name}</a>') == 1
