"""Logins on screen."""

from __future__ import annotations

import asyncssh
from django.test import Client

from pools.models import Login
from tests.factories import LoginFactory


def test_the_list_says_how_a_login_signs_in_and_not_with_what(administrator: Client) -> None:
    LoginFactory(name="Domino user")

    page = administrator.get("/logins/").content.decode()

    assert "Domino user" in page
    assert ">password<" in page
    assert "secret-of-a-login" not in page


def test_a_private_key_goes_in_and_never_comes_out(administrator: Client) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()

    administrator.post("/logins/add/", {"name": "Key", "username": "notes", "private_key": key})

    login = Login.objects.get()
    assert login.private_key.strip() == key.strip()
    page = administrator.get(f"/logins/{login.pk}/").content.decode()
    assert "BEGIN OPENSSH" not in page
    assert "Stored. Leave it empty to keep it." in page


def test_saving_leads_back_to_the_page_that_sent_one_here(administrator: Client) -> None:
    response = administrator.post(
        "/logins/add/",
        {"name": "n", "username": "u", "password": "p", "next": "/servers/add/"},
    )

    assert response["Location"] == "/servers/add/"


def test_saving_never_leads_to_another_site(administrator: Client) -> None:
    response = administrator.post(
        "/logins/add/",
        {"name": "n", "username": "u", "password": "p", "next": "https://evil.example/"},
    )

    assert response["Location"] == "/logins/"
