"""Forms over rows: secrets go one way, nothing else that was typed is lost."""

from __future__ import annotations

from dataclasses import replace

import asyncssh
import pytest
from django.http import QueryDict

from pools.databases.engines import ENGINES
from pools.forms.databases import DatabaseForm
from pools.forms.logins import LoginForm
from pools.forms.pools import PoolForm
from pools.forms.profiles import CommandProfileForm
from pools.forms.rows import TYPE_AGAIN
from pools.forms.servers import ServerForm
from pools.models import Login
from tests.factories import (
    CommandProfileFactory,
    DatabaseConfigurationFactory,
    LoginFactory,
    ServerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def typed(**values: object) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({name: str(value) for name, value in values.items()})
    return data


def test_a_secret_is_asked_for_once_and_optional_afterwards() -> None:
    assert LoginForm().fields["password"].help_text == ""
    assert "Leave it empty" in LoginForm(instance=LoginFactory()).fields["password"].help_text
    assert DatabaseForm().fields["password"].required


def test_a_stored_secret_is_never_rendered() -> None:
    login = LoginFactory(private_key="-----BEGIN OPENSSH PRIVATE KEY-----")

    assert "secret-of-a-login" not in LoginForm(instance=login).as_p()
    assert "BEGIN OPENSSH" not in LoginForm(instance=login).as_p()


def test_a_login_needs_some_secret() -> None:
    form = LoginForm(typed(name="n", username="u"))

    assert form.non_field_errors() == ["Give a password, a private key, or both."]


def test_a_stored_secret_is_enough_when_the_name_changes() -> None:
    login = LoginFactory()
    form = LoginForm(typed(name="New", username="u"), instance=login)

    assert form.is_valid()
    form.keep(actor=UserFactory())
    login = Login.objects.get(pk=login.pk)
    assert (login.name, login.password) == ("New", "secret-of-a-login")


@pytest.mark.parametrize("key", ["hello", "-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense"])
def test_what_is_not_a_private_key_is_refused_in_words(key: str) -> None:
    form = LoginForm(typed(name="n", username="u", private_key=key))

    assert "This is not a private key" in form.errors["private_key"][0]
    assert form.retyped == TYPE_AGAIN


def test_a_key_with_a_passphrase_says_how_to_remove_it() -> None:
    plain = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    key = plain.export_private_key("pkcs8-pem", passphrase="open")
    form = LoginForm(typed(name="n", username="u", private_key=key.decode()))

    assert "has a passphrase" in form.errors["private_key"][0]


def test_a_refused_form_without_a_secret_says_nothing_of_secrets() -> None:
    assert LoginForm(typed(name="n")).retyped == ""


@pytest.mark.parametrize("name", ["trav1", "trav1/Acme", "CN=trav1", "CN=/O=Acme"])
def test_a_server_needs_its_whole_canonical_name(name: str) -> None:
    form = ServerForm(typed(domino_name=name))

    assert "canonical name" in form.errors["domino_name"][0]


def test_an_address_without_a_scheme_is_https() -> None:
    form = ServerForm(typed(api_url="trav1.acme.example"), instance=ServerFactory())
    form.is_valid()

    assert form.cleaned_data["api_url"] == "https://trav1.acme.example"


def test_the_form_never_changes_the_row_that_it_was_given() -> None:
    server = ServerFactory(note="old")
    ServerForm(typed(note="new"), instance=server).is_valid()

    assert server.note == "old"


def test_a_certificate_has_to_be_one() -> None:
    form = PoolForm(typed(name="n", ca_certificate="-----BEGIN CERTIFICATE-----\nno"))

    assert "not a certificate" in form.errors["ca_certificate"][0]


@pytest.fixture
def no_db2(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = replace(ENGINES["db2"], drivers=("a_driver_nobody_has",))
    monkeypatch.setitem(ENGINES, "db2", nowhere)


@pytest.mark.usefixtures("no_db2")
def test_an_engine_without_a_driver_cannot_be_chosen() -> None:
    form = DatabaseForm(typed(engine="db2"))

    assert "cannot be chosen yet" in form.errors["engine"][0]


@pytest.mark.usefixtures("no_db2")
def test_an_engine_without_a_driver_is_shown_disabled_with_the_reason() -> None:
    shown = str(DatabaseForm()["engine"])

    assert '<option value="db2" disabled>Db2 (a_driver_nobody_has cannot be loaded' in shown
    assert "pip install ibm_db_django" in shown
    assert shown.count("disabled") == 1


@pytest.mark.usefixtures("no_db2")
def test_the_engine_a_database_has_stays_choosable() -> None:
    row = DatabaseConfigurationFactory(engine="db2")

    assert '<option value="db2" selected>' in str(DatabaseForm(instance=row)["engine"])
    assert "engine" not in DatabaseForm(typed(engine="db2"), instance=row).errors


def test_our_own_engine_is_distinguished_from_the_vendor_s() -> None:
    assert "no vendor page names it" in str(DatabaseForm()["engine"])


@pytest.mark.parametrize(
    "template", ["{data}/x", "tell traveler quit", 'domino cmd "{command}" {lines}']
)
def test_known_placeholders_are_fine(template: str) -> None:
    profile = CommandProfileFactory.build()
    data = {name: getattr(profile, name) for name in CommandProfileForm().fields}
    form = CommandProfileForm(typed(**{**data, "notes_ini": template}))

    assert "notes_ini" not in form.errors


@pytest.mark.parametrize("template", ["{data", "}", "{0}", "{data!r}", "{data:>9}"])
def test_a_broken_template_is_refused(template: str) -> None:
    profile = CommandProfileFactory.build()
    data = {name: getattr(profile, name) for name in CommandProfileForm().fields}
    form = CommandProfileForm(typed(**{**data, "notes_ini": template}))

    assert form.errors["notes_ini"]
