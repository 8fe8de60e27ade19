"""What `db check` asks PostgreSQL."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from pools.databases.dialect import (
    CodeSet,
    Encryption,
    Redundancy,
    Room,
)
from pools.databases.login import DatabaseLogin
from pools.databases.queries import single_value
from pools.domain.sizes import in_words


def encryption(cursor: CursorWrapper, _login: DatabaseLogin) -> Encryption:
    """What was negotiated for this session, which everybody may ask of their own."""
    cursor.execute("SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    row = cursor.fetchone()
    if row is None or not row[0]:
        return Encryption("", encrypted=False)
    return Encryption(f"{row[1]}, {row[2]}", encrypted=True)


def version(cursor: CursorWrapper) -> str:
    """`PostgreSQL 18.0`, as the server says it."""
    return f"PostgreSQL {single_value(cursor, 'SHOW server_version')}"


def code_set(cursor: CursorWrapper) -> CodeSet:
    """The database's code set, such as `UTF8` or `LATIN1`.

    Collations matter to the order only: equal means equal bytes, unless a column asks otherwise.
    """
    name = str(single_value(cursor, "SHOW server_encoding"))
    return CodeSet(name, suffices=name == "UTF8")


def missing_privileges(cursor: CursorWrapper, _schema: str) -> list[str]:
    """What this login lacks, in words a DBA can act on; empty when it may do its work."""
    # The schema that is asked for is first in the search path already (settings).
    schema = single_value(cursor, "SELECT current_schema()")
    if schema is None:
        return [f"no schema to work in: {single_value(cursor, 'SHOW search_path')} does not exist"]
    missing = [
        f"{privilege} on schema {schema}"
        for privilege in ("USAGE", "CREATE")
        if not single_value(
            cursor, "SELECT has_schema_privilege(current_user, %s, %s)", schema, privilege
        )
    ]
    cursor.execute(
        """
        SELECT tablename, p FROM pg_tables,
               unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
         WHERE schemaname = %s
           AND NOT has_table_privilege(
                   current_user, format('%%I.%%I', schemaname, tablename), p)
         ORDER BY tablename, p
        """,
        [schema],
    )
    return missing + [f"{privilege} on {schema}.{table}" for table, privilege in cursor.fetchall()]


def room(cursor: CursorWrapper) -> Room:
    """PostgreSQL knows what it uses; only its operating system knows what is left."""
    used = int(single_value(cursor, "SELECT pg_database_size(current_database())"))
    return Room(f"The database takes {in_words(used)}. PostgreSQL does not tell what is free.")


def availability(cursor: CursorWrapper) -> Redundancy:
    """Its standbys by streaming replication. Counting them needs no privilege, their state does."""
    if single_value(cursor, "SELECT pg_is_in_recovery()"):
        return Redundancy("This server is itself a standby.", redundant=True, read_only=True)
    standbys = int(
        single_value(
            cursor,
            "SELECT count(*) FROM pg_stat_replication"
            " WHERE application_name IS DISTINCT FROM 'pg_basebackup'",
        )
    )
    if standbys == 0:
        return Redundancy("No standby is connected to this server.", redundant=False)
    return Redundancy(f"Connected standbys: {standbys}.", redundant=True)
