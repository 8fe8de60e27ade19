"""Engine facts, and who is offered."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from pools.databases import postgresql
from pools.databases.engines import ENGINES
from pools.states import Engine


def test_every_engine_has_facts() -> None:
    assert set(ENGINES) == set(Engine)
    assert {facts.default_port for facts in ENGINES.values()} == {5432, 50000, 1433, 3306}


def test_only_engines_that_can_be_opened_are_offered() -> None:
    offered = [key for key, facts in ENGINES.items() if not facts.why_not_offered]
    assert offered == [Engine.POSTGRESQL, Engine.MYSQL]
    assert "cannot open Db2 databases" in ENGINES[Engine.DB2].why_not_offered


def test_a_missing_driver_takes_the_engine_away() -> None:
    facts = replace(postgresql.FACTS, driver="a_driver_nobody_has")
    assert "a_driver_nobody_has is not installed" in facts.why_not_offered
    assert facts.why_not_offered.endswith(f"pip install {facts.package}")


def test_knowing_the_engines_imports_no_foreign_driver() -> None:
    """ibm_db_django patches Django's expressions for the whole process."""
    program = (
        "import sys, pools.databases.engines;"
        "sys.exit(any(name in sys.modules for name in ('ibm_db', 'ibm_db_django', 'mssql')))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
