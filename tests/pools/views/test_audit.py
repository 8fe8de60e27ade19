"""Who did what."""

from __future__ import annotations

from django.test import Client

from tests.factories import AuditEntryFactory


def test_entries_are_read_newest_first_and_in_words(administrator: Client) -> None:
    AuditEntryFactory(action="create_login", target="Domino user")
    AuditEntryFactory(action="run_drain", target="trav1/Acme", actor=None)

    page = administrator.get("/audit/").content.decode()

    assert page.index("run drain") < page.index("create login")
    assert "the console" in page


def test_entries_are_narrowed_by_any_word(administrator: Client) -> None:
    AuditEntryFactory(target="trav1/Acme")
    AuditEntryFactory(target="trav2/Acme")

    page = administrator.get("/audit/", {"q": "trav2"}).content.decode()

    assert "trav1/Acme" not in page
    assert "trav2/Acme" in page


def test_a_page_number_that_does_not_exist_is_the_last_one(administrator: Client) -> None:
    AuditEntryFactory()

    assert administrator.get("/audit/?page=99").status_code == 200
