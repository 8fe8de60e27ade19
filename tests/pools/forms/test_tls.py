"""TLS where a database is entered: verified by default where an authority is given."""

from __future__ import annotations

from typing import Any

import pytest

from pools.forms.databases import DatabaseForm
from pools.models import DatabaseConfiguration
from pools.states import TlsMode
from tests.authority import Authority
from tests.factories import DatabaseConfigurationFactory

pytestmark = pytest.mark.django_db

CA = Authority("Acme").pem
TYPED = {
    "name": "Acme EU",
    "engine": "postgresql",
    "host": "db.acme.example",
    "port": 5432,
    "database_name": "traveler",
    "username": "lntuser",
    "password": "typed",
    "schema_mode": "automatic",
}


def filled(row: DatabaseConfiguration | None = None, **changes: Any) -> DatabaseForm:
    return DatabaseForm({**TYPED, **changes}, instance=row)


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({}, TlsMode.REQUIRED),
        ({"ca_certificate": CA}, TlsMode.VERIFIED),
        ({"ca_certificate": CA, "tls_mode": "required"}, TlsMode.REQUIRED),
        ({"tls_mode": "off"}, TlsMode.OFF),
        ({"host": "127.0.0.1"}, TlsMode.PREFERRED),
        ({"host": "127.0.0.1", "ca_certificate": CA}, TlsMode.VERIFIED),
    ],
)
def test_what_is_not_chosen_is_safe(changes: dict[str, Any], mode: TlsMode) -> None:
    form = filled(**changes)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["tls_mode"] == mode


def test_a_row_from_before_may_stay_as_it_is_and_is_verified_with_an_authority() -> None:
    row = DatabaseConfigurationFactory()

    assert filled(row, tls_mode="preferred").is_valid()
    form = filled(row, tls_mode="preferred", ca_certificate=CA)
    assert form.is_valid()
    assert form.cleaned_data["tls_mode"] == TlsMode.VERIFIED


def test_nobody_goes_back_to_what_was_not_chosen() -> None:
    row = DatabaseConfigurationFactory(tls_mode=TlsMode.REQUIRED)

    assert list(filled(row, tls_mode="preferred").errors) == ["tls_mode"]


@pytest.mark.parametrize(
    "weaker",
    [
        {"tls_mode": "required"},
        {"tls_mode": "off"},
        {"ca_certificate": Authority("Somebody else").pem},
        {"allow_cleartext": True},
    ],
)
def test_less_protection_takes_the_password_again(weaker: dict[str, Any]) -> None:
    row = DatabaseConfigurationFactory(tls_mode=TlsMode.VERIFIED, ca_certificate=CA.strip())
    stored = {"tls_mode": "verified", "ca_certificate": CA}

    assert filled(row, **{**stored, "password": ""}).is_valid()
    refused = filled(row, **{**stored, **weaker, "password": ""})
    assert list(refused.errors) == ["password"]
    assert "its protection changed" in refused.errors["password"][0]
    assert filled(row, **{**stored, **weaker}).is_valid()


def test_sql_server_is_given_no_authority() -> None:
    form = filled(engine="sqlserver", ca_certificate=CA)

    assert "trusted by the system of each worker" in form.errors["ca_certificate"][0]


def test_what_tls_says_is_not_said_again_among_the_properties() -> None:
    form = filled(jdbc_properties="SSLMODE=disable", tls_mode="verified")

    assert "is entered above, as TLS" in form.errors["jdbc_properties"][0]


def test_a_certificate_has_to_be_one() -> None:
    assert "not a certificate" in filled(ca_certificate="no").errors["ca_certificate"][0]
