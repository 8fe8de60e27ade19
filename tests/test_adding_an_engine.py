"""An engine is one folder and one line in each of two registries: a toy engine that is registered
here appears everywhere, and one that is taken out is nowhere."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from migrations_ui.forms.new_database import NewDatabaseForm
from migrations_ui.transfer.engines import LOADERS, open_target
from migrations_ui.transfer.engines.offered import why_no_migration_into
from pools.checks.database import run_checks
from pools.databases.address import require_engine
from pools.databases.connection import DatabaseLogin
from pools.databases.engines import ENGINES
from pools.databases.errors import WrongEngine
from pools.databases.jdbc import JdbcUrl, parse_jdbc_url
from pools.databases.jdbc_form import NotJdbc
from pools.databases.scratch import may_create_scratch, scratch_grant, scratch_login
from pools.forms.engines import EngineField
from pools.models import DatabaseConfiguration
from pools.services.schema_kits import kit_of, kit_options_for
from pools.states import TlsMode
from tests.factories import DatabaseConfigurationFactory, UserFactory
from tests.people import client_of
from tests.toy_engine import ENGINE

TARGET = "tests.migrations_ui.transfer.engines.sqlite_engine"
ROW = {
    "name": "Toys EU",
    "engine": "toy",
    "host": "db.acme.example",
    "port": 7777,
    "database_name": "traveler",
    "username": "lntuser",
    "password": "secret-of-a-toy",
}


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two lines."""
    monkeypatch.setitem(ENGINES, ENGINE.key, ENGINE)
    monkeypatch.setitem(LOADERS, ENGINE.key, TARGET)


@pytest.fixture
def rest(db: None, monkeypatch: pytest.MonkeyPatch) -> APIClient:
    monkeypatch.setattr("celery.current_app.send_task", lambda *args, **kwargs: None)
    client = APIClient()
    client.force_authenticate(UserFactory(username="admin"))
    return client


@contextmanager
def toy_server() -> Iterator[int]:
    """A port where a toy greets whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            while True:
                try:
                    peer, _address = listener.accept()
                except OSError:
                    return
                with peer:
                    peer.sendall(b"TOY 3.0\n")

        thread = threading.Thread(target=greet)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture
def login(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[DatabaseLogin]:
    with toy_server() as port, django_db_blocker.unblock():
        yield DatabaseLogin("toy", "127.0.0.1", port, str(tmp_path / "toy.db"), "lntuser", "")


def choices(field: object) -> set[str]:
    assert isinstance(field, EngineField)
    return {value for value, _label in field.listed()}


@pytest.mark.django_db
def test_a_person_may_choose_it_on_both_forms() -> None:
    browser = client_of(UserFactory(username="administrator"))
    assert 'value="toy"' in browser.get(reverse("pools:database_add")).text
    assert "toy" in choices(NewDatabaseForm().fields["engine"])


def test_rest_lists_it_and_takes_it(rest: APIClient) -> None:
    listed = {each["engine"]: each for each in rest.get(reverse("engine-list")).json()}
    assert listed["toy"]["name"] == "Toy"
    assert listed["toy"]["why_not"] == ""

    answer = rest.post(reverse("databaseconfiguration-list"), ROW, format="json")

    assert answer.status_code == 201, answer.content
    row = DatabaseConfiguration.objects.get()
    assert row.get_engine_display() == "Toy"
    assert row.jdbc_url.startswith("jdbc:toy://db.acme.example:7777/traveler")


def test_the_schema_of_the_api_has_it(tmp_path: Path) -> None:
    target = tmp_path / "schema.yml"
    call_command("spectacular", "--file", str(target))
    components = yaml.safe_load(target.read_text())["components"]["schemas"]
    enums = [each["enum"] for each in components.values() if "sqlserver" in each.get("enum", ())]
    assert enums
    assert all("toy" in enum for enum in enums)


@pytest.mark.django_db
def test_no_django_migration_is_needed() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_its_jdbc_addresses_are_read_and_written() -> None:
    url = JdbcUrl("toy", "db", 7777, "traveler", ENGINE.jdbc.tls[TlsMode.VERIFIED])
    assert str(url) == "jdbc:toy://db:7777/traveler?toyTls=verified"
    assert parse_jdbc_url("jdbc:toy://db/traveler?toyTls=verified") == url


def test_its_servers_are_recognised(login: DatabaseLogin) -> None:
    require_engine("toy", login.host, login.port)
    with pytest.raises(WrongEngine, match="is not PostgreSQL: Toy answers there"):
        require_engine("postgresql", login.host, login.port)


def test_its_databases_are_checked(login: DatabaseLogin) -> None:
    report = run_checks(login)
    version, copy = report.line("version"), report.line("availability")

    assert report.passed
    assert version is not None
    assert "Toy 3.0 or newer is needed by this test" in version.seen
    assert copy is not None
    assert copy.seen == "Toys come in pairs."


def test_a_rehearsal_has_its_statements(login: DatabaseLogin) -> None:
    assert may_create_scratch(login, "lg_rehearsal_1")
    assert scratch_grant(login) == 'GRANT TOYS TO "lntuser"'
    assert scratch_login(login, "lg_rehearsal_1").schema == "lg_rehearsal_1"


@pytest.mark.django_db
def test_a_dba_gets_its_files() -> None:
    configuration = DatabaseConfigurationFactory(engine="toy", database_name="toys")
    files = kit_of(configuration, new=kit_options_for(configuration), traveler_login="lnt")
    texts = {file.name: file.text for file in files}

    assert "CREATE TOY toys;" in texts["1-create-database.sql"]
    assert 'CREATE TABLE "users"' in texts["2-create-tables.sql"]
    assert "toysql 4-grants.sql" in texts["4-grants.sql"]


def test_servers_are_migrated_into_it(
    login: DatabaseLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert why_no_migration_into("toy") == ""
    with open_target(login) as target:
        assert target.introspection.table_names() == frozenset()

    monkeypatch.delitem(LOADERS, "toy")
    assert "into Toy yet" in why_no_migration_into("toy")


def test_an_engine_without_its_line_is_nowhere(
    rest: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ENGINES, "mysql")

    assert "mysql" not in choices(EngineField())
    assert "mysql" not in {each["engine"] for each in rest.get(reverse("engine-list")).json()}
    body = ROW | {"engine": "mysql"}
    refused = rest.post(reverse("databaseconfiguration-list"), body, format="json")
    assert refused.status_code == 400
    with pytest.raises(NotJdbc, match="those begin"):
        parse_jdbc_url("jdbc:mysql://db/traveler")
