"""COPY TO STDOUT in large blocks.

PostgreSQL sends a message per row, and psycopg's `Copy.read` costs as much again as everything
else in reading a million of them back; libpq's own call does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection, sql
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

BLOCK_BYTES = 256 * 1024


def blocks(connection: Connection[Any], query: sql.Composed) -> Iterator[bytearray]:
    """What a COPY … TO STDOUT sends, joined. Raises psycopg's errors.

    Leaves the connection in the middle of the COPY when it is not read to its end.
    """
    wire = connection.pgconn
    result = wire.exec_(query.as_bytes(connection))
    if result.status != ExecStatus.COPY_OUT:
        raise error_from_result(result)
    read, block = wire.get_copy_data, bytearray()
    while True:
        length, row = read(0)
        if length < 0:
            break
        if length >= BLOCK_BYTES:
            # Of a long row libpq holds two copies already: it goes out in pieces, not in one more.
            if block:
                yield block
                block = bytearray()
            for at in range(0, length, BLOCK_BYTES):
                yield bytearray(row[at : at + BLOCK_BYTES])
        else:
            block += row
        # Else it would still be there while the next one is read.
        del row
        if len(block) >= BLOCK_BYTES:
            yield block
            block = bytearray()
    if block:
        yield block
    while (ended := wire.get_result()) is not None:
        if ended.status != ExecStatus.COMMAND_OK:
            raise error_from_result(ended)
