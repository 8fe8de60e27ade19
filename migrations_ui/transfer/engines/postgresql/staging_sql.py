"""Statements over rows that were staged in a temporary table beside the real one."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from migrations_ui.transfer.tables import TablePlan


def create(table: TablePlan, name: str) -> sql.Composed:
    """The columns' types without any constraint; gone with the transaction."""
    return sql.SQL(
        "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA"
    ).format(sql.Identifier(name), names(table.column_names), sql.Identifier(table.name))


def drop(name: str) -> sql.Composed:
    """One of the same transaction; nothing else has such a name in that schema."""
    return sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(sql.Identifier(name))


def insert(table: TablePlan, name: str) -> sql.Composed:
    columns = names(table.column_names)
    # Identity columns GENERATED ALWAYS take the copied values as COPY would write them.
    return sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
        sql.Identifier(table.name), columns, columns, sql.Identifier(name)
    )


def insert_unless_there(table: TablePlan, name: str) -> sql.Composed:
    """Returns the key of each row that some unique constraint of the table kept out."""
    return sql.SQL(
        "WITH added AS ({} ON CONFLICT DO NOTHING RETURNING {}) SELECT {} FROM {} s "
        "WHERE NOT EXISTS (SELECT FROM added t WHERE {})"
    ).format(
        *(insert(table, name), names(table.key), names(table.key, "s")),
        *(sql.Identifier(name), _same_key(table)),
    )


def delete(table: TablePlan, name: str) -> sql.Composed:
    """By key; where there is none, as many of each equal row as are staged, whichever of them."""
    if table.key:
        return sql.SQL("DELETE FROM {} t USING {} s WHERE {}").format(
            sql.Identifier(table.name), sql.Identifier(name), _same_key(table)
        )
    columns, target = names(table.column_names), sql.Identifier(table.name)
    return sql.SQL(
        "DELETE FROM {} WHERE ctid IN (SELECT t.ctid FROM "
        "(SELECT ctid, ROW({})::text AS image, "
        "row_number() OVER (PARTITION BY ROW({})::text) AS number FROM {}) t "
        "JOIN (SELECT ROW({})::text AS image, count(*) AS staged FROM {} GROUP BY 1) s "
        "ON t.image = s.image AND t.number <= s.staged)"
    ).format(target, columns, columns, target, columns, sql.Identifier(name))


def subtract(table: TablePlan, name: str, other: str) -> sql.Composed:
    return sql.SQL("DELETE FROM {} s USING {} t WHERE {}").format(
        sql.Identifier(name), sql.Identifier(other), _same_key(table)
    )


def drop_equal(table: TablePlan, name: str) -> sql.Composed:
    """Take out of the staging table what the real one has just so."""
    return sql.SQL("DELETE FROM {} s USING {} t WHERE {} AND NOT ({})").format(
        *(sql.Identifier(name), sql.Identifier(table.name), _same_key(table)),
        _any_differs(table),
    )


def compare(
    table: TablePlan, name: str, other: str, *, both_ways: bool, limit: int
) -> sql.Composed:
    """Rows of key text, kind, differing columns, and the number of all differences."""
    body = _compare_by_key if table.key else _compare_whole_rows
    return sql.SQL("SELECT d.*, count(*) OVER () FROM ({}) d ORDER BY 1 LIMIT {}").format(
        body(table, name, other, both_ways), sql.Literal(limit)
    )


def _compare_by_key(table: TablePlan, name: str, other: str, both_ways: bool) -> sql.Composed:
    first = table.key[0]
    differing = sql.SQL(", ").join(
        sql.SQL("CASE WHEN {} IS DISTINCT FROM {} THEN {} END").format(
            sql.Identifier("s", column), sql.Identifier("t", column), sql.Literal(column)
        )
        for column in table.column_names
    )
    return sql.SQL(
        "SELECT CASE WHEN {s_key} IS NULL THEN {t_text} ELSE {s_text} END, "
        "CASE WHEN {t_key} IS NULL THEN 'missing' WHEN {s_key} IS NULL THEN 'extra' "
        "ELSE 'differs' END, "
        "CASE WHEN {t_key} IS NULL OR {s_key} IS NULL THEN ARRAY[]::text[] "
        "ELSE array_remove(ARRAY[{differing}]::text[], NULL) END "
        "FROM {staged} s {join} JOIN {other} t ON {same} WHERE {differs}"
    ).format(
        s_key=sql.Identifier("s", first),
        t_key=sql.Identifier("t", first),
        s_text=_key_text(table, "s"),
        t_text=_key_text(table, "t"),
        differing=differing,
        staged=sql.Identifier(name),
        join=sql.SQL("FULL" if both_ways else "LEFT"),
        other=sql.Identifier(other),
        same=_same_key(table),
        differs=_any_differs(table),
    )


def _compare_whole_rows(table: TablePlan, name: str, other: str, both_ways: bool) -> sql.Composed:
    """Multisets: two equal rows on one side want two on the other."""
    columns = names(table.column_names)
    one_way = sql.SQL(
        "SELECT left(image, 400), {}, ARRAY[]::text[] FROM "
        "(SELECT ROW({})::text AS image FROM {} EXCEPT ALL SELECT ROW({})::text FROM {}) x"
    )
    here, there = sql.Identifier(name), sql.Identifier(other)
    parts = [one_way.format(sql.Literal("missing"), columns, here, columns, there)]
    if both_ways:
        parts.append(one_way.format(sql.Literal("extra"), columns, there, columns, here))
    return sql.SQL(" UNION ALL ").join(parts)


def names(columns: Sequence[str], alias: str = "") -> sql.Composed:
    prefix = (alias,) if alias else ()
    return sql.SQL(", ").join(sql.Identifier(*prefix, column) for column in columns)


def _key_text(table: TablePlan, alias: str) -> sql.Composed:
    return sql.SQL("json_build_array({})::text").format(names(table.key, alias))


def _same_key(table: TablePlan) -> sql.Composed:
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier("t", column), sql.Identifier("s", column))
        for column in table.key
    )


def _any_differs(table: TablePlan) -> sql.Composed:
    return sql.SQL(" OR ").join(
        sql.SQL("{} IS DISTINCT FROM {}").format(
            sql.Identifier("s", column), sql.Identifier("t", column)
        )
        for column in table.column_names
    )
