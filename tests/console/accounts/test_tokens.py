"""A token has a name and a last use, and ends with the password, the account or the role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from pytest_django import Settings
from rest_framework.test import APIClient

from console.accounts.models import TokenDetails, User
from console.accounts.roles import Role
from console.accounts.tokens import create_token
from tests.factories import PASSWORD, UserFactory
from tests.people import outsider

__all__ = ["outsider"]

pytestmark = pytest.mark.django_db

NEW = "seven quiet boats at noon"
WEEK = timedelta(days=7)


@pytest.fixture
def person() -> User:
    return UserFactory(username="ada")


def answers(secret: str) -> int:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client.get("/api/v1/pools/").status_code


def change_on_the_page(person: User) -> None:
    client = Client()
    client.force_login(person)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    client.post("/accounts/profile/password/", typed)


def change_by_command(person: User) -> None:
    person.set_password(NEW)
    person.save()


def deactivate(person: User) -> None:
    person.is_active = False
    person.save(update_fields=["is_active"])


def take_the_role(person: User) -> None:
    person.role = Role.NONE
    person.save()


@pytest.mark.parametrize("end", [change_on_the_page, change_by_command, deactivate, take_the_role])
def test_a_token_ends_for_good_with_password_account_and_role(
    person: User, end: Callable[[User], None]
) -> None:
    _, secret = create_token(person, name="backup", lifetime=WEEK)
    assert answers(secret) == 200

    end(person)

    assert answers(secret) == 401
    User.objects.update(is_active=True, role=Role.ADMINISTRATOR)
    assert answers(secret) == 401


def test_a_role_that_went_past_the_model_ends_it_at_the_next_use(person: User) -> None:
    _, secret = create_token(person, name="backup", lifetime=WEEK)
    User.objects.update(role=Role.NONE)

    assert answers(secret) == 401
    assert not AuthToken.objects.exists()


def test_other_changes_and_a_stronger_digest_end_nothing(person: User, settings: Settings) -> None:
    create_token(person, name="backup", lifetime=WEEK)
    person.theme = "dark"
    person.save()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    before = person.password
    Client().post("/accounts/sign-in/", {"username": "ada", "password": PASSWORD})

    person.refresh_from_db()
    assert person.password != before
    assert AuthToken.objects.count() == 1


def test_somebody_elses_tokens_stay(person: User) -> None:
    _, secret = create_token(UserFactory(), name="backup", lifetime=WEEK)
    change_by_command(person)

    assert answers(secret) == 200


def test_name_and_last_use_are_on_the_page(person: User) -> None:
    client = Client()
    client.force_login(person)
    page = client.post("/accounts/profile/tokens/add/", {"name": "nightly report", "days": 30})
    secret = page.context["new_token"]
    assert "nightly report" in page.content.decode()
    assert "never" in page.content.decode()

    answers(secret)

    used = TokenDetails.objects.get().last_used_at
    assert used is not None
    assert timezone.now() - used < timedelta(minutes=1)
    answers(secret)
    assert TokenDetails.objects.get().last_used_at == used, "once a minute is enough"


def test_a_token_of_an_older_version_has_no_name_and_is_remembered_all_the_same(
    person: User,
) -> None:
    _, secret = AuthToken.objects.create(user=person)
    client = Client()
    client.force_login(person)
    assert "no name" in client.get("/accounts/profile/").content.decode()

    assert answers(secret) == 200
    assert TokenDetails.objects.get().last_used_at is not None


def test_a_token_without_a_name_is_not_made(person: User) -> None:
    client = Client()
    client.force_login(person)
    page = client.post("/accounts/profile/tokens/add/", {"name": "", "days": 30})

    assert "Enter a name for the token." in page.content.decode()
    assert not AuthToken.objects.exists()


def test_without_a_role_no_token_is_made_or_offered(outsider: Client) -> None:
    answer = outsider.post("/accounts/profile/tokens/add/", {"name": "x", "days": 30})

    assert answer.status_code == 403
    assert not AuthToken.objects.exists()
    assert "Create token" not in outsider.get("/accounts/profile/").content.decode()


def test_the_api_takes_a_name(person: User) -> None:
    typed = {"username": "ada", "password": PASSWORD, "name": "nightly report"}
    APIClient().post("/api/v1/auth/token/", typed, format="json")

    assert TokenDetails.objects.get().name == "nightly report"


@pytest.mark.parametrize("header", [b"Token \xff\xfe", b"Token a\x00b", b"Token", b"Token a b"])
def test_what_is_no_token_is_refused(header: bytes) -> None:
    answer = APIClient().get("/api/v1/pools/", HTTP_AUTHORIZATION=header.decode("latin1"))

    assert answer.status_code == 401


def test_the_commands_password_change_ends_tokens(
    person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_token(person, name="backup", lifetime=WEEK)
    monkeypatch.setattr("getpass.getpass", lambda **_: NEW)
    call_command("changepassword", "ada", stdout=StringIO())

    assert not AuthToken.objects.exists()
