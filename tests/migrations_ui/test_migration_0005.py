"""Moves that were drafted or had copied before the step Fit came get it, each in its own way."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.factories import PoolFactory, ServerFactory, UserFactory

BEFORE = [("migrations_ui", "0004_steering_and_rehearsal")]
AFTER = [("migrations_ui", "0005_fit_and_derby_login")]
OLD_STEPS = ("preflight", "stop", "backup", "fetch", "schema", "copy", "verify", "cutover")


def migrate(where: list[tuple[str, str]]) -> Any:
    """The models as they were then; every other app as it is now."""
    executor = MigrationExecutor(connection)
    executor.migrate(where)
    loader = MigrationExecutor(connection).loader
    others = [node for node in loader.graph.leaf_nodes() if node[0] != "migrations_ui"]
    return loader.project_state([*others, *where]).apps


def draft(apps: Any, number: int, *, copied: str) -> int:
    """A move with the old steps; its copy stands at `copied`."""
    migration = apps.get_model("migrations_ui", "Migration").objects.create(
        server_id=ServerFactory().pk,
        pool_id=PoolFactory().pk,
        actor_id=UserFactory().pk,
        run_id=f"run{number}",
    )
    for position, name in enumerate(OLD_STEPS):
        status = copied if name == "copy" else "waiting"
        migration.steps.create(position=position, name=name, status=status)
    return int(migration.pk)


@pytest.mark.django_db(transaction=True)
def test_open_moves_get_the_step_and_old_copies_keep_their_rule() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        old = migrate(BEFORE)
        waiting, copied = draft(old, 1, copied="waiting"), draft(old, 2, copied="done")
        new = migrate(AFTER)
        migrations = new.get_model("migrations_ui", "Migration").objects
        for key, status, treatments in (
            (waiting, "waiting", []),
            (copied, "done", [("nanoseconds", "convert")]),
        ):
            migration = migrations.get(pk=key)
            names = list(migration.steps.order_by("position").values_list("name", flat=True))
            assert names == [*OLD_STEPS[:5], "fit", *OLD_STEPS[5:]]
            assert migration.steps.get(name="fit").status == status
            assert list(migration.value_policies.values_list("loss", "treatment")) == treatments
    finally:
        migrate(latest)
