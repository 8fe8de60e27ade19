"""The two forms about reading the source, on every page that has them."""

from __future__ import annotations

import pytest
from django.test import Client

from migrations_ui.models import Migration
from migrations_ui.states import MigrationStatus, Outcome, StepName, StepStatus
from migrations_ui.transfer.value_loss import Loss, Treatment
from tests.factories import PoolFactory, ServerFactory
from tests.migrations_ui.factories import FindingFactory, MigrationFactory


def stopped() -> Migration:
    """A migration that the measuring has stopped."""
    migration = MigrationFactory(broken=True, current_step=StepName.COMPATIBILITY)
    migration.steps.filter(name=StepName.COMPATIBILITY).update(status=StepStatus.FAILED)
    FindingFactory(
        migration=migration,
        group="compatibility",
        title="DEVICES.NAME",
        table="DEVICES",
        column="NAME",
        kind="nul",
        count=1234,
        longest=87,
        outcome=Outcome.BLOCKER,
        treatment=Treatment.STOP,
        seen="Values with a NUL character: 1,234.",
        remedy="Decide whether the NUL characters are removed.",
    )
    return migration


def test_a_stopped_migration_shows_what_does_not_fit_and_lets_it_be_decided(
    administrator: Client,
) -> None:
    migration = stopped()
    text = administrator.get(migration.get_absolute_url()).text
    for shown in ("DEVICES.NAME", "stops the migration", "1,234", "87", "Decide whether the NUL"):
        assert shown in text
    assert '<details id="values" open>' in text
    response = administrator.post(
        f"/migrations/{migration.pk}/values/", {"values-nul": "convert", "values-blanks": ""}
    )
    assert response["Location"] == migration.get_absolute_url()
    assert migration.value_policies.treatments() == {Loss.NUL: Treatment.CONVERT}
    assert "1 kind decided" in administrator.get(migration.get_absolute_url()).text


def test_the_report_tells_incompatible_values_and_conversions(administrator: Client) -> None:
    migration = stopped()
    migration.steps.filter(name=StepName.COPY).update(status=StepStatus.DONE)
    migration.findings.update(treatment=Treatment.CONVERT, outcome=Outcome.WARNING)
    text = administrator.get(f"/migrations/{migration.pk}/report/").text
    assert "Values that do not fit" in text
    assert "converted" in text
    kept = administrator.get(f"/migrations/{migration.pk}/report.json").json()
    assert kept["converted"] == 1234
    assert kept["incompatible_values"][0]["column"] == "NAME"
    assert kept["findings"] == []


def test_the_preflight_report_shows_the_forms_but_no_incompatible_values(
    administrator: Client,
) -> None:
    migration = MigrationFactory()
    FindingFactory(migration=migration, outcome=Outcome.LATER, title="Every value fits")
    text = administrator.get(f"/migrations/{migration.pk}/preflight/").text
    assert '<span class="state unknown">later</span>' in text
    assert 'id="values"' in text
    assert 'id="derby-login"' in text
    assert "DEVICES.NAME" not in administrator.get(f"/migrations/{stopped().pk}/preflight/").text


def test_a_value_that_is_no_choice_is_explained(administrator: Client) -> None:
    migration = MigrationFactory()
    response = administrator.post(
        f"/migrations/{migration.pk}/values/", {"values-incompatible": "convert"}
    )
    assert response.status_code == 422
    assert 'class="errorlist"' in response.text
    assert not migration.value_policies.exists()


def test_a_password_goes_in_and_never_comes_out(administrator: Client) -> None:
    migration = MigrationFactory()
    secrets = {"derby-boot_password": " boot-s3cret ", "derby-password": "pass-s3cret"}
    response = administrator.post(
        f"/migrations/{migration.pk}/derby-login/", {"derby-user": "sa", **secrets}
    )
    assert response.status_code == 302
    migration.refresh_from_db()
    # Blanks may be part of a password.
    assert migration.derby_boot_password == " boot-s3cret "
    for path in ("preflight/", "report/", "report.json", "log.txt", "live/"):
        assert "s3cret" not in administrator.get(f"/migrations/{migration.pk}/{path}").text
    page = administrator.get(f"/migrations/{migration.pk}/preflight/").text
    assert 'value="sa"' in page
    assert "entered" in page
    too_long = {"derby-user": "x" * 300, **secrets}
    response = administrator.post(f"/migrations/{migration.pk}/derby-login/", too_long)
    assert response.status_code == 422
    assert "s3cret" not in response.text


@pytest.mark.parametrize("form", ["values", "derby-login"])
def test_too_late_is_said_with_the_reason(administrator: Client, form: str) -> None:
    migration = MigrationFactory(copying=True, status=MigrationStatus.RUNNING)
    response = administrator.post(f"/migrations/{migration.pk}/{form}/", {})
    assert response.status_code == 409
    assert "cannot be changed now" in response.text
    assert f'id="{form}"' not in response.text


@pytest.mark.usefixtures("queued")
def test_the_wizard_takes_both_along(administrator: Client) -> None:
    server = ServerFactory()
    page = f"/migrations/new/{server.pk}/"
    text = administrator.get(page).text
    assert "values-nanoseconds" in text
    typed = {"pool": PoolFactory().pk, "drain_seconds": "15", "values-nul": "reject"}
    secret = {"derby-boot_password": "boot-s3cret"}
    refused = administrator.post(page, typed | secret | {"drain_seconds": "-1"})
    assert refused.status_code == 422
    assert "s3cret" not in refused.text
    assert "type it again" in refused.text
    administrator.post(page, typed | secret)
    migration = Migration.objects.get()
    assert migration.value_policies.treatments() == {Loss.NUL: Treatment.REJECT}
    assert migration.derby_boot_password == "boot-s3cret"
