"""The DDL files of the pool store, from its migrations: `python -m tools.store_ddl`.

Needs no server, but every engine's Django backend. Db2's patches Django when it is imported, so
this is a program of its own. `--check` writes nothing and fails when a file is not what the
migrations say.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from types import ModuleType

import django
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

WIDEST_STATEMENT = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    parser.add_argument("--engine", help="only this one")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from pools.store.levels import DDL

    wrong = 0
    for file, text in written(options.engine):
        path = DDL / file
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        wrong += 1
        if options.check:
            sys.stderr.write(f"{path} is not what the migrations say.\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if wrong and options.check else 0


def written(only: str | None = None) -> list[tuple[str, str]]:
    """Each file's path below `ddl/` and its text."""
    from pools.databases.engines import ENGINES
    from pools.store.schema import level_sql, schema_levels

    files = []
    for engine, facts in ENGINES.items():
        if only not in (None, engine):
            continue
        connection = without_server(engine, facts.backend)
        for step in schema_levels():
            drop = TOO_NEW.get(engine, "")
            statements = [on_lines(each.replace(drop, "")) for each in level_sql(connection, step)]
            files.append((f"{engine}/{step[0].name}.sql", "\n".join(statements) + "\n"))
    return files


def without_server(engine: str, backend: str) -> BaseDatabaseWrapper:
    """A backend that can write DDL, with what it would otherwise ask a server."""
    prepare = PREPARATIONS.get(engine)
    if prepare is not None:
        prepare()
    handler = ConnectionHandler({"default": {"ENGINE": backend, "NAME": "TRAVELER"}})
    connection = handler["default"]
    connection.__dict__.update(ANSWERS.get(engine, {}))
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


def _stand_in_for_pyodbc() -> None:
    """The backend imports pyodbc, whatever driver it is to use; no DDL asks it for anything."""
    try:
        import pyodbc  # noqa: F401
    except ImportError:
        sys.modules["pyodbc"] = _NoDriver("pyodbc")


class _NoDriver(ModuleType):
    version = "5.0.0"

    def __getattr__(self, name: str) -> object:
        return Exception if name.endswith(("Error", "Warning")) else 0


PREPARATIONS: dict[str, Callable[[], None]] = {"sqlserver": _stand_in_for_pyodbc}

# Db2 knows this clause from 10.5 on, and the article asks for 9.7; rows are its default anyway.
TOO_NEW = {"db2": " ORGANIZE BY ROW"}

# MySQL's backend asks the server what it is. The oldest that Django writes for serves here: of the
# newer ones and of MariaDB it only knows more, nothing else.
ANSWERS: dict[str, dict[str, object]] = {
    "mysql": {
        "mysql_server_data": {
            "version": "8.0.11",
            "sql_mode": "STRICT_TRANS_TABLES",
            "default_storage_engine": "InnoDB",
            "sql_auto_is_null": False,
            "lower_case_table_names": False,
            "has_zoneinfo_database": False,
        }
    }
}


if __name__ == "__main__":
    sys.exit(main())
