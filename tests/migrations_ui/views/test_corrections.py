"""Correcting rejected rows: each value is judged where it is typed, and nothing that was
typed is lost."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from django.test import Client
from django.utils import timezone

from migrations_ui.models import Correction, Migration, Reject, TableTransfer, Verification
from migrations_ui.models.table_transfer import RejectedColumn
from migrations_ui.presentation.report import make_report
from migrations_ui.states import VerificationKind, VerificationStatus
from pools.models import AuditEntry
from tests.migrations_ui.factories import MigrationFactory, RejectFactory, TableTransferFactory

UNFIT = (
    RejectedColumn("DEVICE_ID", "9 characters", "too long a", "varchar:5!", (), in_key=True),
    RejectedColumn("SIZE", "out of range", "99999999999", "int4"),
)
TYPED = {"value_0": "short", "value_1": "17"}


@pytest.fixture
def waiting(db: None) -> Migration:
    migration: Migration = MigrationFactory(at_gate=True, source_sha256="0" * 64)
    return migration


@pytest.fixture
def reject(waiting: Migration) -> Reject:
    found: Reject = RejectFactory(
        migration=waiting,
        table="devices",
        column="DEVICE_ID",
        row_number=4,
        rejected=json.dumps([asdict(each) for each in UNFIT]),
    )
    return found


def correct(client: Client, reject: Reject, **typed: str) -> tuple[int, str]:
    address = f"/migrations/{reject.migration_id}/rejects/{reject.pk}/correct/"
    answer = client.post(address, typed)
    return answer.status_code, answer.text


def test_every_value_that_did_not_fit_is_asked_for_with_what_its_column_takes(
    administrator: Client, reject: Reject
) -> None:
    text = administrator.get(f"/migrations/{reject.migration_id}/rejects/").text
    assert "DEVICE_ID is to be" in text
    assert "SIZE is to be" in text
    assert "at most 5 characters" in text
    assert "part of the row’s key" in text
    assert correct(administrator, reject, **TYPED)[0] == 302
    asked = Verification.objects.get()
    assert asked.corrections == {"DEVICE_ID": "short", "SIZE": "17"}
    assert AuditEntry.objects.get(action="apply_correction").detail.endswith("DEVICE_ID, SIZE")


def test_a_row_can_be_asked_to_go_as_it_is_because_its_column_was_widened(
    administrator: Client, reject: Reject
) -> None:
    assert correct(administrator, reject, as_it_is="yes")[0] == 302
    assert Verification.objects.get().corrections == {}


@pytest.mark.parametrize(
    ("wrong", "reported"),
    [
        ({"value_0": "longer"}, "5 is the most"),
        ({"value_1": "many"}, "a whole number from"),
        ({"value_1": "99999999999"}, "a whole number from"),
    ],
)
def test_a_value_that_does_not_fit_is_reported_beside_it_and_all_that_was_typed_stays(
    administrator: Client, reject: Reject, wrong: dict[str, str], reported: str
) -> None:
    typed = {**TYPED, **wrong}
    status, text = correct(administrator, reject, **typed)
    assert status == 422
    assert reported in text
    for value in typed.values():
        assert f'value="{value}"' in text
    assert not Verification.objects.exists()


def test_a_row_of_a_later_page_is_shown_again_with_what_was_typed(
    administrator: Client, reject: Reject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrations_ui.views.rejects.REJECTS_A_PAGE", 1)
    RejectFactory(migration=reject.migration, table="before_all_others")
    address = f"/migrations/{reject.migration_id}/rejects/{reject.pk}"
    page = administrator.get(f"/migrations/{reject.migration_id}/rejects/?page=2").text
    assert f'action="{address}/correct/?page=2"' in page
    answer = administrator.post(f"{address}/correct/?page=2", {**TYPED, "value_0": "longer"})
    assert answer.status_code == 422
    assert 'value="longer"' in answer.text
    assert f'href="#reject-{reject.pk}"' in answer.text
    aside = administrator.post(f"{address}/skip/?page=2", {"note": "Nobody needs it."})
    assert aside["Location"].endswith("/rejects/?page=2")


def test_what_was_asked_for_is_followed_until_it_ends_and_a_failure_leads_back_to_its_row(
    administrator: Client, reject: Reject
) -> None:
    page = f"/migrations/{reject.migration_id}/verification/"
    assert 'hx-trigger="every 2s"' not in administrator.get(page).text
    assert correct(administrator, reject, **TYPED)[0] == 302
    text = administrator.get(page).text
    assert 'hx-trigger="every 2s"' in text
    assert "“Write a corrected row, then compare” is under way already." in text
    Verification.objects.update(
        status=VerificationStatus.FAILED, ended_at=timezone.now(), summary="The pool has this key."
    )
    text = administrator.get(page).text
    assert 'hx-trigger="every 2s"' not in text
    assert f'rejects/#reject-{reject.pk}">Back to the row' in text


def test_a_comparison_that_is_stale_by_now_is_not_green(
    administrator: Client, waiting: Migration
) -> None:
    page = f"/migrations/{waiting.pk}/verification/"
    compared = timezone.now()
    table = TableTransferFactory(migration=waiting, verified=True, verified_at=compared)
    Verification.objects.create(
        migration=waiting,
        status=VerificationStatus.DONE,
        asked_by=waiting.actor,
        ended_at=compared,
        summary="All equal.",
    )
    assert '<div class="notice good">' in administrator.get(page).text
    TableTransfer.objects.filter(pk=table.pk).update(written_at=timezone.now())
    text = administrator.get(page).text
    assert '<div class="notice good">' not in text
    assert '<div class="notice unknown">' in text


def test_the_second_of_two_at_once_is_refused_with_what_was_typed(
    administrator: Client, reject: Reject
) -> None:
    assert correct(administrator, reject, **TYPED)[0] == 302
    status, text = correct(administrator, reject, value_0="other", value_1="18")
    assert status == 409
    assert "under way already" in text
    assert 'value="other"' in text
    assert Verification.objects.count() == 1
    Reject.objects.filter(pk=reject.pk).delete()
    status, text = correct(administrator, reject, **TYPED)
    assert (status, "somebody has dealt with it" in text) == (409, True)


def test_what_the_database_refused_is_typed_already_when_it_is_tried_again(
    administrator: Client, reject: Reject
) -> None:
    for typed in ("first", "again"):
        Verification.objects.create(
            migration=reject.migration,
            kind=VerificationKind.CORRECTION,
            status=VerificationStatus.FAILED,
            asked_by=reject.migration.actor,
            reject=reject,
            typed=json.dumps({"DEVICE_ID": typed, "SIZE": "17"}),
            summary="devices: the pool has a row with this key.",
        )
    text = administrator.get(f"/migrations/{reject.migration_id}/rejects/").text
    assert "Not written: devices: the pool has a row with this key." in text
    assert 'value="again"' in text
    assert 'value="first"' not in text
    Migration.objects.filter(pk=reject.migration_id).update(purged_at=timezone.now())
    text = administrator.get(f"/migrations/{reject.migration_id}/rejects/").text
    assert "Write the corrected row" not in text


def test_what_may_be_private_is_typed_again(administrator: Client, waiting: Migration) -> None:
    reject = RejectFactory(migration=waiting, table="doc_state", column="SUBJECT", row_number=3)
    Verification.objects.create(
        migration=waiting,
        kind=VerificationKind.CORRECTION,
        status=VerificationStatus.FAILED,
        asked_by=waiting.actor,
        reject=reject,
        typed=json.dumps({"SUBJECT": "what somebody typed"}),
    )
    text = administrator.get(f"/migrations/{waiting.pk}/rejects/").text
    assert "It may be private" in text
    assert "what somebody typed" not in text
    assert correct(administrator, reject, value_0="another subject")[0] == 302


@pytest.mark.parametrize(
    ("facts", "reported"),
    [
        ({"row_number": None, "column": ""}, "the pool has a row with its key"),
        ({"row_number": 3, "column": ""}, "does not fit as a whole"),
        ({"row_number": 3, "column": "A", "has_key": False}, "has no key"),
    ],
)
def test_a_row_that_no_value_helps_says_so_before_anything_is_typed(
    administrator: Client, waiting: Migration, facts: dict[str, object], reported: str
) -> None:
    reject = RejectFactory(migration=waiting, **facts)
    text = administrator.get(f"/migrations/{waiting.pk}/rejects/").text
    assert reported in text
    assert "Skip it" in " ".join(text.split())
    assert "Write the corrected row" not in text
    assert correct(administrator, reject, value_0="x")[0] in {409, 422}
    assert not Verification.objects.exists()


def test_while_rows_cannot_be_written_the_page_says_why(administrator: Client) -> None:
    reject = RejectFactory(migration=MigrationFactory(copying=True), column="a", row_number=1)
    text = administrator.get(f"/migrations/{reject.migration_id}/rejects/").text
    assert "Rows cannot be corrected now." in text
    assert "Write the corrected row" not in text


def test_corrected_rows_are_listed_and_counted_as_such(
    administrator: Client, waiting: Migration
) -> None:
    TableTransferFactory(
        migration=waiting, verified=True, rows_total=9, rows_copied=9, rows_corrected=1
    )
    Correction.objects.create(
        migration=waiting,
        table="devices",
        row_key='["too long a"]',
        changes=json.dumps([["DEVICE_ID", "too long a", "short"]]),
        corrected_by=waiting.actor,
    )
    report = make_report(waiting)
    assert report.equation.startswith("9 = 9 inserted + 0 updated + 0 kept + 0 rejected (1 of the")
    assert report.corrected == 1
    assert report.corrections[0].values == (("DEVICE_ID", "too long a", "short"),)
    for page in ("rejects/", "report/"):
        text = administrator.get(f"/migrations/{waiting.pk}/{page}").text
        assert "Rows that were corrected" in text
        assert "short" in text


@pytest.mark.parametrize("kind", ["helpdesk", "outsider"])
def test_nobody_else_corrects(kind: str, request: pytest.FixtureRequest, reject: Reject) -> None:
    client: Client = request.getfixturevalue(kind)
    assert correct(client, reject, **TYPED)[0] == 403
