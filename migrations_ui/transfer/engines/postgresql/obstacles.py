"""What keeps rows out of a table, or changes them on their way, by PostgreSQL's catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from migrations_ui.transfer.obstacles import (
    IndexLimit,
    TargetProblem,
    not_a_table,
    rights_missing,
    triggers_there,
)

# Of everything that rows could go to by its name.
RELATIONS = """
    SELECT c.relname, c.relkind::text, row_security_active(c.oid),
           ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
                  WHERE NOT has_table_privilege(c.oid, p)),
           ARRAY(SELECT r.rulename::text FROM pg_rewrite r
                  WHERE r.ev_class = c.oid AND r.ev_type <> '1' AND r.ev_enabled <> 'D'
                  ORDER BY r.rulename),
           ARRAY(SELECT g.tgname::text FROM pg_trigger g
                  WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgenabled <> 'D'
                  ORDER BY g.tgname)
      FROM pg_class c
     WHERE c.relnamespace = current_schema()::regnamespace
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND left(c.relname, 3) <> 'lg_'
"""
# Of each sequence that a default names: whether it can be set past the rows.
SEQUENCES = """
    SELECT DISTINCT c.relname, a.attname, s.oid::regclass::text,
           has_sequence_privilege(s.oid, 'UPDATE'),
           a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
      FROM pg_class c
      JOIN pg_attrdef f ON f.adrelid = c.oid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.adnum
      JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
       AND d.refclassid = 'pg_class'::regclass
      JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
     ORDER BY c.relname, a.attname
"""
# A btree takes a third of a page less its own, of all columns together; INCLUDE counts as well.
INDEXES = """
    SELECT c.relname, i.relname,
           ARRAY(SELECT a.attname FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(number, place)
                   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
                  ORDER BY k.place),
           2704 * current_setting('block_size')::integer / 8192,
           x.indpred IS NULL AND x.indexprs IS NULL
      FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
      JOIN pg_class c ON c.oid = x.indrelid
      JOIN pg_am m ON m.oid = i.relam AND m.amname = 'btree'
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
     ORDER BY c.relname, i.relname
"""
KINDS = {"v": "a view", "m": "a materialized view", "f": "a foreign table"}

Rows = Iterable[tuple[Any, ...]]


def read_obstacles(
    relations: Rows, sequences: Rows, user: str
) -> dict[str, tuple[TargetProblem, ...]]:
    """By name, from what RELATIONS and SEQUENCES returned."""
    found: dict[str, list[TargetProblem]] = defaultdict(list)
    for name, kind, secured, missing, rules, triggers in relations:
        if kind in KINDS:
            found[name].append(not_a_table(name, KINDS[kind]))
            continue
        if secured:
            found[name].append(
                TargetProblem(
                    f"Row-level security is in force for {user} on {name}: rows would be refused "
                    "or not be seen.",
                    f'Have the DBA run ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY, or ALTER '
                    f'ROLE "{user}" BYPASSRLS.',
                )
            )
        if missing:
            found[name].append(rights_missing(name, missing, user))
        if rules:
            found[name].append(
                TargetProblem(
                    f"{name} has rules that change what is written to it: {', '.join(rules)}.",
                    f'Have the DBA run ALTER TABLE "{name}" DISABLE RULE for each, and enable them '
                    "after the migration.",
                )
            )
        if triggers:
            found[name].append(triggers_there(name, triggers))
    for name, column, sequence, may_set, number in sequences:
        if not number:
            found[name].append(
                TargetProblem(
                    f"Its default takes numbers from the sequence {sequence}, which cannot be set "
                    "past values that are no numbers.",
                    f"Set {sequence} past the copied values before servers of the pool start.",
                    blocks=False,
                    column=column,
                )
            )
        elif not may_set:
            found[name].append(
                TargetProblem(
                    f"Its default takes numbers from the sequence {sequence}, and {user} may not "
                    "set that past the rows: later inserts would fail.",
                    f"Have the DBA run GRANT USAGE, SELECT, UPDATE ON SEQUENCE {sequence} TO "
                    f'"{user}".',
                    column=column,
                )
            )
    return {name: tuple(problems) for name, problems in found.items()}


def read_index_limits(rows: Rows) -> dict[str, tuple[IndexLimit, ...]]:
    """By table, from what INDEXES returned. Values are compressed there, so longer ones may fit."""
    found: dict[str, list[IndexLimit]] = defaultdict(list)
    for table, index, columns, most, plain in rows:
        found[table].append(IndexLimit(index, tuple(columns), most, exact=False, plain=plain))
    return {table: tuple(limits) for table, limits in found.items()}
