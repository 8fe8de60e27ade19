"""The way without an engine: JDBC rows fetched through JPype, written by executemany.

python -m benchmarks.row_by_row DIRECTORY ROWS POSTGRESQL_URL    prints the seconds it took
"""

from __future__ import annotations

import sys
import time

import jpype
import jpype.dbapi2
import psycopg

from benchmarks.derby_sample import DERBY

FETCH_ROWS = 1000


def main() -> None:
    directory, rows, url = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    jpype.startJVM("-Duser.timezone=UTC", classpath=[DERBY])
    started = time.monotonic()
    with (
        jpype.dbapi2.connect(f"jdbc:derby:{directory}") as source,
        source.cursor() as reading,
        psycopg.connect(url) as target,
        target.cursor() as writing,
    ):
        reading.execute(f"SELECT * FROM doc_state FETCH FIRST {rows} ROWS ONLY")
        marks = ", ".join(["%s"] * len(reading.description))
        while batch := reading.fetchmany(FETCH_ROWS):
            writing.executemany(f"INSERT INTO doc_state VALUES ({marks})", batch)
        source.rollback()
    print(time.monotonic() - started)


if __name__ == "__main__":
    main()
