"""What a person sets for themselves: profile, theme, password, API tokens."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client
from knox.models import AuthToken

from console.accounts.models import User
from console.accounts.roles import Role
from tests.factories import PASSWORD, OperationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return UserFactory(username="ada", helpdesk=True)


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_times_are_shown_in_the_persons_own_zone(client: Client) -> None:
    client.post("/accounts/profile/", {"time_zone": "Asia/Tokyo", "theme": "dark"})

    page = client.get("/accounts/profile/").content.decode()
    assert 'data-time-zone="Asia/Tokyo"' in page
    assert 'data-theme="dark"' in page


def test_an_hour_on_a_page_is_the_persons_own() -> None:
    administrator = UserFactory(time_zone="Asia/Tokyo")
    operation = OperationFactory()
    operation.asked_at = operation.asked_at.replace(hour=12, minute=34)
    operation.save()
    client = Client()
    client.force_login(administrator)

    assert "21:34" in client.get(f"/operations/{operation.pk}/").content.decode()


def test_a_zone_that_does_not_exist_is_refused(client: Client, person: User) -> None:
    page = client.post("/accounts/profile/", {"time_zone": "Mars/Olympus", "theme": ""})

    assert "Nothing was saved" in page.content.decode()
    person.refresh_from_db()
    assert person.time_zone == "UTC"


def test_nobody_gives_themselves_a_role(client: Client, person: User) -> None:
    client.post(
        "/accounts/profile/",
        {"time_zone": "UTC", "theme": "", "role": "administrator", "is_superuser": "on"},
    )

    person.refresh_from_db()
    assert person.effective_role == Role.HELPDESK


def test_the_theme_is_kept_without_a_new_page(client: Client, person: User) -> None:
    response = client.post(
        "/accounts/profile/theme/", {"theme": "dark"}, headers={"HX-Request": "true"}
    )

    assert response.status_code == HTTPStatus.NO_CONTENT
    person.refresh_from_db()
    assert person.theme == "dark"


def test_a_theme_that_does_not_exist_changes_nothing(client: Client, person: User) -> None:
    client.post("/accounts/profile/theme/", {"theme": "neon"})

    person.refresh_from_db()
    assert person.theme == ""


def test_a_changed_password_keeps_this_session(client: Client) -> None:
    new = "seven quiet boats at noon"
    client.post(
        "/accounts/profile/password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert client.get("/accounts/profile/").status_code == HTTPStatus.OK
    assert User.objects.get().check_password(new)


def test_a_token_is_shown_once_and_works(client: Client) -> None:
    response = client.post("/accounts/profile/tokens/add/", {"name": "backup", "days": 30})
    secret = response.context["new_token"]

    assert secret in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert secret not in client.get("/accounts/profile/").content.decode()
    assert AuthToken.objects.get().token_key == secret[:15]


def test_a_lifetime_that_was_not_offered_makes_no_token(client: Client) -> None:
    client.post("/accounts/profile/tokens/add/", {"name": "backup", "days": 99_999})

    assert not AuthToken.objects.exists()


def test_the_twenty_first_token_is_refused(client: Client, person: User) -> None:
    for _ in range(20):
        AuthToken.objects.create(user=person)

    page = client.post(
        "/accounts/profile/tokens/add/", {"name": "backup", "days": 30}
    ).content.decode()

    assert "Revoke one first" in page
    assert AuthToken.objects.count() == 20


def test_a_revoked_token_is_gone(client: Client, person: User) -> None:
    token, _ = AuthToken.objects.create(user=person)

    client.post(f"/accounts/profile/tokens/{token.token_key}/revoke/")

    assert not AuthToken.objects.exists()


def test_nobody_revokes_the_token_of_somebody_else(client: Client) -> None:
    token, _ = AuthToken.objects.create(user=UserFactory())

    response = client.post(f"/accounts/profile/tokens/{token.token_key}/revoke/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert AuthToken.objects.exists()
