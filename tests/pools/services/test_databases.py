"""Database configurations: the check against a real PostgreSQL, and what is kept of it."""

from __future__ import annotations

import pytest

from pools.checks.report import DatabaseReport
from pools.databases.connection import DatabaseLogin
from pools.models import AuditEntry, DatabaseConfiguration
from pools.services import databases
from pools.services.databases import check_database, create_database, update_database
from tests.factories import DatabaseFindingFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def configuration(database_login: DatabaseLogin) -> DatabaseConfiguration:
    return create_database(
        "Acme EU",
        actor=UserFactory(),
        engine=database_login.engine,
        host=database_login.host,
        port=database_login.port,
        database_name=database_login.name,
        username=database_login.user,
        password=database_login.password,
    )


def test_a_check_replaces_the_findings_of_the_last(configuration: DatabaseConfiguration) -> None:
    DatabaseFindingFactory(database=configuration, check_id="old")

    findings = check_database(configuration)

    configuration.refresh_from_db()
    assert configuration.reachable
    assert configuration.checked_at is not None
    assert configuration.version.startswith("18")
    assert configuration.round_trip_ms is not None
    kept = [line.check_id for line in configuration.findings.all()]
    assert kept == [line.check_id for line in findings]
    assert kept[:4] == ["host", "port", "engine", "login"]


def test_a_failed_check_takes_back_what_the_last_one_saw(
    configuration: DatabaseConfiguration,
) -> None:
    check_database(configuration)
    DatabaseConfiguration.objects.filter(pk=configuration.pk).update(username="nobody")
    configuration.refresh_from_db()

    check_database(configuration)

    configuration.refresh_from_db()
    assert not configuration.reachable
    assert (configuration.version, configuration.round_trip_ms) == ("", None)
    failed = configuration.findings.get(passed=False)
    assert failed.check_id == "login"
    assert failed.remedy


def test_a_change_takes_back_what_the_check_saw(configuration: DatabaseConfiguration) -> None:
    check_database(configuration)

    update_database(configuration, actor=UserFactory(), host="localhost")

    assert configuration.checked_at is None
    assert not configuration.findings.exists()


def test_an_empty_password_stays_as_it_was_and_a_new_one_is_not_shown(
    configuration: DatabaseConfiguration, database_login: DatabaseLogin
) -> None:
    update_database(configuration, actor=UserFactory(), password="", name="Renamed")
    assert configuration.login() == database_login

    update_database(configuration, actor=UserFactory(), password="entirely-new-secret")

    configuration.refresh_from_db()
    assert configuration.password == "entirely-new-secret"
    reported = AuditEntry.objects.filter(action="update_database").first()
    assert reported is not None
    assert reported.detail == "password: changed"


def test_a_configuration_changed_during_its_check_keeps_no_finding(
    configuration: DatabaseConfiguration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_checks(login: DatabaseLogin, **_options: object) -> DatabaseReport:
        DatabaseConfiguration.objects.filter(pk=configuration.pk).update(host="elsewhere")
        return DatabaseReport(())

    monkeypatch.setattr(databases, "run_checks", run_checks)

    assert check_database(configuration) == []
    configuration.refresh_from_db()
    assert configuration.checked_at is None
