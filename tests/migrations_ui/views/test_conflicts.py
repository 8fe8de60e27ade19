"""The page of conflicts, and the policy that decides between them."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from migrations_ui.models import Migration
from migrations_ui.states import ConflictPolicy, ConflictVerdict, StepName, StepStatus
from pools.models import AuditEntry
from tests.migrations_ui.factories import (
    ConflictFactory,
    MigrationFactory,
    RejectFactory,
    TableTransferFactory,
)


def decide(client: Client, migration: Migration, policy: str) -> int:
    response = client.post(f"/migrations/{migration.pk}/policy/", {"conflict_policy": policy})
    migration.refresh_from_db()
    return response.status_code


def test_both_sides_and_the_verdict_are_shown(administrator: Client) -> None:
    migration = ConflictFactory().migration
    ConflictFactory(migration=migration, verdict=ConflictVerdict.KEPT, row_key='["other"]')
    TableTransferFactory(migration=migration, rows_updated=1, rows_kept=1201)
    text = administrator.get(f"/migrations/{migration.pk}/conflicts/").text
    for wanted in ("sync_anchor", "17", "42", "server&#x27;s row won", "1,200 more"):
        assert wanted in text
    narrowed = administrator.get(f"/migrations/{migration.pk}/conflicts/?verdict=kept").text
    assert "other" in narrowed
    assert "A1" not in narrowed


def test_a_migration_without_conflicts_says_what_belongs_here(administrator: Client) -> None:
    text = administrator.get(f"/migrations/{MigrationFactory(finished=True).pk}/conflicts/").text
    assert "No conflicts" in text


def test_a_spreadsheet_runs_nothing_of_what_is_downloaded(administrator: Client) -> None:
    migration = ConflictFactory().migration
    RejectFactory(migration=migration, row_key="-1+2", reason="@SUM(A1)", preview="\tx")
    answer = administrator.get(f"/migrations/{migration.pk}/conflicts.csv")
    assert answer["Content-Disposition"].startswith("attachment;")
    _, anchor, level = csv.reader(io.StringIO(answer.text))
    assert anchor[3:] == ["sync_anchor", "17", "42"]
    assert level[3:] == ["device_level", "", "'=9.0"]
    rejects = administrator.get(f"/migrations/{migration.pk}/rejects.csv").text
    (_, reject) = csv.reader(io.StringIO(rejects))
    assert [reject[1], reject[3], reject[4]] == ["'-1+2", "'@SUM(A1)", r"'\tx"]


def test_the_policy_is_decided_before_the_copy_and_not_while_it_runs(
    administrator: Client,
) -> None:
    migration = MigrationFactory(started=True, current_step=StepName.BACKUP)
    assert (
        "Where the pool has the same row" in administrator.get(f"/migrations/{migration.pk}/").text
    )
    assert decide(administrator, migration, "server") == 302
    assert migration.conflict_policy == ConflictPolicy.SERVER
    assert decide(administrator, migration, "dice") == 422
    migration.steps.filter(name=StepName.COPY).update(status=StepStatus.RUNNING)
    assert decide(administrator, migration, "pool") == 409
    assert migration.conflict_policy == ConflictPolicy.SERVER
    assert (
        "Where the pool has the same row"
        not in administrator.get(f"/migrations/{migration.pk}/").text
    )


def test_a_run_that_stopped_to_ask_can_be_decided(administrator: Client) -> None:
    migration = MigrationFactory(broken=True, conflict_policy=ConflictPolicy.STOP)
    migration.steps.filter(name=StepName.COPY).update(status=StepStatus.FAILED)
    ConflictFactory(migration=migration, verdict=ConflictVerdict.OPEN, differing="{}")
    assert "Not decided yet" in administrator.get(f"/migrations/{migration.pk}/conflicts/").text
    assert decide(administrator, migration, "newest") == 302
    assert migration.conflict_policy == ConflictPolicy.NEWEST
    # Decided: from here on it stays so.
    assert decide(administrator, migration, "pool") == 409


@pytest.mark.parametrize("kind", ["helpdesk", "outsider"])
def test_nobody_else_sees_or_decides(kind: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(kind)
    migration = ConflictFactory().migration
    for page in ("conflicts/", "conflicts.csv", "rejects.csv"):
        assert client.get(f"/migrations/{migration.pk}/{page}").status_code == 403
    assert client.post(f"/migrations/{migration.pk}/policy/").status_code == 403


def test_a_reject_is_set_aside_with_a_note(administrator: Client, helpdesk: Client) -> None:
    reject = RejectFactory()
    address = f"/migrations/{reject.migration_id}/rejects/{reject.pk}/skip/"
    assert helpdesk.post(address, {"note": "mine"}).status_code == 403
    assert administrator.post(address, {"note": " "}).status_code == 422
    other = MigrationFactory()
    elsewhere = f"/migrations/{other.pk}/rejects/{reject.pk}/skip/"
    assert administrator.post(elsewhere, {"note": "not there"}).status_code == 404
    assert administrator.post(address, {"note": "A test account."}).status_code == 302
    text = administrator.get(f"/migrations/{reject.migration_id}/rejects/").text
    assert "A test account." in text
    assert AuditEntry.objects.get(action="skip_rejected_row").detail.startswith(reject.table)


def test_a_failure_leads_to_the_rows_that_both_had_only_where_the_copy_asks(
    administrator: Client,
) -> None:
    migration = MigrationFactory(broken=True, conflict_policy=ConflictPolicy.STOP)
    link = f'href="/migrations/{migration.pk}/conflicts/"'
    assert link in administrator.get(migration.get_absolute_url()).text

    Migration.objects.filter(pk=migration.pk).update(current_step=StepName.COMPATIBILITY)
    text = administrator.get(migration.get_absolute_url()).text
    assert link not in text
    assert '<details id="policy">' in text
