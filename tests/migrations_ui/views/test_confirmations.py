from __future__ import annotations

import pytest
from django.test import Client

from migrations_ui.states import MigrationStatus
from tests.factories import ServerFactory
from tests.migrations_ui.factories import MigrationFactory, TableTransferFactory

S = MigrationStatus
NAME = "CN=trav9/O=Acme"


def test_the_gate_says_what_happens_what_people_notice_and_the_way_back(
    administrator: Client,
) -> None:
    migration = MigrationFactory(at_gate=True)
    text = administrator.get(f"/migrations/{migration.pk}/confirm/").text
    for heading in ("What to do now", "What people notice", "Rollback from here"):
        assert heading in text
    assert f"Type {migration.server.short_name} to confirm" in text


def test_rows_that_differ_are_said_before_a_name_is_typed_and_on_the_page_of_the_migration(
    administrator: Client,
) -> None:
    migration = MigrationFactory(at_gate=True)
    TableTransferFactory(migration=migration, mismatches=7)
    question = administrator.get(f"/migrations/{migration.pk}/confirm/").text
    assert "The last comparison found rows that are not equal." in question
    page = administrator.get(f"/migrations/{migration.pk}/").text
    assert "7 rows are not equal to what" in page
    assert "is ready to cut over</h2>" not in page


@pytest.mark.parametrize("name", ["trav9", " TRAV9 ", "trav9/Acme", NAME])
def test_the_name_typed_opens_the_gate(administrator: Client, name: str) -> None:
    migration = MigrationFactory(at_gate=True, server=ServerFactory(domino_name=NAME))
    response = administrator.post(f"/migrations/{migration.pk}/confirm/", {"typed_name": name})
    migration.refresh_from_db()
    assert response.status_code == 302
    assert migration.status == S.RUNNING
    assert migration.confirmed_by is not None


@pytest.mark.parametrize(
    ("page", "trait"), [("confirm", "at_gate"), ("cancel", "copying"), ("rollback", "finished")]
)
@pytest.mark.parametrize("name", ["", "trav", "trav8"])
def test_another_name_does_nothing_and_stays_in_the_field(
    administrator: Client, page: str, trait: str, name: str
) -> None:
    server = ServerFactory(domino_name=NAME)
    migration = MigrationFactory(server=server, **{trait: True})
    before = migration.status
    response = administrator.post(f"/migrations/{migration.pk}/{page}/", {"typed_name": name})
    migration.refresh_from_db()
    assert response.status_code == 422
    assert migration.status == before
    assert not name or f'value="{name}"' in response.text


@pytest.mark.parametrize(
    ("page", "trait", "status"),
    [("cancel", "copying", S.CANCELLING), ("rollback", "finished", S.ROLLING_BACK)],
)
def test_the_way_back_is_taken_when_the_name_is_typed(
    administrator: Client, page: str, trait: str, status: MigrationStatus
) -> None:
    migration = MigrationFactory(**{trait: True})
    typed = {"typed_name": migration.server.short_name}
    assert administrator.post(f"/migrations/{migration.pk}/{page}/", typed).status_code == 302
    migration.refresh_from_db()
    assert migration.status == status


def test_a_draft_is_given_up_without_typing(administrator: Client) -> None:
    migration = MigrationFactory()
    assert administrator.post(f"/migrations/{migration.pk}/cancel/").status_code == 302
    migration.refresh_from_db()
    assert migration.status == S.CANCELLED


@pytest.mark.parametrize("page", ["confirm", "cancel", "rollback"])
def test_a_question_that_does_not_fit_is_409_with_the_reason(
    administrator: Client, page: str
) -> None:
    migration = MigrationFactory(status=S.CANCELLED)
    typed = {"typed_name": migration.server.short_name}
    for response in (
        administrator.get(f"/migrations/{migration.pk}/{page}/"),
        administrator.post(f"/migrations/{migration.pk}/{page}/", typed),
    ):
        assert response.status_code == 409
        assert "does not fit now" in response.text
