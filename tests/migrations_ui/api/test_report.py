"""The report over REST is the one that the page downloads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rest_framework.test import APIClient

from migrations_ui.models import Correction, Migration
from tests.factories import UserFactory
from tests.migrations_ui.factories import (
    FindingFactory,
    MigrationFactory,
    RejectFactory,
    TableTransferFactory,
)
from tests.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> APIClient:
    client = APIClient()
    client.force_authenticate(UserFactory())
    return client


def report_of(client: APIClient, migration: Migration) -> dict[str, Any]:
    answer = client.get(f"/api/v1/migrations/{migration.pk}/report/")
    assert answer.status_code == 200
    report: dict[str, Any] = answer.json()
    return report


def test_it_has_the_equation_over_all_tables_once_all_are_copied(client: APIClient) -> None:
    migration = MigrationFactory(finished=True)
    TableTransferFactory(migration=migration, rows_total=5_271, verified=True)
    waiting = TableTransferFactory(migration=migration, rows_total=400)
    assert report_of(client, migration)["equation"] == ""

    migration.tables.filter(pk=waiting.pk).update(
        status="copied", rows_copied=300, rows_updated=60, rows_kept=30, rows_rejected=10
    )

    assert report_of(client, migration)["equation"] == (
        "5,671 = 5,571 inserted + 60 updated + 30 kept + 10 rejected"
    )


def test_it_has_the_forecast_of_a_rehearsal_and_of_nothing_else(client: APIClient) -> None:
    rehearsed = MigrationFactory(rehearsed=True)
    forecast = report_of(client, rehearsed)["forecast"]
    assert {"Copy", "Cut-over"} <= {line["step"] for line in forecast["lines"]}
    assert forecast["seconds_to_gate"] > forecast["seconds_down"] > 0
    migration = report_of(client, MigrationFactory(copying=True))
    assert (migration["forecast"], migration["equation"]) == (None, "")


def test_it_is_the_report_that_the_page_downloads(client: APIClient) -> None:
    migration = MigrationFactory(finished=True)
    TableTransferFactory(migration=migration, verified=True)
    FindingFactory(migration=migration)
    FindingFactory(
        migration=migration, group="compatibility", table="T", column="C", kind="nul", count=3
    )
    RejectFactory(migration=migration)
    Correction.objects.create(
        migration=migration,
        table="DEVICES",
        row_key="a",
        changes='[["note", "too long", "short"]]',
        corrected_by=migration.actor,
    )
    shown = report_of(client, migration)
    downloaded = client_of(migration.actor).get(f"/migrations/{migration.pk}/report.json").json()
    assert to_the_millisecond(shown) == to_the_millisecond(downloaded)
    assert shown["corrections"][0]["values"] == [["note", "too long", "short"]]
    assert shown["incompatible_values"][0]["count"] == 3


def to_the_millisecond(value: Any) -> Any:
    """The API writes the same moments as the file, and more exactly; `made_at` is another one."""
    if isinstance(value, dict):
        return {k: to_the_millisecond(v) for k, v in value.items() if k != "made_at"}
    if isinstance(value, list):
        return [to_the_millisecond(each) for each in value]
    return re.sub(r"(T[\d:]+\.\d{3})\d+Z$", r"\1Z", value) if isinstance(value, str) else value
