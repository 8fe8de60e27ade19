"""What `db check` asks MySQL and MariaDB; privileges have a module of their own."""

from __future__ import annotations

import re

from django.db import Error
from django.db.backends.utils import CursorWrapper

from pools.databases.dialect import (
    CodeSet,
    Encryption,
    Redundancy,
    Room,
)
from pools.databases.login import DatabaseLogin
from pools.databases.mysql.errors import error_code
from pools.databases.queries import all_rows, single_value
from pools.domain.sizes import in_words

NO_SUCH_STATEMENT = 1064
NO_SUCH_TABLE = 1146
MAY_NOT_READ = 1142


def version(cursor: CursorWrapper) -> str:
    """`MariaDB 10.11.6` or `MySQL 8.0.36`."""
    text = str(single_value(cursor, "SELECT VERSION()"))
    # MariaDB from 10 on may put 5.5.5- before its number, for clients that cannot read two digits.
    number = re.search(r"\d+\.\d+\.\d+", text.removeprefix("5.5.5-"))
    product = "MariaDB" if "mariadb" in text.casefold() else "MySQL"
    return f"{product} {number[0] if number else text}"


def encryption(cursor: CursorWrapper, _login: DatabaseLogin) -> Encryption:
    """What was negotiated for this session, which everybody may ask of their own."""
    found = {
        str(row["variable_name"]).casefold(): str(row["value"] or "")
        for row in all_rows(cursor, "SHOW SESSION STATUS LIKE 'Ssl_%'")
    }
    cipher, protocol = found.get("ssl_cipher", ""), found.get("ssl_version", "")
    if not cipher:
        return Encryption("", encrypted=False)
    return Encryption(f"{protocol}, {cipher}", encrypted=True)


def code_set(cursor: CursorWrapper) -> CodeSet:
    """The database's default character set and collation; `utf8` there is only three bytes."""
    cursor.execute("SELECT @@character_set_database, @@collation_database")
    name, collation = map(str, cursor.fetchone())
    exact = collation.endswith(("_bin", "_cs", "_0900_as_cs"))
    return CodeSet(name, suffices=name == "utf8mb4", folding="" if exact else collation)


def room(cursor: CursorWrapper) -> Room:
    """MySQL knows what it uses; only its operating system knows what is left."""
    used = single_value(
        cursor,
        "SELECT SUM(data_length + index_length) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    )
    return Room(f"The database takes {in_words(int(used or 0))}. MySQL does not tell what is free.")


def availability(cursor: CursorWrapper) -> Redundancy:
    """A Galera cluster, a group, or replicas that follow: whichever the server speaks of."""
    if single_value(cursor, "SELECT @@GLOBAL.read_only"):
        return Redundancy("The server is set to read only.", redundant=False, read_only=True)
    members = _status(cursor, "wsrep_cluster_size") or _group_members(cursor)
    if members > 1:
        return Redundancy(f"{members} servers form one cluster.", redundant=True)
    replicas = _replicas(cursor)
    if replicas:
        return Redundancy(f"Connected replicas: {replicas}.", redundant=True)
    return Redundancy("No replica is connected and no cluster is set up.", redundant=False)


def _status(cursor: CursorWrapper, name: str) -> int | None:
    """A counter of the server, which takes no privilege; None where the server has none."""
    cursor.execute("SHOW GLOBAL STATUS LIKE %s", [name])
    row = cursor.fetchone()
    return int(row[1]) if row else None


def _group_members(cursor: CursorWrapper) -> int:
    """Members of MySQL's group replication that are online; MariaDB has none."""
    try:
        return int(
            single_value(
                cursor,
                "SELECT COUNT(*) FROM performance_schema.replication_group_members"
                " WHERE member_state = 'ONLINE'",
            )
        )
    except Error as error:
        # A login without rights on performance_schema still learns of replicas.
        if error_code(error) in {NO_SUCH_TABLE, MAY_NOT_READ}:
            return 0
        raise


def _replicas(cursor: CursorWrapper) -> int:
    """MariaDB counts them for everybody; MySQL shows them to those with REPLICATION SLAVE."""
    counted = _status(cursor, "Slaves_connected")
    if counted is not None:
        return counted
    try:
        return len(all_rows(cursor, "SHOW REPLICAS"))
    except Error as error:
        # Before 8.0.22 it had another name.
        if error_code(error) != NO_SUCH_STATEMENT:
            raise
    return len(all_rows(cursor, "SHOW SLAVE HOSTS"))
