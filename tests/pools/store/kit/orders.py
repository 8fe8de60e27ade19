"""Orders for the tests, and a second level that no pool has yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from pools.databases.engines import ENGINES
from pools.databases.kit_order import KitOrder, NewDatabase, StoreLevel
from pools.store.columns import columns_needed
from pools.store.levels import written_levels
from pools.store.router import STORE_LABEL
from pools.store.schema import LEVEL_TABLE, REQUIRED_LEVEL, level_sql

SECOND = "0002_remark"


class Remark(migrations.Migration):
    """A column more: what an upgrade of the schema usually is."""

    operations = [
        migrations.AddField("storeuser", "remark", models.CharField(max_length=40, null=True))
    ]


def order(engine: str, **changes: Any) -> KitOrder:
    """A pool's database in order; `new` may be given as a dict of its fields."""
    requested = NewDatabase("TRAVELER", comment="Traveler of Acme's EU", territory="de")
    if "new" in changes:
        changes["new"] = replace(requested, **changes["new"])
    made = KitOrder(
        pool="Acme EU",
        configuration="Acme EU database",
        engine=engine,
        engine_name=ENGINES[engine].name,
        host="db.acme.example",
        port=ENGINES[engine].default_port,
        opened_name="TRAVELER",
        schema="",
        console_login="lifeguard",
        traveler_login="lntuser",
        new=requested,
        level_found="",
        levels=written_levels(engine),
        columns=columns_needed(),
        level_table=LEVEL_TABLE,
    )
    return replace(made, **changes)


def second_level(connection: BaseDatabaseWrapper) -> StoreLevel:
    """What the engine's backend writes for `Remark`."""
    state = MigrationLoader(None).project_state((STORE_LABEL, REQUIRED_LEVEL))
    statements = level_sql(connection, (Remark(SECOND, STORE_LABEL), state))
    return StoreLevel(SECOND, "\n".join(statements) + "\n")
