"""Every serializer of the API, run on an object of its kind in which nothing is None.

They are found by themselves: a new one without an example fails here.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

import console
import migrations_ui
import pools
from console.accounts.api import tokens
from console.accounts.roles import Role
from console.api.problem_details import problem
from console.api.serializers import ProblemSerializer
from migrations_ui.api.serializers import (
    conflicts,
    migration,
    rejects,
    requests,
    retained,
    snapshot,
    verifications,
)
from migrations_ui.models import Conflict, Migration, Purge, RetainedRows
from migrations_ui.models.table_transfer import RejectedColumn
from migrations_ui.presentation.last_comparison import Comparison
from migrations_ui.presentation.report import MigrationReport
from migrations_ui.presentation.snapshot import CopyProgress, Snapshot
from migrations_ui.progress.outage_clock import OutageClock
from pools.api import editing, engines, lookup, operations, schema_kits, servers
from pools.api.pools import PoolSerializer
from pools.databases.engines import ENGINES
from pools.models import DatabaseConfiguration, Pool, Server
from pools.services.lookup import Match
from tests.factories import UserFactory
from tests.full_rows import NOW, FullRows

pytestmark = pytest.mark.django_db

AnySerializer = type[serializers.BaseSerializer[Any]]


@dataclass(frozen=True)
class Shown:
    """What a serializer is given to show."""

    of: Callable[[FullRows], Any]
    context: Callable[[FullRows], dict[str, Any]] = lambda _rows: {}


@dataclass(frozen=True)
class Taken:
    """What a client sends, every field of it."""

    of: Callable[[FullRows], dict[str, Any]]


def kept_rows(rows: FullRows) -> dict[str, Any]:
    return {
        "database": 1,
        "being_read": True,
        "read_at": NOW,
        "failure": "It could not be read.",
        "tables": [rows.of(RetainedRows)],
        "purged_at": NOW,
        "purge": rows.of(Purge),
        "why_not": "A migration is under way.",
    }


def in_service(rows: FullRows) -> int:
    server: Server = rows.of(Server)
    Server.objects.filter(pk=server.pk).update(retired_at=None)
    return server.pk


def pool_in_service(rows: FullRows) -> Pool:
    """Its mean is one of servers in service."""
    in_service(rows)
    return Pool.objects.get(pk=rows.of(Pool).pk)


def known_migrations(rows: FullRows) -> dict[str, Any]:
    return {"migrations": {rows.of(RetainedRows).run_id: rows.of(Migration).pk}}


ACTION = {"name": "pause", "title": "Pause", "url": "/api/v1/", "body": {"typed_name": "text"}}
PROBLEM = problem(400, "validation_failed", "Not valid.", errors={"port": ["Not a number."]})
POSTGRESQL = ENGINES["postgresql"]
EXAMPLES: dict[AnySerializer, Shown | Taken] = {
    tokens.CredentialsSerializer: Taken(lambda _: {"username": "ada", "password": "secret"}),
    tokens.TokenSerializer: Shown(
        lambda _: {"token": "secret", "expiry": NOW, "role": Role.HELPDESK}
    ),
    ProblemSerializer: Shown(lambda _: PROBLEM),
    engines.EngineSerializer: Shown(lambda _: POSTGRESQL),
    engines.MinimumSerializer: Shown(lambda _: POSTGRESQL.minimums[0]),
    lookup.QuestionSerializer: Taken(lambda _: {"q": "ada", "limit": 3}),
    lookup.MatchSerializer: Shown(lambda rows: rows.full(Match)),
    operations.NewOperationSerializer: Taken(
        lambda rows: {"server": in_service(rows), "kind": "hadr_show", "typed_name": "text"}
    ),
    PoolSerializer: Shown(pool_in_service),
    schema_kits.SchemaLevelSerializer: Shown(lambda rows: rows.of(DatabaseConfiguration)),
    servers.TypedNameSerializer: Taken(lambda _: {"typed_name": "trav1"}),
    conflicts.WaitSerializer: Shown(lambda _: {"detail": "Ask again."}),
    conflicts.FetchedConflictsSerializer: Shown(
        lambda rows: {"count": 1, "next": "/2", "previous": "/1", "results": [rows.of(Conflict)]}
    ),
    retained.RetainedRowsSerializer: Shown(lambda rows: rows.of(RetainedRows), known_migrations),
    retained.RetainedSerializer: Shown(kept_rows, known_migrations),
    retained.RetainedByMigrationSerializer: Shown(kept_rows, known_migrations),
    migration.ActionSerializer: Shown(lambda _: ACTION),
    migration.MigrationProblemSerializer: Shown(
        lambda _: PROBLEM | {"held_by": 3, "actions": [ACTION]}
    ),
    verifications.NewVerificationSerializer: Taken(
        lambda _: {"kind": "repair", "mismatches": [1, 2]}
    ),
    rejects.RejectedColumnSerializer: Shown(lambda rows: rows.full(RejectedColumn)),
    rejects.NewCorrectionSerializer: Taken(lambda _: {"values": {"DEVICE_ID": "A1"}}),
    rejects.SkipRejectSerializer: Taken(lambda _: {"note": "known"}),
    snapshot.ProgressSerializer: Shown(lambda rows: rows.full(CopyProgress)),
    snapshot.ReportSerializer: Shown(lambda rows: rows.full(MigrationReport)),
    snapshot.ComparisonSerializer: Shown(lambda rows: rows.full(Comparison)),
    snapshot.OutageSerializer: Shown(lambda rows: rows.full(OutageClock)),
    snapshot.SnapshotSerializer: Shown(lambda rows: rows.full(Snapshot)),
    requests.ValuesSerializer: Taken(lambda _: {}),
    requests.DerbyLoginSerializer: Taken(
        lambda _: {"boot_password": "a", "user": "b", "password": "c"}
    ),
    requests.NewMigrationSerializer: Taken(
        lambda rows: {
            "server": rows.of(Server).pk,
            "pool": rows.of(Pool).pk,
            "kind": "migration",
            "rows_per_second": 10,
            "chunk_rows": 5000,
            "drain_seconds": 10,
            "values": {},
            "derby_login": {"boot_password": "a"},
            "conflict_policy": "newest",
        }
    ),
    requests.RateLimitSerializer: Taken(lambda _: {"rows_per_second": 100}),
    requests.ChunkSizeSerializer: Taken(lambda _: {"chunk_rows": 5000}),
    requests.ConflictPolicySerializer: Taken(lambda _: {"conflict_policy": "newest"}),
}


def all_serializers() -> Iterator[AnySerializer]:
    """Those of our packages whose modules belong to the API; not what others are built upon."""
    for package in (console, pools, migrations_ui):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "api" not in found.name.split("."):
                continue
            for value in vars(importlib.import_module(found.name)).values():
                if _is_ours(value):
                    yield value


def _is_ours(value: object) -> bool:
    ours = (
        isinstance(value, type)
        and issubclass(value, serializers.Serializer)
        and value.__module__.partition(".")[0] in {"console", "pools", "migrations_ui"}
    )
    return ours and (not issubclass(value, serializers.ModelSerializer) or hasattr(value, "Meta"))  # type: ignore[arg-type]


def example_of(serializer: AnySerializer) -> Shown | Taken:
    if serializer in EXAMPLES:
        return EXAMPLES[serializer]
    meta = getattr(serializer, "Meta", None)
    assert meta is not None, f"{serializer.__name__} needs a full example here."
    return Shown(lambda rows: rows.of(meta.model))


SERIALIZERS = sorted(set(all_serializers()), key=lambda each: each.__name__)


@pytest.mark.parametrize("serializer", SERIALIZERS, ids=lambda each: each.__name__)
def test_it_copes_with_a_value_in_every_field(serializer: AnySerializer) -> None:
    rows, example = FullRows(), example_of(serializer)
    if isinstance(example, Taken):
        # As from an administrator: keys of rows are taken within the person's reach.
        request = HttpRequest()
        request.user = UserFactory()
        taken = serializer(data=example.of(rows), context={"request": request})
        assert taken.is_valid(), taken.errors
        return
    shown = serializer(example.of(rows), context=example.context(rows))
    answer = json.loads(JSONRenderer().render(shown.data))
    assert answer
    assert not set(_nulls(answer))
    if isinstance(shown, editing.RequestSerializer):
        secrets = {name: "secret" for name, field in shown.fields.items() if field.write_only}
        # Whether the values will do is the form's affair; here it is that they can be read.
        serializer(data=answer | secrets).is_valid()


def test_the_time_left_is_said_in_seconds() -> None:
    progress = FullRows().full(CopyProgress)
    shown = snapshot.ProgressSerializer(progress).data
    for name in ("remaining_seconds", "spread_seconds", "then_verify_seconds"):
        assert shown[name] == 90.0


def test_examples_are_of_serializers_that_exist() -> None:
    assert set(EXAMPLES) <= set(SERIALIZERS)


def _nulls(answer: Any, path: str = "") -> Iterator[str]:
    if answer is None:
        yield path
    pairs: Any = (
        answer.items()
        if isinstance(answer, dict)
        else ((path, each) for each in answer)
        if isinstance(answer, list)
        else ()
    )
    for name, value in pairs:
        yield from _nulls(value, name)
