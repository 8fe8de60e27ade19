"""The Derby store of a standalone server: opened, or generated at its first start.

Generated databases are kept in a cache outside the lab's directory, so that a new lab with the
same seed and size starts at once.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from pools.lab.derby import DerbyDatabase
from pools.lab.people import People
from pools.store import models as store
from pools.store.schema import REQUIRED_LEVEL

if TYPE_CHECKING:
    from pools.lab.directory import HostEntry, LabDirectory
    from pools.lab.files import HostFiles

# The level table belongs to the pool's schema only.
STANDALONE_TABLES = (
    store.StoreUser,
    store.Device,
    store.SecRecord,
    store.FolderState,
    store.DocState,
    store.Attachment,
    store.Setting,
    store.PoolServer,
)
# Raise it when the generator or the tables change.
GENERATOR_VERSION = 1


def open_standalone(files: HostFiles) -> DerbyDatabase:
    """The server's Derby database; a new one is empty, as after `travelerUtil db remove`."""
    fresh = not files.derby_exists()
    database = DerbyDatabase(files.derby, files.support / "derby.log")
    if fresh:
        create_tables(database)
    return database


def create_tables(database: DerbyDatabase) -> None:
    for model in STANDALONE_TABLES:
        database.create_table(model)


def generate_standalone(lab: LabDirectory, entry: HostEntry, files: HostFiles) -> None:
    """Put the scenario's data into a host that has no Derby database yet."""
    if files.derby_exists() or not entry.plan.population.users:
        return
    cached = _cache_directory(lab, entry)
    if not cached.exists():
        people = People(
            entry.plan.population,
            organization=lab.organization,
            seed=lab.seed,
            settings_owner=entry.plan.domino_name,
        )
        unfinished = cached.with_name(f"{cached.name}.{entry.ssh_port}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        database = DerbyDatabase(unfinished, files.support / "derby.log")
        create_tables(database)
        for model, rows in people.tables():
            database.insert_rows(model, rows)
        database.close()
        _publish(unfinished, cached)
    shutil.copytree(cached, files.derby)


def _publish(unfinished: Path, cached: Path) -> None:
    """Rename into place; when another lab was faster, its equal copy is taken."""
    try:
        unfinished.rename(cached)
    except OSError:
        if not cached.exists():
            raise
        shutil.rmtree(unfinished)


def _cache_directory(lab: LabDirectory, entry: HostEntry) -> Path:
    facts = (
        GENERATOR_VERSION,
        REQUIRED_LEVEL,
        lab.seed,
        lab.organization,
        entry.plan.domino_name,
        entry.plan.population,
    )
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
    return Path(settings.LIFEGUARD_WORK_DIR) / "lab-cache" / f"{entry.name}-{digest}"
