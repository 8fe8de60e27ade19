"""Hosts and web addresses are looked at wherever they are entered."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from pools.forms.databases import DatabaseForm
from pools.forms.pools import PoolForm
from pools.forms.servers import ServerForm
from pools.services.databases import create_database
from pools.services.pools import create_pool
from pools.services.servers import register_server, update_server
from tests.factories import (
    CommandProfileFactory,
    DatabaseConfigurationFactory,
    LoginFactory,
    ServerFactory,
)

pytestmark = pytest.mark.django_db

HOSTS = ["a..b", "x" * 64, "sql1\\TRAV", "h1:3306,h2", "http://sql1", "user@sql1"]


@pytest.mark.parametrize("host", HOSTS)
def test_forms_refuse_what_is_no_host(host: str) -> None:
    server = ServerForm({"ssh_host": host, "api_url": "https://trav1.acme.example"})
    database = DatabaseForm({"host": host, "engine": "postgresql"})

    assert "ssh_host" in server.errors
    assert "host" in database.errors
    # What was typed is there again.
    assert server["ssh_host"].value() == host


def test_a_named_instance_gets_its_own_sentence() -> None:
    form = DatabaseForm({"host": "sql1\\TRAV", "engine": "sqlserver", "port": "1433"})
    assert "give the instance's own port" in form.errors["host"][0]


def test_an_instance_name_is_no_further_property() -> None:
    form = DatabaseForm(
        {"host": "sql1", "engine": "sqlserver", "jdbc_properties": "instanceName=TRAV"}
    )
    assert "give the instance's own port" in form.errors["jdbc_properties"][0]


@pytest.mark.parametrize("host", HOSTS)
def test_services_refuse_it_as_well(host: str) -> None:
    """Commands, imports and REST all go through these."""
    with pytest.raises(ValidationError, match="ssh_host"):
        register_server(
            "CN=trav9/O=Acme",
            actor=None,
            profile=CommandProfileFactory(),
            ssh_host=host,
            ssh_login=LoginFactory(),
            api_url="https://trav9.acme.example",
            api_login=LoginFactory(),
        )
    with pytest.raises(ValidationError):
        update_server(ServerFactory(), actor=None, ssh_host=host)
    with pytest.raises(ValidationError, match="host"):
        create_database(
            "db",
            actor=None,
            engine="postgresql",
            host=host,
            port=5432,
            database_name="traveler",
            username="lnt",
            password="geheim",
        )


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://ada:geheim@trav1.acme.example", "without a user name and password"),
        ("https://ada@trav1.acme.example", "without a user name and password"),
        ("https://trav1.acme.example:99999", "cannot be read"),
    ],
)
def test_an_address_holds_no_login(address: str, reason: str) -> None:
    server = ServerForm({"api_url": address, "external_url": address, "ssh_host": "trav1"})
    pool = PoolForm({"external_url": address})

    for form, name in ((server, "api_url"), (server, "external_url"), (pool, "external_url")):
        said = " ".join(map(str, form.errors[name]))
        assert reason in said or "valid URL" in said
        assert "geheim" not in said
    with pytest.raises(ValidationError) as refused:
        create_pool("P", actor=None, external_url=address, database=DatabaseConfigurationFactory())
    assert "geheim" not in str(refused.value)
