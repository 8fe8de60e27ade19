"""Tables that are put away for a moment come back, also after a worker was killed meanwhile."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.engines import open_target
from pools.databases.connection import DatabaseLogin


def test_what_was_put_away_comes_back_unless_it_was_dropped(mariadb_login: DatabaseLogin) -> None:
    with open_target(mariadb_login) as target:
        for table in ("`lg_met_doc`", "lg_chunk", "lg_apart_table", "lg_table", "lg_apart_reject"):
            target.execute(f"CREATE TABLE {table} (run_id INT)")
        target.execute("INSERT INTO lg_apart_reject VALUES (7)")
        with target.schema_editor.exclusive("`lg_met_doc`", "lg_chunk", quiet="lg_table") as called:
            assert called["`lg_met_doc`"] == "`lg_apart_met_doc`"
            assert "lg_met_doc" not in target.introspection.table_names()
            target.execute(f"DROP TABLE {called['lg_chunk']}")
        # An empty one of which there is another by now goes; one that is missed comes back.
        assert target.introspection.table_names() == {"lg_met_doc", "lg_table", "lg_reject"}
        assert target.execute("SELECT run_id FROM lg_reject") == [(7,)]
        with (
            pytest.raises(ZeroDivisionError),
            target.schema_editor.exclusive("`lg_met_doc`", quiet="lg_table"),
        ):
            raise ZeroDivisionError
        assert "lg_met_doc" in target.introspection.table_names()
