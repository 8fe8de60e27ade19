"""What keeps rows out of a table of PostgreSQL is reported before the first row is written."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.errors import TargetRefused
from migrations_ui.transfer.plan.compatibility import measure_compatibility
from migrations_ui.transfer.plan.index_limits import IndexTrial, not_tried
from migrations_ui.transfer.plan.planner import PlanFinding, plan_transfer
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conformance.descriptions import connect_postgresql
from tests.migrations_ui.transfer.conformance.faults import with_all_rights
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import run_copy

LONG = "a_name_that_derby_takes_and_postgresql_does_not_because_it_is_longer_than_63"
LONGER = "another_name_that_derby_takes_and_postgresql_does_not_because_it_is_so_long"
TABLE = "(id integer PRIMARY KEY, v varchar(9))"


def test_what_keeps_rows_out_is_a_finding_with_a_remedy(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
    postgresql: EmbeddedPostgreSQL,
) -> None:
    names = ["secured", "viewed", "foreign_one", "ruled", "triggered", "granted", "numbered"]
    names += ["texted", "plain"]
    for name in [*names, LONG, LONGER]:
        derby.run(
            f"CREATE TABLE {name} (id INTEGER NOT NULL PRIMARY KEY, v VARCHAR(9))",
            f"INSERT INTO {name} VALUES (1, 'x')",  # noqa: S608
        )
    user = database_login.user
    made = [
        f"CREATE TABLE secured {TABLE}",
        "ALTER TABLE secured ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE secured FORCE ROW LEVEL SECURITY",
        "CREATE VIEW viewed AS SELECT 1 AS id, 'x' AS v",
        f"CREATE TABLE ruled {TABLE}",
        "CREATE RULE away AS ON INSERT TO ruled DO INSTEAD NOTHING",
        f"CREATE TABLE triggered {TABLE}",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER changes BEFORE INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION f()",
        f"CREATE TABLE plain {TABLE}",
        f"CREATE TABLE {LONG} {TABLE}",
    ]
    for statement in made:
        target.execute(statement)
    with connect_postgresql(with_all_rights(database_login, postgresql)) as dba:
        dba.execute("CREATE FOREIGN DATA WRAPPER w")
        dba.execute("CREATE SERVER s FOREIGN DATA WRAPPER w")
        dba.execute("CREATE FOREIGN TABLE foreign_one (id integer, v varchar(9)) SERVER s")
        dba.execute(f"CREATE TABLE granted {TABLE}")
        dba.execute(f'GRANT SELECT, INSERT ON granted TO "{user}"')
        dba.execute("CREATE SEQUENCE theirs")
        dba.execute(f'GRANT USAGE ON theirs TO "{user}"')
    target.execute("CREATE TABLE numbered (id integer PRIMARY KEY, v varchar(9))")
    target.execute("ALTER TABLE numbered ALTER id SET DEFAULT nextval('theirs')")
    target.execute(f"CREATE TABLE texted {TABLE}")
    target.execute("ALTER TABLE texted ALTER v SET DEFAULT 'n' || nextval('theirs')")

    with open_source() as source:
        plan = plan_transfer(source, database_login)
        found = {finding.table.casefold(): finding for finding in plan.findings}
        assert len(found) == len(plan.findings)
        blocking = {name for name, finding in found.items() if finding.blocks}
        assert blocking == {
            *("secured", "viewed", "foreign_one", "ruled", "granted", "numbered", LONGER)
        }
        assert set(found) - blocking == {"triggered", "texted", LONG}
        answered = {
            "secured": ("Row-level security", "NO FORCE ROW LEVEL SECURITY"),
            "viewed": ("viewed is a view", "rename the view viewed"),
            "foreign_one": ("is a foreign table", "make a table"),
            "ruled": ("rules that change what is written to it: away", "DISABLE RULE"),
            "granted": (
                f"{user} lacks UPDATE, DELETE",
                f"grant UPDATE, DELETE on granted to {user}",
            ),
            "numbered": ("theirs", "ON SEQUENCE theirs TO"),
            "texted": ("cannot be set past values that are no numbers", "Set theirs past"),
            "triggered": ("changes", "disable them"),
            LONGER: ("longer than the 63 bytes", f"as {LONGER[:63]},"),
            LONG: (f"go to {LONG[:63]}.", ""),
        }
        for name, (problem, remedy) in answered.items():
            assert problem in found[name].problem
            assert remedy.casefold() in found[name].remedy.casefold()

        # Each remedy can be followed.
        dropped = "DROP VIEW viewed; DROP RULE away ON ruled; DROP FOREIGN TABLE foreign_one"
        with connect_postgresql(with_all_rights(database_login, postgresql)) as dba:
            dba.execute(dropped)
            dba.execute(f'GRANT UPDATE, DELETE ON granted TO "{user}"')
            dba.execute(f'GRANT USAGE, SELECT, UPDATE ON SEQUENCE theirs TO "{user}"')
            dba.execute("ALTER TABLE secured NO FORCE ROW LEVEL SECURITY")
        for name in ("viewed", "foreign_one", LONGER[:63]):
            target.execute(f"CREATE TABLE {name} {TABLE}")
        assert not plan_transfer(source, database_login).blocked
        result = run_copy(source, database_login)
    assert all(table.finished and table.rows_written == 1 for table in result.tables)


def test_an_index_that_does_not_hold_a_value_is_reported_with_its_name_and_the_row(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
) -> None:
    """PostgreSQL compresses values: which are too long all the same, it says itself."""
    noise = secrets.token_hex(9_000)
    derby.run("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, v VARCHAR(9000), b BLOB)")
    rows = [(1, "short", b"1"), (2, "x" * 9_000, b"2" * 9_000), (4, None, None)]
    derby.insert("t", [*rows, (3, noise[:9_000], b"3"), (5, noise[-9_000:], b"3")])
    target.execute("CREATE TABLE t (id integer PRIMARY KEY, v text, b bytea, more int NOT NULL)")
    target.execute("ALTER TABLE t ALTER more SET DEFAULT 1")
    target.execute("CREATE INDEX fits ON t (id)")
    target.execute("CREATE INDEX compressed ON t (b, id)")
    target.execute("CREATE INDEX narrow ON t (id, v)")
    target.execute("CREATE INDEX of_some ON t (v) WHERE id < 3")
    target.execute("CREATE INDEX by_hash ON t USING hash (v)")

    def refused_by(*, trying: bool = True) -> dict[str, PlanFinding]:
        found: list[PlanFinding] = []
        with open_source() as source:
            trial = IndexTrial(database_login, source, lambda: None) if trying else not_tried
            plan = plan_transfer(source, database_login)
            measuring = measure_compatibility(plan, source, on_finding=found.append, trial=trial)
            assert list(measuring) == []
        return {each.problem.split("index ")[1].split()[0]: each for each in found}

    found = refused_by()
    assert {name: each.blocks for name, each in found.items()} == {"narrow": True, "of_some": False}
    narrow = found["narrow"]
    assert (narrow.table, narrow.column) == ("T", "V")
    assert "index narrow takes 2,704 bytes a row, and refuses the rows" in narrow.problem
    assert "of the key id = 3; 5: compressed as well" in narrow.problem
    assert "drop narrow" in narrow.remedy
    tried = "SELECT count(*) FROM pg_class WHERE relname LIKE 'lg_%'"
    assert target.execute(tried).fetchone() == (0,)
    # What would have been told is what happens.
    with open_source() as source, pytest.raises(TargetRefused, match="index row"):
        run_copy(source, database_login)

    assert not any(each.blocks for each in refused_by(trying=False).values())
    target.execute("DROP INDEX narrow")
    assert set(refused_by()) == {"of_some"}


def test_a_value_at_the_very_limit_is_judged_as_the_server_does(
    derby: DerbySample,
    open_source: OpenSource,
    target: psycopg.Connection[Any],
    database_login: DatabaseLogin,
) -> None:
    """2,704 bytes are those of a row of the index, with what belongs to it besides the value."""

    def is_taken(size: int) -> bool:
        with suppress(psycopg.errors.ProgramLimitExceeded), target.transaction():
            target.execute("INSERT INTO t VALUES (%s)", [secrets.token_bytes(size)])
            return True
        return False

    target.execute("CREATE TABLE t (v bytea)")
    target.execute("CREATE INDEX narrow ON t (v)")
    longest = max(size for size in range(2_650, 2_710) if is_taken(size))
    assert 2_650 < longest < 2_704
    derby.run("CREATE TABLE t (v VARCHAR(9000) FOR BIT DATA)")
    for size, blocks in ((longest, []), (longest + 1, [True])):
        derby.insert("t", [(secrets.token_bytes(size),)])
        found: list[PlanFinding] = []
        with open_source() as source:
            trial = IndexTrial(database_login, source, lambda: None)
            plan = plan_transfer(source, database_login)
            measuring = measure_compatibility(plan, source, on_finding=found.append, trial=trial)
            assert list(measuring) == []
        assert [each.blocks for each in found] == blocks
    assert "refuses a row: compressed as well" in found[0].problem
