"""All files of one kit, in the order of their use, and the zip they travel in."""

from __future__ import annotations

import io
import zipfile

from pools.databases.engines import ENGINES
from pools.databases.kit_order import KitOrder, StoreLevel
from pools.databases.quoting import in_comment
from pools.store.kit.kit_file import KitFile
from pools.store.kit.next_file import (
    CREATE_DATABASE,
    CREATE_TABLES,
    GRANTS,
    README,
    VERIFY,
    upgrade_file,
)
from pools.store.kit.readme import readme
from pools.store.levels import levels_after

# The same order gives the same bytes, so that two downloads can be compared.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def kit_files(order: KitOrder) -> tuple[KitFile, ...]:
    """The SQL files, and README.txt at the end, which has the SHA-256 of each."""
    dialect = ENGINES[order.engine].kit
    needed = order.level_needed
    files = [
        _file(
            order,
            CREATE_DATABASE,
            "creates the empty database; not needed where it exists already",
            "none",
            dialect.create_database(order),
        ),
        _file(
            order,
            CREATE_TABLES,
            "creates all tables; only for a database without them",
            f"none to {needed}",
            dialect.tables(order, _statements(order.levels), True),
        ),
    ]
    missing = levels_after(order.levels, order.level_found) if order.level_found else ()
    if missing:
        files.append(
            _file(
                order,
                upgrade_file(order.level_found),
                "brings tables that are there to the level needed; rows stay",
                f"{order.level_found} to {needed}",
                dialect.tables(order, _statements(missing), False),
            )
        )
    files += [
        _file(
            order,
            GRANTS,
            f"lets {' and '.join(order.logins)} work with the tables",
            needed,
            dialect.grants(order),
        ),
        _file(
            order,
            VERIFY,
            "only reads: shows the level, and tables and columns that are missing",
            needed,
            dialect.verify(order),
        ),
    ]
    return (*files, KitFile(README, "what to run in which order", readme(order, files)))


def zipped(files: tuple[KitFile, ...]) -> bytes:
    """The files as one zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, date_time=ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.data)
    return target.getvalue()


def _statements(levels: tuple[StoreLevel, ...]) -> str:
    return "".join(level.sql for level in levels)


def _file(order: KitOrder, name: str, does: str, level: str, body: str) -> KitFile:
    dialect = ENGINES[order.engine].kit
    head = {
        "Pool": order.pool,
        "Database": f"{order.configuration}: {order.place}",
        "Level": level,
        "Run by": dialect.who,
        "Run with": dialect.run(order, name),
    }
    lines = [f"-- {title + ':':<10}{in_comment(text)}" for title, text in head.items()]
    return KitFile(
        name, does, "\n".join([f"-- {name} {does}.", "--", *lines, "", body.rstrip("\n"), ""])
    )
