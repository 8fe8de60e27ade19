"""Database configurations on screen."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client

from pools.models import AuditEntry, DatabaseConfiguration
from pools.presentation.fragments import TOPICS, rendered
from tests.factories import DatabaseConfigurationFactory, DatabaseFindingFactory
from tests.pools.views.conftest import World

TYPED = {
    "name": "Traveler EU",
    "engine": "postgresql",
    "host": "db.acme.example",
    "port": 5432,
    "database_name": "traveler",
    "username": "lntuser",
    "password": "typed-once",
    "schema_mode": "automatic",
}


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check is asked for; no worker takes it."""
    monkeypatch.setattr("celery.current_app.send_task", lambda *args, **kwargs: None)


def test_a_database_is_added_with_its_password_encrypted(administrator: Client) -> None:
    response = administrator.post("/databases/add/", TYPED, follow=True)

    assert "Traveler EU is added" in response.content.decode()
    assert DatabaseConfiguration.objects.get().password == "typed-once"


def test_the_schema_of_the_vendors_files_is_said_where_it_is_entered(
    administrator: Client,
) -> None:
    assert "enter LNT" in administrator.get("/databases/add/").text


def test_a_refused_form_says_that_the_password_has_to_be_typed_again(
    administrator: Client,
) -> None:
    page = administrator.post("/databases/add/", {**TYPED, "port": 99_999}).content.decode()

    assert "type them again" in page
    assert 'value="db.acme.example"' in page
    assert "typed-once" not in page


def test_an_empty_password_keeps_the_stored_one(administrator: Client) -> None:
    row = DatabaseConfigurationFactory()

    administrator.post(f"/databases/{row.pk}/", {**TYPED, "schema": "new", "password": ""})

    row.refresh_from_db()
    assert (row.schema, row.password) == ("new", "secret-of-a-database")


def test_further_jdbc_properties_are_part_of_the_address_that_traveler_is_given(
    administrator: Client,
) -> None:
    row = DatabaseConfigurationFactory(checked=True)
    typed = {**TYPED, "name": row.name, "password": row.password, "schema": "Lnt"}
    for _twice in range(2):
        administrator.post(
            f"/databases/{row.pk}/",
            {**typed, "jdbc_properties": "ssl=true\r\n\r\ntcpKeepAlive=true"},
        )

    row.refresh_from_db()
    assert row.jdbc_properties == "ssl=true\ntcpKeepAlive=true"
    query = "currentSchema=%22Lnt%22&ssl=true&tcpKeepAlive=true"
    assert row.jdbc_url == f"jdbc:postgresql://db.acme.example:5432/traveler?{query}"
    # A browser's line ends are no change, and no second line in the audit.
    assert AuditEntry.objects.filter(action="update_database").count() == 1
    assert "tcpKeepAlive=true" in administrator.get(f"/databases/{row.pk}/").text


def test_refused_jdbc_properties_are_still_there_but_no_secret_is(administrator: Client) -> None:
    page = administrator.post(
        "/databases/add/", {**TYPED, "jdbc_properties": "ssl=true\nkeepAlive"}
    )
    assert page.status_code == 422
    assert "Line 2 does not read name=value" in page.text
    assert "ssl=true\nkeepAlive</textarea>" in page.text

    page = administrator.post(
        "/databases/add/", {**TYPED, "jdbc_properties": "ssl=true\nsslpassword=hush-hush"}
    )
    assert "no place here" in page.text
    assert "ssl=true\nsslpassword=</textarea>" in page.text
    assert "hush-hush" not in page.text
    assert not DatabaseConfiguration.objects.exists()


def test_a_changed_address_forgets_what_the_last_check_saw(administrator: Client) -> None:
    row = DatabaseConfigurationFactory(checked=True)

    administrator.post(f"/databases/{row.pk}/", {**TYPED, "host": "new.example"})

    row.refresh_from_db()
    assert row.host == "new.example"
    assert row.checked_at is None


def test_a_check_is_asked_for_and_leads_back_to_the_pool(
    world: World, administrator: Client
) -> None:
    response = administrator.post(f"/databases/{world.database.pk}/check/")

    assert response["Location"] == "/pools/acme-eu/database/"
    assert AuditEntry.objects.filter(action="check_database").exists()


def test_a_check_is_never_started_by_following_a_link(world: World, administrator: Client) -> None:
    assert administrator.get(f"/databases/{world.database.pk}/check/").status_code == 405


@pytest.mark.django_db
def test_a_database_says_its_schema_rule_and_whose_choice_its_engine_is() -> None:
    for engine, schema, ours in (
        ("postgresql", "usually public", True),
        ("db2", "unless NTS_DB2_SCHEMA says otherwise", False),
        ("sqlserver", "usually dbo", False),
        ("mysql", "on MySQL a database is a schema", False),
    ):
        row = DatabaseConfigurationFactory(engine=engine, schema="")

        shown = render_to_string("pools/partials/database.html", {"database": row, "findings": []})
        assert schema in shown
        assert ("no vendor page names it" in shown) is ours


def test_the_engine_is_named_once(administrator: Client, world: World) -> None:
    DatabaseConfiguration.objects.update(engine="postgresql", version="18.4")
    page = administrator.get(f"/pools/{world.pool.slug}/database/").text
    row = page.partition("<dt>Engine</dt>")[2].partition("</dd>")[0]

    assert row.count("PostgreSQL") == 1
    assert "no vendor page names it" in row


def test_what_is_wrong_stands_before_what_is_fine(administrator: Client, world: World) -> None:
    DatabaseFindingFactory(database=world.database, passed=True, title="Seen last")
    DatabaseFindingFactory(database=world.database, passed=False, title="Seen after it")

    for address in (f"/pools/{world.pool.slug}/database/", f"/databases/{world.database.pk}/"):
        page = administrator.get(address).text
        assert page.index("Seen after it") < page.index("Seen last")


def test_a_database_that_cannot_be_opened_is_one_finding(
    administrator: Client, world: World
) -> None:
    database = world.database
    database.findings.all().delete()
    DatabaseConfiguration.objects.filter(pk=database.pk).update(reachable=False)
    DatabaseFindingFactory(
        database=database, check_id="port", passed=False, severity="blocker", seen="Closed."
    )

    pushed = rendered(TOPICS["database"], database.pk, "UTC")
    pages = [f"/pools/{world.pool.slug}/database/", f"/databases/{database.pk}/"]
    for shown in (pushed, *(administrator.get(page).text for page in pages)):
        findings = shown.partition('class="body changes">')[2].partition("</ul>")[0]
        assert findings.count('class="state bad"') == 1
        assert '<span class="state unknown">not checked</span>' in findings
        assert "Login is accepted" in findings
        assert "because the database cannot be opened" in " ".join(findings.split())
