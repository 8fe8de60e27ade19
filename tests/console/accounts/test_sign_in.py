"""Whoever is not signed in, or is no longer, is led to the form and back."""

from __future__ import annotations

from django.test import Client


def test_a_page_leads_to_the_form_and_back() -> None:
    response = Client().get("/migrations/?state=open")

    assert response.status_code == 302
    assert response["Location"] == "/accounts/sign-in/?next=/migrations/%3Fstate%3Dopen"


def test_a_part_that_a_page_fetches_leads_the_whole_page_there() -> None:
    response = Client().get(
        "/users/1/details/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/users/1/?tab=devices"},
    )

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/sign-in/?next=/users/1/%3Ftab%3Ddevices"
    assert response.content == b""


def test_a_page_of_another_site_is_not_come_back_to() -> None:
    response = Client().get(
        "/users/1/details/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://elsewhere.example/users/1/"},
    )

    assert response["HX-Redirect"] == "/accounts/sign-in/?next=/"
