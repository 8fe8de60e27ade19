"""The DDL files of the pool store, from its migrations: `python -m tools.store_ddl`.

Needs no server, but every engine's Django backend. Db2's patches Django when it is imported, so
this is a program of its own. `--check` writes nothing and fails when a file is not what the
migrations say.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

if TYPE_CHECKING:
    from pools.databases.engine import DatabaseEngine

WIDEST_STATEMENT = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    parser.add_argument("--engine", help="only this one")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

    wrong = 0
    for path, text in written(options.engine):
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        wrong += 1
        if options.check:
            sys.stderr.write(f"{path} is not what the migrations say.\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if wrong and options.check else 0


def written(only: str | None = None) -> list[tuple[Path, str]]:
    """Each file's path in its engine's folder, and its text."""
    from pools.databases.engines import ENGINES
    from pools.store.schema import level_sql, schema_levels

    files = []
    for engine in ENGINES.values():
        if only not in (None, engine.key):
            continue
        connection = without_server(engine)
        removed = engine.ddl_writing.removed
        for step in schema_levels():
            statements = [
                on_lines(each.replace(removed, "")) for each in level_sql(connection, step)
            ]
            files.append((engine.ddl / f"{step[0].name}.sql", "\n".join(statements) + "\n"))
    return files


def without_server(engine: DatabaseEngine) -> BaseDatabaseWrapper:
    """A backend that can write DDL, with what it would otherwise ask a server."""
    if engine.ddl_writing.prepare is not None:
        engine.ddl_writing.prepare()
    handler = ConnectionHandler({"default": {"ENGINE": engine.backend, "NAME": "TRAVELER"}})
    connection = handler["default"]
    connection.__dict__.update(engine.ddl_writing.attributes)
    return connection


def on_lines(statement: str) -> str:
    """A long CREATE TABLE with a line for each column. No name in it holds a parenthesis."""
    if len(statement) <= WIDEST_STATEMENT or not statement.startswith("CREATE TABLE"):
        return statement
    text, depth = "", 0
    for character in statement:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and depth == 0:
            text += "\n"
        text += character
        if character in "(," and depth == 1:
            text += "\n  "
    return text.replace("\n   ", "\n  ")


if __name__ == "__main__":
    sys.exit(main())
