"""What PostgreSQL's catalogue says about tables, columns, keys and sequences."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from migrations_ui.transfer.tables import (
    ColumnPlan,
    ForeignKey,
    TablePlan,
    TargetColumn,
    TargetTable,
)
from migrations_ui.transfer.value_loss import Treatment

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), t.typname, a.atttypmod,
           NOT a.attnotnull, a.atthasdef OR a.attidentity <> ''
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = current_schema()::regnamespace
       AND c.relkind IN ('r', 'p')
       AND a.attnum > 0
       AND NOT a.attisdropped
       AND a.attgenerated = ''
       AND c.relname = COALESCE(%s, c.relname)
     ORDER BY c.relname, a.attnum
"""

PARENTS = """
    SELECT DISTINCT c.relname, p.relname
      FROM pg_constraint f
      JOIN pg_class c ON c.oid = f.conrelid
      JOIN pg_class p ON p.oid = f.confrelid
     WHERE f.contype = 'f'
       AND c.relnamespace = current_schema()::regnamespace
       AND p.relnamespace = c.relnamespace
     ORDER BY c.relname, p.relname
"""

FOREIGN_KEYS = """
    SELECT f.conname, c.relname, p.relname,
           ARRAY(SELECT a.attname
                   FROM unnest(f.conkey) WITH ORDINALITY k (number, place)
                   JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number
                  ORDER BY k.place),
           ARRAY(SELECT a.attname
                   FROM unnest(f.confkey) WITH ORDINALITY k (number, place)
                   JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number
                  ORDER BY k.place),
           pg_has_role(c.relowner, 'USAGE') AND has_table_privilege(p.oid, 'REFERENCES'),
           pg_get_constraintdef(f.oid),
           f.convalidated,
           obj_description(f.oid, 'pg_constraint'),
           EXISTS (SELECT FROM pg_trigger g WHERE g.tgconstraint = f.oid AND g.tgenabled <> 'O')
      FROM pg_constraint f
      JOIN pg_class c ON c.oid = f.conrelid
      JOIN pg_class p ON p.oid = f.confrelid
     WHERE f.contype = 'f'
       AND f.conparentid = 0
       AND c.relnamespace = current_schema()::regnamespace
       AND p.relnamespace = c.relnamespace
     ORDER BY c.relname, f.conname
"""
NOT_ITS_OWNER = (
    "the login neither owns {table} nor may refer to {parent}, as it would have to for that"
)
SWITCHED = "a trigger of it has been switched off or over, which would be lost"

# What the load can do without, and what one statement makes again exactly as it was. Anything
# else stays: what others depend on (a foreign key, a view that groups by it, an extension), what
# bears a mark, a comment, a table space or figures of its own, what is a part of a partitioned one,
# and an exclusion, which refuses rows as a key does. The options of a constraint's index are no
# part of its definition (pg_get_constraintdef); those of an index are.
INDEXES = """
    SELECT i.relname,
           k.conname,
           COALESCE(pg_get_constraintdef(k.oid), pg_get_indexdef(i.oid)),
           x.indisunique,
           ARRAY(SELECT a.attname FROM pg_attribute a
                  WHERE a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey)),
           x.indexprs IS NULL AND x.indpred IS NULL
      FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
      JOIN pg_class c ON c.oid = x.indrelid
      LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')
     WHERE c.oid = %s::regclass
       AND pg_has_role(c.relowner, 'USAGE')
       AND i.relkind = 'i'
       AND NOT i.relispartition
       AND x.indisvalid AND x.indisready AND x.indislive
       AND NOT x.indisreplident
       AND NOT x.indisclustered
       AND NOT x.indisexclusion
       AND i.reltablespace = 0
       AND (k.oid IS NULL OR i.reloptions IS NULL)
       AND NOT EXISTS (SELECT FROM pg_attribute a
                        WHERE a.attrelid = i.oid AND a.attstattarget >= 0)
       AND NOT EXISTS (SELECT FROM pg_description d
                        WHERE d.classoid = 'pg_class'::regclass AND d.objoid = i.oid
                           OR d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid)
       AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = i.oid
                           OR d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid
                              AND (d.classid, d.objid) <> ('pg_class'::regclass, i.oid)
                           OR d.refclassid = 'pg_extension'::regclass
                              AND d.classid = 'pg_class'::regclass AND d.objid = i.oid)
     ORDER BY k.contype = 'p' DESC NULLS LAST, i.relname
"""

# Those that a default names, whoever owns them, and those that belong to a column. `plain`: the
# next number is the column's value, as it is.
SEQUENCES = """
    SELECT DISTINCT a.attname, s.oid::regclass::text, q.seqincrement > 0, q.seqmin, q.seqmax
      FROM pg_attribute a
      LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
      JOIN pg_depend d
        ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
           AND d.refclassid = 'pg_class'::regclass
        OR d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
           AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i')
      JOIN pg_class s
        ON s.relkind = 'S'
       AND s.oid = CASE d.classid WHEN 'pg_attrdef'::regclass THEN d.refobjid ELSE d.objid END
      JOIN pg_sequence q ON q.seqrelid = s.oid
     WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
       AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
"""

BYTES = """
    SELECT lower(c.relname), pg_total_relation_size(c.oid)
      FROM pg_class c
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
       AND c.relkind = 'r' AND left(c.relname, 3) = 'lg_'
"""

HOLDERS = """
    SELECT a.pid, a.usename, a.application_name, string_agg(DISTINCT l.mode, ', ')
      FROM pg_locks l
      JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.relation = to_regclass(%s)
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND l.granted
       AND l.pid <> pg_backend_pid()
     GROUP BY a.pid, a.usename, a.application_name
     ORDER BY a.pid
"""

SIMPLE_FORMS = {
    "text": "text",
    "int2": "int2",
    "int4": "int4",
    "int8": "int8",
    "bool": "bool",
    "float4": "float4",
    "float8": "float8",
    "bytea": "bytea",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    # The same eight bytes: microseconds since 2000-01-01, Derby's fields read as UTC.
    "timestamptz": "timestamp",
}
# Java's names for the encodings that a database may have; UTF8 holds everything.
CHARSETS = {
    **{f"LATIN{number}": f"ISO-8859-{number}" for number in (1, 2, 3, 4)},
    "LATIN5": "ISO-8859-9",
    "LATIN7": "ISO-8859-13",
    "LATIN9": "ISO-8859-15",
    "ISO_8859_5": "ISO-8859-5",
    "ISO_8859_7": "ISO-8859-7",
    **{f"WIN{number}": f"windows-{number}" for number in range(1250, 1259)},
    "KOI8R": "KOI8-R",
    "EUC_JP": "EUC-JP",
    "EUC_KR": "EUC-KR",
    "EUC_CN": "GB2312",
}
# A varlena type's modifier counts these four bytes as well.
MODIFIER_HEADER = 4
# A numeric's scale is a signed number of eleven bits; the reader writes no negative one.
SCALE_BITS = 0x7FF
MOST_SCALE = 0x3FF


def read_tables(connection: Connection[Any]) -> tuple[TargetTable, ...]:
    """The ordinary tables of the current schema."""
    columns = _columns(connection)
    parents: dict[str, list[str]] = defaultdict(list)
    for table, parent in connection.execute(PARENTS):
        parents[table].append(parent)
    return tuple(
        TargetTable(name, tuple(members), parents=tuple(parents[name]))
        for name, members in columns.items()
    )


def read_table(connection: Connection[Any], name: str) -> TargetTable | None:
    """One of them by one statement, because each chunk asks; without its parents."""
    found = _columns(connection, only=name).get(name)
    return TargetTable(name, tuple(found)) if found else None


def _columns(
    connection: Connection[Any], *, only: str | None = None
) -> dict[str, list[TargetColumn]]:
    # Said by the server when the connection was opened.
    encoding = connection.info.parameter_status("server_encoding") or ""
    charset = CHARSETS.get(encoding, "")
    columns: dict[str, list[TargetColumn]] = defaultdict(list)
    for table, name, title, kind, modifier, nullable, fills in connection.execute(COLUMNS, [only]):
        form = _form(kind, modifier)
        columns[table].append(TargetColumn(name, title, form, nullable, fills, charset))
    return columns


@dataclass(frozen=True, slots=True)
class Definition:
    """What a foreign key is made again from; `valid`: it holds for all rows."""

    constraint: str
    valid: bool
    comment: str | None


def read_foreign_keys(connection: Connection[Any]) -> dict[ForeignKey, Definition]:
    """Those with both ends in the current schema."""
    found = {}
    for name, table, parent, own, its, may, *definition, switched in connection.execute(
        FOREIGN_KEYS
    ):
        kept = SWITCHED if switched else ""
        if not may:
            kept = NOT_ITS_OWNER.format(table=table, parent=parent)
        key = ForeignKey(name, table, tuple(own), parent, tuple(its), kept)
        found[key] = Definition(*definition)
    return found


def _form(kind: str, modifier: int) -> str:
    """The reader's name for a column type; empty for one it cannot write."""
    if kind in ("varchar", "bpchar"):
        return f"{kind}:{modifier - MODIFIER_HEADER}" if modifier > 0 else "text"
    if kind == "numeric":
        if modifier < 0:
            return kind
        packed = modifier - MODIFIER_HEADER
        scale = packed & SCALE_BITS
        return f"{kind}:{packed >> 16}:{scale}" if scale <= MOST_SCALE else ""
    if kind in ("timestamp", "timestamptz") and modifier >= 0:
        return f"timestamp:{modifier}"
    return SIMPLE_FORMS.get(kind, "")


def deferrable_indexes(
    connection: Connection[Any], table: TablePlan
) -> list[tuple[str, sql.Composed, sql.Composed]]:
    """Name, drop and restore statement of each key and index that the load can do without.

    A unique one only where the source's own key already makes the rows unique; none at all
    where the login does not own the table.
    """
    found: list[tuple[str, sql.Composed, sql.Composed]] = []
    lossless = _lossless_key(table)
    name = sql.Identifier(table.name)
    rows = connection.execute(INDEXES, [qualified(connection, table.name)]).fetchall()
    for index, constraint, definition, unique, columns, plain in rows:
        if unique and not (plain and lossless and lossless <= set(columns)):
            continue
        if constraint is None:
            drop = sql.SQL("DROP INDEX {}").format(sql.Identifier(index))
            restore = sql.SQL("{}").format(sql.SQL(definition))
        else:
            which = sql.Identifier(constraint)
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, which)
            restore = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                name, which, sql.SQL(definition)
            )
        found.append((index, drop, restore))
    return found


def _lossless_key(table: TablePlan) -> set[str]:
    """The source's key as target columns; empty when two keys could become one on the way."""
    lossy = {column.target for column in table.columns if _may_lose(column)}
    return set() if lossy & set(table.key) else set(table.key)


def _may_lose(column: ColumnPlan) -> bool:
    """Whether two values of the source may arrive as the same one."""
    converted = any(option.endswith(f"={Treatment.CONVERT}") for option in column.options)
    padded = column.form.startswith("bpchar") and column.source_type != "CHAR"
    return column.source_type == "TIMESTAMP" or converted or padded


def lock_holders(connection: Connection[Any], table: str) -> list[str]:
    """Other sessions that hold locks on the table now, and which; everybody may see that much."""
    return [
        f"session {pid} of {user or 'unknown'}{f' ({program})' if program else ''} with {modes}"
        for pid, user, program, modes in connection.execute(
            HOLDERS, [qualified(connection, table)]
        ).fetchall()
    ]


def advance_sequences(connection: Connection[Any], table: str) -> None:
    """Set the sequences that fill the table's columns past the copied values, never backwards.

    Values outside of a sequence's own bounds are none that it will ever give.
    """
    full = qualified(connection, table)
    for column, sequence, rising, least, most in connection.execute(SEQUENCES, [full]).fetchall():
        values = {
            "end": sql.SQL("max" if rising else "min"),
            "further": sql.SQL("greatest" if rising else "least"),
            "behind": sql.SQL("<=" if rising else ">="),
            "column": sql.Identifier(column),
            "table": sql.Identifier(table),
            "sequence": sql.Literal(sequence),
            "bounds": sql.SQL("{} AND {}").format(sql.Literal(least), sql.Literal(most)),
            "last": sql.Literal(most if rising else least),
        }
        # The next number is taken only where it is needed: at its end a sequence has none.
        connection.execute(
            sql.SQL(
                "SELECT setval({sequence}, {further}(v.value, nextval({sequence}))) "
                "FROM (SELECT trunc({end}({column})::numeric)::bigint AS value FROM {table} "
                "WHERE {column} BETWEEN {bounds}) v, "
                "LATERAL (SELECT pg_sequence_last_value({sequence}::regclass) AS last) s "
                "WHERE v.value IS NOT NULL "
                "AND (s.last IS NULL OR s.last {behind} v.value AND s.last <> {last})"
            ).format(**values)
        )


def qualified(connection: Connection[Any], table: str) -> str:
    """The table's quoted name as text, for functions that take a name."""
    return sql.Identifier(table).as_string(connection)
