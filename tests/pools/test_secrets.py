"""A secret under a key that is gone is an error in words, and never its ciphertext."""

from __future__ import annotations

import copy
import threading
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from encrypted_fields.fields import EncryptedTextField
from pytest_django import Settings

from console.encryption import WrongKey, decrypt, encrypt
from console.settings.environment import fernet_keys
from pools.databases.errors import DatabaseError
from pools.forms.logins import LoginForm
from pools.gateways.errors import GatewayError
from pools.models import DatabaseConfiguration, Login
from pools.models.secret import Sealed, SecretUnreadable, has_secret, holds_secret
from pools.services.databases import check_database, update_database
from pools.services.health import sweep_health
from pools.services.key_rotation import secret_fields
from pools.services.logins import update_login
from pools.services.schema_levels import read_level
from tests.factories import (
    DatabaseConfigurationFactory,
    LoginFactory,
    ServerFactory,
)
from tests.people import administrator

__all__ = ["administrator"]

pytestmark = pytest.mark.django_db

SECRET = "the-password-of-trav-1"


@pytest.fixture
def another_key(settings: Settings) -> None:
    """Rows that were there before somebody changed SECRET_KEY."""
    LoginFactory(name="trav", password=SECRET)
    settings.SECRET_KEY = "another key that nobody wrote down anywhere"


def stored_password() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM pools_login")
        return str(cursor.fetchone()[0])


def test_the_ciphertext_is_never_the_password(another_key: None) -> None:
    login = Login.objects.get()

    with pytest.raises(SecretUnreadable) as caught:
        _ = login.password

    words = str(caught.value)
    assert "password of the login “trav”" in words
    assert f"no. {login.pk}" in words
    assert "Put the former key back" in words
    assert "enter it again" in words
    assert stored_password() not in words


def test_neither_is_it_in_values(another_key: None) -> None:
    (value,) = Login.objects.values_list("password", flat=True)

    assert isinstance(value, Sealed)
    assert "gAAAA" not in f"{value} {value!r}"


def test_who_expects_a_host_or_a_database_to_fail_expects_this(another_key: None) -> None:
    assert issubclass(SecretUnreadable, GatewayError)
    assert issubclass(SecretUnreadable, DatabaseError)


def test_a_row_is_saved_without_its_secret_being_read(another_key: None) -> None:
    before = stored_password()
    login = Login.objects.get()
    login.username = "other"
    login.save()

    assert stored_password() == before


def test_a_new_secret_can_be_entered_for_one_that_cannot_be_read(another_key: None) -> None:
    login = Login.objects.get()
    form = LoginForm(
        {"name": "trav", "username": "notes", "password": "new", "private_key": ""},
        instance=login,
    )
    assert form.is_valid(), form.errors
    update_login(login, actor=None, **form.cleaned_data)

    assert Login.objects.get().password == "new"


def test_a_databases_password_can_be_replaced_as_well(settings: Settings) -> None:
    database = DatabaseConfigurationFactory(password=SECRET)
    settings.SECRET_KEY = "another key that nobody wrote down anywhere"
    database = DatabaseConfiguration.objects.get(pk=database.pk)

    update_database(database, actor=None, password="new")

    assert DatabaseConfiguration.objects.get().password == "new"


def test_a_check_says_it(settings: Settings) -> None:
    database = DatabaseConfigurationFactory(password=SECRET)
    settings.SECRET_KEY = "another key that nobody wrote down anywhere"
    database = DatabaseConfiguration.objects.get(pk=database.pk)
    (finding,) = check_database(database)
    read_level(database)

    assert "cannot be decrypted" in finding.seen
    assert not finding.passed
    database.refresh_from_db(fields=["schema_level_failure"])
    assert "cannot be decrypted" in database.schema_level_failure


def test_one_such_login_stops_no_sweep(settings: Settings) -> None:
    server = ServerFactory(api_login=LoginFactory(name="trav", password=SECRET))
    settings.SECRET_KEY = "another key that nobody wrote down anywhere"

    sweep_health()

    server.refresh_from_db(fields=["failure"])
    assert "cannot be decrypted" in server.failure


def test_pages_that_read_no_secret_are_shown(another_key: None, administrator: Client) -> None:
    login = Login.objects.get()
    for address in ("/logins/", f"/logins/{login.pk}/", "/api/v1/logins/"):
        assert administrator.get(address).status_code == 200, address


def test_a_copy_and_a_new_row_hold_text() -> None:
    login = copy.copy(LoginFactory(password=SECRET))

    assert login.password == SECRET
    assert has_secret(login, "password")
    assert not has_secret(login, "private_key")
    assert holds_secret(Login.objects.get(), "password", SECRET)


def test_validating_one_row_leaves_others_decrypted(settings: Settings) -> None:
    """The field of the library was switched to ciphertext for all threads meanwhile."""
    LoginFactory(password=SECRET)
    field = Login._meta.get_field("password")
    seen = []

    class Slow(str):
        def __len__(self) -> int:
            thread = threading.Thread(
                target=lambda: seen.append(field.from_db_value(encrypt(SECRET), None, None))
            )
            thread.start()
            thread.join()
            return super().__len__()

    field.clean(Slow("typed"), None)
    field.from_db_value(encrypt(SECRET), None, None)
    assert all(isinstance(value, Sealed) for value in seen)


def test_what_older_versions_encrypted_is_read(settings: Settings) -> None:
    class Older(EncryptedTextField):  # type: ignore[misc]
        pass

    assert decrypt(Older().get_prep_value(SECRET)) == SECRET


def test_the_first_key_encrypts_and_all_decrypt(settings: Settings) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    derived = encrypt(SECRET)
    settings.SECRET_ENCRYPTION_KEYS = [old]
    by_old = encrypt(SECRET)
    settings.SECRET_ENCRYPTION_KEYS = [new, old]
    by_new = encrypt(SECRET)

    assert [decrypt(token) for token in (derived, by_old, by_new)] == [SECRET] * 3
    settings.SECRET_ENCRYPTION_KEYS = [new]
    settings.SECRET_KEY = "another key that nobody wrote down anywhere"
    assert decrypt(by_new) == SECRET
    for gone in (derived, by_old, "no ciphertext", ""):
        with pytest.raises(WrongKey):
            decrypt(gone)


def test_a_former_secret_key_still_decrypts(settings: Settings) -> None:
    token = encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that nobody wrote down anywhere"

    assert decrypt(token) == SECRET


def test_what_is_no_key_stops_the_start_and_is_not_shown() -> None:
    good = Fernet.generate_key().decode()
    with pytest.raises(ImproperlyConfigured, match="Key 2 in SECRET_ENCRYPTION_KEYS") as caught:
        fernet_keys([good, "not-a-key-but-secret"])

    assert "not-a-key-but-secret" not in str(caught.value)


def rotate(*options: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *options, stdout=out)
    return out.getvalue()


def test_rotation_encrypts_everything_once_and_prints_counts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pools.services.key_rotation.BATCH", 2)
    for number in range(5):
        LoginFactory(password=f"{SECRET}-{number}")
    settings.SECRET_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    assert "pools.Login.password: 5 to encrypt, 0 current, 0 unreadable" in rotate("--dry-run")
    printed = rotate()
    assert "pools.Login.password: 5 encrypted, 0 current, 0 unreadable" in printed
    assert "pools.Login.private_key: 0 encrypted, 0 current, 0 unreadable" in printed
    assert SECRET not in printed
    settings.SECRET_KEY = "another key that nobody wrote down anywhere"
    assert {login.password for login in Login.objects.all()} == {
        f"{SECRET}-{number}" for number in range(5)
    }
    assert "pools.Login.password: 0 encrypted, 5 current, 0 unreadable" in rotate()


def test_rotation_names_the_rows_that_no_key_decrypts(another_key: None) -> None:
    LoginFactory(name="readable", password=SECRET)
    before = Login.objects.get(name="trav")
    with pytest.raises(CommandError, match=rf"pools.Login.password of no. {before.pk}\."):
        rotate()


def test_rotation_finds_every_secret_field() -> None:
    assert {f"{model._meta.label}.{field.name}" for model, field in secret_fields()} == {
        "pools.Login.password",
        "pools.Login.private_key",
        "pools.DatabaseConfiguration.password",
        "pools.DatabaseConfiguration.new_password",
        "migrations_ui.Migration.derby_boot_password",
        "migrations_ui.Migration.derby_password",
    }


def test_a_new_key_is_printed() -> None:
    assert fernet_keys([rotate("--new-key").strip()])


def test_a_page_that_needs_the_secret_says_so(
    another_key: None, administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_it(*args: object, **kwargs: object) -> object:
        return Login.objects.get().password

    monkeypatch.setattr("pools.views.logins.render", read_it)
    answer = administrator.get("/logins/")

    assert answer.status_code == 503
    assert "cannot be decrypted" in answer.content.decode()


def test_a_row_is_read_again_though_a_secret_of_it_cannot_be_decrypted(another_key: None) -> None:
    login = Login.objects.get()
    Login.objects.update(name="renamed")

    login.refresh_from_db()

    assert login.name == "renamed"
    with pytest.raises(SecretUnreadable):
        _ = login.password


def test_a_secret_that_was_left_out_is_decrypted_when_it_is_read() -> None:
    LoginFactory(password=SECRET)
    login = Login.objects.defer("password").get()
    assert login.password == SECRET
    login.refresh_from_db()
    assert login.password == SECRET
