"""A client that is generated from the schema calls every endpoint, and understands each answer."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest
import yaml
from celery import Celery
from django.core.files.base import ContentFile
from django.core.management import call_command
from knox.models import AuthToken
from pytest_django.live_server_helper import LiveServer

from migrations_ui.models import Migration
from migrations_ui.states import MigrationStatus
from tests.factories import (
    PASSWORD,
    AuditEntryFactory,
    CommandProfileFactory,
    DatabaseConfigurationFactory,
    DeviceFactory,
    LoginFactory,
    OperationFactory,
    PoolFactory,
    PoolMemberFactory,
    ReadingFactory,
    ServerFactory,
    StatusChangeFactory,
    TravelerUserFactory,
    UserFactory,
)
from tests.migrations_ui.factories import (
    ConflictFactory,
    FindingFactory,
    MigrationFactory,
    MismatchFactory,
    RejectFactory,
)

PACKAGE = "lifeguard_client"
# Answers that are files go through as bytes; the generator has no other use for the type.
CONFIGURATION = {
    "content_type_overrides": {"application/zip": "application/octet-stream"},
    "post_hooks": [],
}
S = MigrationStatus
Arguments = Callable[[], dict[str, Any]]


def of(make: Callable[..., Any], **facts: Any) -> Arguments:
    """The id of a new object, and a body where one is given."""
    body = facts.pop("body", None)
    return lambda: {"id": make(**facts).pk} | ({} if body is None else {"body": body})


def of_part(make: Callable[..., Any]) -> Arguments:
    """The id of the migration that a new part belongs to."""
    return lambda: {"id": make().migration_id}


def named(make: Callable[..., Any], **facts: Any) -> Arguments:
    """The id of an object of a server, and the server's name as a body."""

    def arguments() -> dict[str, Any]:
        made = make(**facts)
        server = made.server if isinstance(made, Migration) else made
        return {"id": made.pk, "body": {"typed_name": server.short_name}}

    return arguments


def at_gate() -> Migration:
    migration: Migration = MigrationFactory(at_gate=True, source_sha256="0" * 64)
    return migration


def a_reject(**body: Any) -> Arguments:
    def arguments() -> dict[str, Any]:
        reject = RejectFactory(migration=at_gate(), column="note", row_number=7)
        return {"id": reject.migration_id, "reject_pk": reject.pk, "body": body}

    return arguments


def new_server() -> dict[str, Any]:
    login = LoginFactory()
    return {
        "body": {
            "domino_name": "CN=new/O=Acme",
            "profile": CommandProfileFactory().pk,
            "ssh_host": "new.acme.example",
            "ssh_login": login.pk,
            "api_url": "https://new.acme.example",
            "api_login": login.pk,
            "login_passwords": {login.name: login.password},
        }
    }


def new_pool() -> dict[str, Any]:
    address = "https://new.acme.example"
    database = DatabaseConfigurationFactory().pk
    return {"body": {"name": "New", "external_url": address, "database": database}}


def all_of(make: Callable[[], object]) -> Arguments:
    """A list that is not empty."""

    def arguments() -> dict[str, Any]:
        make()
        return {}

    return arguments


CALLS: dict[str, Arguments] = {
    "audit_list": all_of(AuditEntryFactory),
    "auth_sign_out_create": dict,
    "auth_sign_out_everywhere_create": dict,
    "auth_token_create": lambda: {
        "body": {"username": UserFactory().username, "password": PASSWORD}
    },
    "databases_list": all_of(DatabaseConfigurationFactory),
    "databases_create": lambda: {
        "body": {
            "name": "New",
            "engine": "postgresql",
            "host": "db.acme.example",
            "port": 5432,
            "database_name": "traveler",
            "username": "lnt",
            "password": "secret-of-a-client",
        }
    },
    "databases_retrieve": of(DatabaseConfigurationFactory),
    "databases_partial_update": of(DatabaseConfigurationFactory, body={"schema_mode": "manual"}),
    "databases_check_create": of(DatabaseConfigurationFactory),
    "databases_read_level_create": of(DatabaseConfigurationFactory),
    "databases_schema_kit_retrieve": of(DatabaseConfigurationFactory),
    "devices_list": all_of(DeviceFactory),
    "devices_retrieve": of(DeviceFactory),
    "engines_list": dict,
    "logins_list": all_of(LoginFactory),
    "logins_create": lambda: {"body": {"name": "New", "username": "lnt", "password": "secret"}},
    "logins_retrieve": of(LoginFactory),
    "logins_partial_update": of(LoginFactory, body={"username": "domino"}),
    "look_up": lambda: {"q": DeviceFactory().device_id},
    "migrations_list": all_of(MigrationFactory),
    "migrations_create": lambda: {
        "body": {"server": ServerFactory().pk, "pool": PoolFactory().pk, "kind": "rehearsal"}
    },
    "migrations_retrieve": of(MigrationFactory),
    "migrations_cancel_create": of(MigrationFactory),
    "migrations_check_create": of(MigrationFactory),
    "migrations_chunk_size_create": of(MigrationFactory, body={"chunk_rows": 9_000}),
    "migrations_confirm_create": named(MigrationFactory, at_gate=True),
    "migrations_conflicts_retrieve": of_part(ConflictFactory),
    "migrations_corrections_list": of(MigrationFactory),
    "migrations_derby_login_create": of(MigrationFactory, body={"user": "sa"}),
    "migrations_events_list": of(MigrationFactory, lines=["one", "two"]),
    "migrations_findings_list": of_part(FindingFactory),
    "migrations_mismatches_list": of_part(MismatchFactory),
    "migrations_migrate_create": of(MigrationFactory, rehearsed=True),
    "migrations_pause_create": of(MigrationFactory, copying=True),
    "migrations_policy_create": of(MigrationFactory, body={"conflict_policy": "pool"}),
    "migrations_purge_create": named(MigrationFactory, finished=True),
    "migrations_rate_limit_create": of(MigrationFactory, body={"rows_per_second": None}),
    "migrations_rejects_list": of_part(RejectFactory),
    "migrations_rejects_correct_create": a_reject(value="short"),
    "migrations_rejects_skip_create": a_reject(note="A test account."),
    "migrations_report_retrieve": of(MigrationFactory, finished=True),
    "migrations_resume_create": of(MigrationFactory, copying=True, status=S.PAUSED),
    "migrations_retained_retrieve": of(MigrationFactory, finished=True),
    "migrations_retry_create": of(MigrationFactory, broken=True),
    "migrations_roll_back_create": named(MigrationFactory, finished=True),
    "migrations_snapshot_retrieve": of(MigrationFactory, copying=True, lines=["one"]),
    "migrations_start_create": of(MigrationFactory, status=S.READY),
    "migrations_values_create": of(MigrationFactory, body={"nul": "convert"}),
    "migrations_verification_create": of(at_gate, body={"kind": "verify"}),
    "migrations_verifications_list": of(MigrationFactory),
    "operations_list": all_of(OperationFactory),
    "operations_create": lambda: {"body": {"server": ServerFactory().pk, "kind": "status"}},
    "operations_retrieve": of(OperationFactory),
    "operations_archive_retrieve": lambda: {
        "id": OperationFactory(archive=ContentFile(b"logs", "logs.zip")).pk
    },
    "pools_list": all_of(PoolFactory),
    "pools_create": new_pool,
    "pools_retrieve": of(PoolFactory),
    "pools_partial_update": of(PoolFactory, body={"name": "Renamed"}),
    "pools_membership_retrieve": lambda: {"id": PoolMemberFactory().pool_id},
    "profiles_list": all_of(CommandProfileFactory),
    "profiles_create": lambda: {"body": {"name": "New"}},
    "profiles_retrieve": of(CommandProfileFactory),
    "profiles_partial_update": of(CommandProfileFactory, body={"data_directory": "/data"}),
    "retained_retrieve": of(DatabaseConfigurationFactory),
    "retained_read_create": of(DatabaseConfigurationFactory),
    "servers_list": all_of(ServerFactory),
    "servers_create": new_server,
    "servers_retrieve": of(ServerFactory),
    "servers_partial_update": of(ServerFactory, body={"note": "On Sunday."}),
    "servers_changes_list": lambda: {"id": StatusChangeFactory().server_id},
    "servers_forget_host_key_create": named(ServerFactory),
    "servers_readings_list": lambda: {"id": ReadingFactory().server_id},
    "servers_retire_create": named(ServerFactory),
    "servers_try_logins_create": of(ServerFactory),
    "users_list": all_of(TravelerUserFactory),
    "users_retrieve": lambda: {"id": DeviceFactory().user_id},
    "users_refresh_create": of(TravelerUserFactory),
}


@dataclass(frozen=True)
class Operation:
    """One operation of the schema and the generated function for it."""

    operation_id: str
    call: Callable[..., Any]
    client: type[Any]

    def arguments(self) -> dict[str, Any]:
        """Of the function: a body becomes one of the client's own objects."""
        given = CALLS[self.operation_id]()
        if "body" in given:
            hint = get_type_hints(self.call)["body"]
            (shape,) = [each for each in get_args(hint) or (hint,) if hasattr(each, "from_dict")]
            given["body"] = shape.from_dict(given["body"])
        return given


@pytest.fixture(scope="session")
def operations(tmp_path_factory: pytest.TempPathFactory) -> list[Operation]:
    """All of the schema, as a package that is generated once: its modules stay imported."""
    place = tmp_path_factory.mktemp("client")
    schema, configuration = place / "schema.yml", place / "configuration.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(schema))
    configuration.write_text(yaml.safe_dump(CONFIGURATION))
    generate(schema, configuration, place / PACKAGE)
    sys.path.insert(0, str(place))
    found = list(_operations(yaml.safe_load(schema.read_text())))
    sys.path.remove(str(place))
    return found


def generate(schema: Path, configuration: Path, output: Path) -> None:
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    paths = {"--path": schema, "--config": configuration, "--output-path": output}
    command += [str(each) for pair in paths.items() for each in pair]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    # A warning is of something that the client leaves out.
    assert (made.returncode, "WARNING" in made.stdout) == (0, False), made.stdout + made.stderr


def _operations(schema: dict[str, Any]) -> list[Operation]:
    client: ModuleType = importlib.import_module(f"{PACKAGE}.client")
    found = []
    for path in schema["paths"].values():
        for operation in path.values():
            name, (tag,) = operation["operationId"], operation["tags"]
            module = importlib.import_module(f"{PACKAGE}.api.{tag}.{name}")
            found.append(Operation(name, module.sync_detailed, client.AuthenticatedClient))
    return found


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Celery, "send_task", lambda *_args, **_options: None)


def test_every_operation_is_called_here(operations: list[Operation]) -> None:
    assert {each.operation_id for each in operations} == set(CALLS)


@pytest.mark.usefixtures("no_broker")
def test_a_generated_client_understands_every_answer(
    live_server: LiveServer, operations: list[Operation]
) -> None:
    person = UserFactory()
    for operation in operations:
        _row, token = AuthToken.objects.create(user=person)
        with operation.client(base_url=live_server.url, token=token, prefix="Token") as client:
            answer = operation.call(client=client, **operation.arguments())
        assert answer.status_code < 300, (operation.operation_id, answer.content)
        assert (answer.parsed is None) == (answer.content == b""), operation.operation_id


def test_it_understands_a_problem(live_server: LiveServer, operations: list[Operation]) -> None:
    (retrieve,) = (each for each in operations if each.operation_id == "servers_retrieve")
    _row, token = AuthToken.objects.create(user=UserFactory())
    with retrieve.client(base_url=live_server.url, token=token, prefix="Token") as client:
        answer = retrieve.call(client=client, id=4711)
    assert (answer.status_code, answer.parsed.code) == (404, "not_found")
    assert answer.parsed.next_step
