"""What hangs on a table's keys, indexes and defaults is there after the copy as it was before."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from console.supervision.embedded.postgresql import EmbeddedPostgreSQL
from migrations_ui.transfer.settings import TransferSettings
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.conformance.descriptions import connect_postgresql
from tests.migrations_ui.transfer.conformance.faults import with_all_rights
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import run_copy

Target = psycopg.Connection[Any]
COLUMNS = "(id INTEGER NOT NULL PRIMARY KEY, v VARCHAR(10))"
FILL = "INSERT INTO {} VALUES (1, 'x'), (2, 'y'), (3, NULL)"
ROWS = [(1, "x"), (2, "y"), (3, None)]

# Everything that a definition may lack, read without a line of the loader's.
STATE = """
    SELECT i.relname, pg_get_indexdef(i.oid), pg_get_constraintdef(k.oid), x.indisreplident,
           x.indisclustered, x.indisvalid, i.reltablespace, i.reloptions,
           obj_description(i.oid, 'pg_class'), obj_description(k.oid, 'pg_constraint'),
           ARRAY(SELECT a.attstattarget FROM pg_attribute a WHERE a.attrelid = i.oid
                  ORDER BY a.attnum),
           (SELECT count(*) FROM pg_depend d WHERE d.objid = i.oid),
           (SELECT count(*) FROM pg_inherits h WHERE h.inhrelid = i.oid)
      FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
      LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')
     WHERE x.indrelid::regclass::text ~ '^t[0-9_]*$'
     ORDER BY i.relname
"""


def alone(source: Any, login: DatabaseLogin) -> None:
    result = run_copy(source, login, settings=TransferSettings(chunk_rows=1, exclusive=True))
    assert all(table.finished for table in result.tables)


@pytest.fixture
def rows(derby: DerbySample) -> DerbySample:
    derby.run(f"CREATE TABLE t {COLUMNS}")
    derby.insert("t", ROWS)
    return derby


# Each on a table of its own, {t}.
ATTACHED = (
    "ALTER TABLE {t} REPLICA IDENTITY USING INDEX {t}_id; CREATE PUBLICATION {t} FOR TABLE {t}",
    "ALTER TABLE {t} CLUSTER ON {t}_v",
    "ALTER TABLE {t} CLUSTER ON {t}_pkey",
    "COMMENT ON INDEX {t}_v IS 'by the DBA'",
    "COMMENT ON CONSTRAINT {t}_pkey ON {t} IS 'by the DBA'",
    "ALTER INDEX {t}_pkey SET (fillfactor = 70); ALTER INDEX {t}_v SET (fillfactor = 60)",
    "ALTER INDEX {t}_upper ALTER COLUMN 1 SET STATISTICS 500",
    "CREATE VIEW {t}_report AS SELECT id, v, count(*) FROM {t} GROUP BY id",
    """CREATE FUNCTION {t}() RETURNS TABLE (a integer, b varchar) LANGUAGE sql
         BEGIN ATOMIC SELECT id, v FROM {t} GROUP BY id; END""",
    """CREATE TABLE o (a integer); CREATE RULE r AS ON INSERT TO o DO ALSO
         INSERT INTO {t} VALUES (9) ON CONFLICT ON CONSTRAINT {t}_pkey DO NOTHING""",
    "ALTER INDEX {t}_v DEPENDS ON EXTENSION plpgsql",
    "ALTER TABLE {t} ADD CONSTRAINT apart EXCLUDE (v WITH =) WHERE (id > 0)",
    "ALTER TABLE {t} ADD CONSTRAINT late UNIQUE (id, v) DEFERRABLE INITIALLY DEFERRED",
    "CREATE UNIQUE INDEX wide ON {t} (id) INCLUDE (v) WITH (fillfactor = 50)",
    "ALTER TABLE {t} ADD CONSTRAINT wider UNIQUE NULLS NOT DISTINCT (id) INCLUDE (v)",
    'CREATE INDEX odd ON {t} (v COLLATE "C" varchar_pattern_ops DESC NULLS LAST) WHERE id > 0',
    "CREATE STATISTICS {t}_s ON id, v FROM {t}; ALTER TABLE {t} ALTER COLUMN v SET STATISTICS 300",
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{t}_v'::regclass",
    'ALTER TABLE {t} RENAME CONSTRAINT {t}_pkey TO "100%"',
)
CHANGES = ("INSERT INTO {t} VALUES (4, 'new')", "UPDATE {t} SET v = id || 'u'", "DELETE FROM {t}")


def test_every_index_is_after_the_copy_what_it_was_before(
    derby: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    postgresql: EmbeddedPostgreSQL,
) -> None:
    tables = [f"t{number}" for number in range(len(ATTACHED))]
    derby.run(*(f"CREATE TABLE {table} {COLUMNS}" for table in tables))
    derby.run(*map(FILL.format, tables))
    with connect_postgresql(with_all_rights(database_login, postgresql)) as dba:
        for table, attached in zip(tables, ATTACHED, strict=True):
            target.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY, v varchar(10))")
            target.execute(f"CREATE UNIQUE INDEX {table}_id ON {table} (id)")
            target.execute(f"CREATE INDEX {table}_v ON {table} (v)")
            target.execute(f"CREATE INDEX {table}_upper ON {table} (upper(v))")
            dba.execute(attached.format(t=table))
    before = target.execute(STATE).fetchall()
    assert len(before) >= 4 * len(tables)
    with open_source() as source:
        alone(source, database_login)
    assert target.execute(STATE).fetchall() == before
    for table in tables:
        rows = f"SELECT id, v FROM {table} ORDER BY id"  # noqa: S608
        assert target.execute(rows).fetchall() == ROWS
        for change in CHANGES:
            target.execute(change.format(t=table))


def test_the_table_space_of_an_index_stays(
    rows: DerbySample,
    open_source: OpenSource,
    target: Target,
    database_login: DatabaseLogin,
    postgresql: EmbeddedPostgreSQL,
) -> None:
    """One of its own, and the database's for the others, whatever the login's usual one is."""
    target.execute("CREATE TABLE t (id integer PRIMARY KEY, v varchar(10))")
    target.execute("CREATE INDEX t_v ON t (v)")
    user, space = database_login.user, f"space_{database_login.name}"
    with connect_postgresql(with_all_rights(database_login, postgresql)) as dba:
        dba.execute("SET allow_in_place_tablespaces = on")
        dba.execute(f"CREATE TABLESPACE {space} LOCATION ''")
        dba.execute(f'GRANT CREATE ON TABLESPACE {space} TO "{user}"')
        dba.execute(f'ALTER ROLE "{user}" SET default_tablespace = {space}')
        dba.execute(f"ALTER INDEX t_v SET TABLESPACE {space}")
        try:
            before = target.execute(STATE).fetchall()
            with open_source() as source:
                alone(source, database_login)
            assert target.execute(STATE).fetchall() == before
        finally:
            dba.execute("DROP TABLE t, lg_table, lg_chunk, lg_reject, lg_deferred")
            dba.execute(f'ALTER ROLE "{user}" RESET default_tablespace')
            dba.execute(f'REVOKE ALL ON TABLESPACE {space} FROM "{user}"')
            dba.execute(f"DROP TABLESPACE {space}")


def test_the_indexes_of_partitions_stay_attached(
    rows: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    target.execute("CREATE TABLE t (id integer PRIMARY KEY, v varchar(10)) PARTITION BY HASH (id)")
    target.execute("CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0)")
    target.execute("CREATE INDEX t_v ON t (v)")
    target.execute("ALTER INDEX t_1_v_idx RENAME TO by_hand")
    before = target.execute(STATE).fetchall()
    assert len(before) == 4
    with open_source() as source:
        alone(source, database_login)
    assert target.execute(STATE).fetchall() == before


def test_what_hangs_on_a_foreign_key_that_is_dropped_comes_back(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    for run in (derby.run, target.execute):
        run("CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, b INTEGER)")
        run("CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, a INTEGER)")
    for table, other in ("ab", "ba"):
        target.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT to_{other} FOREIGN KEY ({other}) "
            f"REFERENCES {other} (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
        )
        target.execute(f"COMMENT ON CONSTRAINT to_{other} ON {table} IS 'the DBA''s 100%'")
    derby.run("INSERT INTO a VALUES (1, 1)", "INSERT INTO b VALUES (1, 1)")
    state = (
        "SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint') "
        "FROM pg_constraint WHERE contype = 'f' ORDER BY conname"
    )
    before = target.execute(state).fetchall()
    with open_source() as source:
        alone(source, database_login)
    assert target.execute(state).fetchall() == before


SEQUENCES = (
    ("CREATE SEQUENCE {s}", "nextval('{s}')", "integer"),
    ("CREATE SEQUENCE {s}", "nextval('{s}') + 0", "bigint"),
    ("CREATE SEQUENCE {s}", "nextval('{s}')", "numeric(12,0)"),
    ("CREATE SCHEMA o; CREATE SEQUENCE o.{s}", "nextval('o.{s}')", "bigint"),
    ("CREATE SEQUENCE {s} INCREMENT -1 START 3 MAXVALUE 3 MINVALUE -9", "nextval('{s}')", "int"),
    ("CREATE SEQUENCE {s} START 2 MAXVALUE 4", "nextval('{s}')", "integer"),
    # The numbers that are there are none that it will ever give.
    ("CREATE SEQUENCE {s} MINVALUE 10 MAXVALUE 11", "nextval('{s}')", "integer"),
    ('CREATE SEQUENCE "S""%{s}"', 'nextval(\'"S""%{s}"\')', "bigint"),
    # It is ahead of the rows.
    ("CREATE SEQUENCE {s}; SELECT setval('{s}', 700)", "nextval('{s}')", "bigint"),
)


def test_the_sequence_of_a_default_goes_on_after_the_rows(
    derby: DerbySample, open_source: OpenSource, target: Target, database_login: DatabaseLogin
) -> None:
    tables = [f"t{number}" for number in range(len(SEQUENCES))]
    derby.run(*(f"CREATE TABLE {table} {COLUMNS}" for table in tables))
    derby.run("CREATE TABLE ended (a INTEGER)")
    derby.run(*map(FILL.format, tables))
    derby.run("INSERT INTO ended VALUES (1), (2), (3)")
    for table, (made, default, kind) in zip(tables, SEQUENCES, strict=True):
        target.execute(made.format(s=f"s{table}"))
        filled = f"{kind} PRIMARY KEY DEFAULT {default.format(s=f's{table}')}"
        target.execute(f"CREATE TABLE {table} (id {filled}, v varchar(10))")
    # A sequence at its end has no further number to take.
    target.execute("CREATE SEQUENCE e MAXVALUE 3; SELECT setval('e', 3)")
    target.execute("CREATE TABLE ended (a integer DEFAULT nextval('e'))")
    with open_source() as source:
        alone(source, database_login)
    for table in tables:
        target.execute(f"INSERT INTO {table} (v) VALUES ('new')")  # noqa: S608
    assert target.execute("SELECT id FROM t8 WHERE v = 'new'").fetchone() == (701,)
