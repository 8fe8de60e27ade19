"""The DDL files that a DBA is handed are what the migrations say, on every engine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pools.databases.engines import ENGINES
from pools.databases.kit_order import StoreLevel
from pools.store.levels import level_names, levels_after, written_levels
from pools.store.schema import REQUIRED_LEVEL


@pytest.mark.parametrize("engine", ENGINES)
def test_the_files_are_what_the_migrations_say_and_no_server_is_asked(engine: str) -> None:
    """In a process of its own: Db2's backend patches Django when it is imported."""
    checked = subprocess.run(
        [sys.executable, "-m", "tools.store_ddl", "--check", "--engine", engine],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, f"{checked.stderr}Run: python -m tools.store_ddl"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_has_the_level_needed(engine: str) -> None:
    assert tuple(level.name for level in written_levels(engine)) == level_names()
    assert level_names()[-1] == REQUIRED_LEVEL


def test_reading_them_imports_no_backend() -> None:
    """A page hands them out: it must not patch Django, nor need a driver."""
    asked = (
        "import sys; from pools.store.levels import written_levels; "
        "assert all(written_levels(e) for e in ('db2', 'mysql', 'sqlserver', 'postgresql')); "
        "wanted = ('ibm_db_django', 'ibm_db', 'mssql', 'MySQLdb', 'psycopg'); "
        "sys.exit(any(name in sys.modules for name in wanted))"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_only_the_levels_after_the_one_found_are_left() -> None:
    levels = (
        StoreLevel("0001_initial", "a"),
        StoreLevel("0002_more", "b"),
        StoreLevel("0003_most", "c"),
    )
    assert levels_after(levels, "") == levels
    assert [level.sql for level in levels_after(levels, "0001_initial")] == ["b", "c"]
    assert levels_after(levels, "0003_most") == ()
