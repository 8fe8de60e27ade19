"""Fills a Derby database through JPype, in a process of its own: one JVM a process, and gone after.

python -m benchmarks.derby_sample DIRECTORY ROWS [TABLES [BLOBS [MB]]]
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import jpype
import jpype.dbapi2
from django.conf import settings

DERBY: str = settings.LIFEGUARD_DERBY_CLASSPATH
# About 200 bytes a row, keys in no order: a heap as a living server leaves it.
SCHEMA = """
    CREATE TABLE {table} (
        username VARCHAR(254) NOT NULL, device_id VARCHAR(64) NOT NULL,
        doc_id VARCHAR(64) NOT NULL, folder_id VARCHAR(64) NOT NULL, subject VARCHAR(254),
        doc_type SMALLINT NOT NULL, revision INTEGER NOT NULL, size_bytes BIGINT NOT NULL,
        content_digest VARCHAR(20) FOR BIT DATA, modified TIMESTAMP NOT NULL)
"""
# After the rows: keys in no order would each wait for a page of the disk.
KEY = "ALTER TABLE {table} ADD PRIMARY KEY (username, device_id, doc_id)"
# Derby makes the rows itself, from numbers: one by one through JPype would take minutes.
ROWS = """
    INSERT INTO {table}
    SELECT 'CN=User ' || TRIM(CHAR(MOD(n, 997))) || '/O=Acme',
           'ANDROID_' || TRIM(CHAR(MOD(n, 1999))),
           TRIM(CHAR(MOD(n * 7919, 10000019))) || '-0123456789ABCDEF0123456789ABCDEF',
           'Inbox-' || TRIM(CHAR(MOD(n, 50))),
           CASE WHEN MOD(n, 9) = 0 THEN NULL ELSE 'Re: minutes of meeting ' || TRIM(CHAR(n)) END,
           CAST(MOD(n, 4) AS SMALLINT), CAST(MOD(n, 100) AS INTEGER), n * 37,
           CASE WHEN MOD(n, 3) = 0 THEN X'0123456789ABCDEF0123456789ABCDEF01234567'
                ELSE X'89ABCDEF0123456789ABCDEF0123456789ABCDEF' END,
           {{fn TIMESTAMPADD(SQL_TSI_SECOND, CAST(n AS INTEGER), TIMESTAMP('2024-01-01 00:00:00'))}}
      FROM (SELECT CAST(? AS BIGINT) + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d
              FROM digit f, digit e, digit c, digit b, digit a) AS number (n)
     WHERE n < ?
"""
# As many as five digits count.
BATCH = 100_000
BLOBS = "CREATE TABLE attachment (id INTEGER NOT NULL PRIMARY KEY, content BLOB)"
BLOB_MB = 20


def table_names(tables: int) -> list[str]:
    return ["doc_state", *(f"doc_state_{number}" for number in range(2, tables + 1))]


def fill(directory: Path, rows: int, tables: int = 1, blobs: int = 0, mb: int = BLOB_MB) -> None:
    """Create the database with `rows` rows in each table, and close it as Derby wants."""
    jpype.startJVM(classpath=[DERBY])
    connection = jpype.dbapi2.connect(f"jdbc:derby:{directory};create=true")
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE digit (d INTEGER)")
    cursor.execute("INSERT INTO digit VALUES 0, 1, 2, 3, 4, 5, 6, 7, 8, 9")
    for table in table_names(tables):
        cursor.execute(SCHEMA.format(table=table))
        for first in range(0, rows, BATCH):
            cursor.execute(ROWS.format(table=table), [first, rows])
            connection.commit()
        cursor.execute(KEY.format(table=table))
        connection.commit()
    if blobs:
        cursor.execute(BLOBS)
        for number in range(blobs):
            content = os.urandom(mb * 1024 * 1024)
            cursor.execute("INSERT INTO attachment VALUES (?, ?)", [number, content])
            connection.commit()
    cursor.execute("DROP TABLE digit")
    connection.commit()
    connection.close()
    # Derby reports its orderly end as an error.
    with contextlib.suppress(jpype.dbapi2.Error):
        jpype.dbapi2.connect("jdbc:derby:;shutdown=true")


if __name__ == "__main__":
    fill(Path(sys.argv[1]), *map(int, sys.argv[2:]))
