"""The kit for a pool's DBA: what its files are made from, and what is wrong with the input."""

from __future__ import annotations

from collections.abc import Mapping

from pools.databases.engines import ENGINES
from pools.databases.kit_order import KitOrder, NewDatabase
from pools.databases.schema_kit import Rule
from pools.models import DatabaseConfiguration
from pools.store.columns import columns_needed
from pools.store.kit.files import kit_files
from pools.store.kit.kit_file import KitFile
from pools.store.levels import written_levels
from pools.store.schema import LEVEL_TABLE

NO_POOL = "no pool yet"
# As the wizard of the article offers it; where the server stands decides.
TERRITORY = "US"


def kit_options_for(configuration: DatabaseConfiguration) -> NewDatabase:
    """What the form starts with."""
    pool = getattr(configuration, "pool", None)
    return NewDatabase(
        name=configuration.database_name,
        comment=f"Traveler pool {pool}"[:30].strip() if pool else "",
        territory=TERRITORY,
    )


def kit_of(
    configuration: DatabaseConfiguration, *, new: NewDatabase, traveler_login: str
) -> tuple[KitFile, ...]:
    """The files. Nothing is opened: the DDL is in the repository, the level was read before.

    `new` has passed the rules of the engine's dialect.
    """
    return kit_files(
        KitOrder(
            pool=str(getattr(configuration, "pool", NO_POOL)),
            configuration=configuration.name,
            engine=configuration.engine,
            engine_name=ENGINES[configuration.engine].name,
            host=configuration.host,
            port=configuration.port,
            opened_name=configuration.database_name,
            schema=configuration.schema,
            console_login=configuration.username,
            traveler_login=traveler_login or configuration.username,
            new=new,
            level_found=configuration.schema_level,
            levels=written_levels(configuration.engine),
            columns=columns_needed(),
            level_table=LEVEL_TABLE,
        )
    )


def rules_of(engine: str) -> Mapping[str, Rule]:
    """The fields of NewDatabase that this engine's files use, and what may be typed there."""
    return ENGINES[engine].kit.rules


def complaints(engine: str, new: NewDatabase) -> dict[str, str]:
    """What is wrong with the input, by field; empty when a kit can be made."""
    return ENGINES[engine].kit.complaints(new)
