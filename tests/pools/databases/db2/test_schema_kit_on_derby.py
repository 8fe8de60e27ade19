"""The tables for Db2 on Derby, whose SQL is a part of Db2's. No Db2 is here.

So this shows that the statements are well-formed, that the types and keys fit one another and that
the level can be read back; not that a Db2 accepts them. The connection, the schema, the grants and
the catalog of Db2 have no counterpart on Derby and are compared with their golden file only.
"""

from __future__ import annotations

from pathlib import Path

from pools.store.levels import written_levels
from pools.store.schema import REQUIRED_LEVEL
from tests.migrations_ui.transfer.derby_sample import DerbySample

LEVEL = "SELECT MAX(level) FROM schema_level WHERE operations_done = operations_total"


def test_derby_takes_the_tables_of_the_level_needed(tmp_path: Path) -> None:
    derby = DerbySample(tmp_path / "store")
    for level in written_levels("db2"):
        derby.run(*filter(None, map(str.strip, level.sql.split(";\n"))))
    assert derby.query(LEVEL) == [(REQUIRED_LEVEL,)]
