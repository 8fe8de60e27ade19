"""Engine facts, and which engines are offered."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pools.databases.engines import ENGINES
from pools.databases.errors import DriverMissing
from pools.databases.jdbc import JdbcUrl, parse_jdbc_url
from pools.domain.versions import at_least


def test_every_engine_has_facts() -> None:
    assert all(engine.ddl.parent.name == key for key, engine in ENGINES.items())
    assert all(len(key) <= 12 for key in ENGINES)
    assert {facts.default_port for facts in ENGINES.values()} == {5432, 50000, 1433, 3306}


def test_an_engine_is_offered_wherever_its_driver_is_installed() -> None:
    assert [key for key, facts in ENGINES.items() if facts.why_not_offered] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_driver_takes_the_engine_away_and_says_how_to_get_it(engine: str) -> None:
    facts = replace(ENGINES[engine], drivers=("a_driver_nobody_has",))
    assert facts.why_not_offered.startswith("a_driver_nobody_has cannot be loaded")
    assert facts.why_not_offered.endswith(facts.install)
    assert "pip install" in facts.install
    with pytest.raises(DriverMissing, match="a_driver_nobody_has"):
        facts.require_dialect()


def test_a_driver_that_is_there_but_lacks_a_library_takes_the_engine_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyodbc.py").write_text("raise ImportError('libodbc.so.2: cannot open')")
    monkeypatch.delitem(sys.modules, "pyodbc", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    why = ENGINES["sqlserver"].why_not_offered
    assert why.startswith("pyodbc cannot be loaded")
    assert "libodbc2" in why


def test_only_postgresql_is_our_own_choice_and_says_so() -> None:
    ours = [facts for facts in ENGINES.values() if not facts.vendor_supported]
    assert [facts.name for facts in ours] == ["PostgreSQL"]
    assert "no vendor page names it" in ours[0].title
    assert ENGINES["db2"].title == "Db2"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_says_its_oldest_version_and_who_asks_for_it(engine: str) -> None:
    facts = ENGINES[engine]
    assert facts.minimums
    for minimum in facts.minimums:
        assert facts.minimum(f"{minimum.product} 99.0") is minimum
        assert at_least(f"{minimum.product} {minimum.version}", minimum.version)
        assert minimum.why


@pytest.mark.parametrize("engine", ENGINES)
def test_the_jdbc_address_uses_the_engine_s_own_port(engine: str) -> None:
    port = ENGINES[engine].default_port
    address = str(JdbcUrl(engine, "db", port, "traveler"))
    assert parse_jdbc_url(address.replace(f":{port}", "")).port == port


def test_knowing_the_engines_imports_no_foreign_driver() -> None:
    """ibm_db_django patches Django's expressions for the whole process."""
    program = (
        "import sys, pools.databases.engines;"
        "sys.exit(any(name in sys.modules for name in ('ibm_db', 'ibm_db_django', 'mssql')))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
