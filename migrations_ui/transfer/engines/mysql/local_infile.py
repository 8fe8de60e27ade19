"""LOAD DATA LOCAL fed by a pipe: the driver reads one end while the transfer writes the other.

The driver lets go of the interpreter's lock while it sends, so both go on at once, and nothing
of a table is ever held in memory or in a file.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import MySQLdb

from migrations_ui.transfer.engines.base import ConnectionGone
from migrations_ui.transfer.engines.mysql.errors import (
    DUPLICATE_CODES,
    refusal,
    translate,
    translated,
)
from migrations_ui.transfer.engines.mysql.own_stream import (
    NotPossible,
    own_stream,
    why_not,
)
from migrations_ui.transfer.engines.operations import Sink

PIPE_BYTES = 1024 * 1024
# What the client says of a file that it may not or cannot send; else its codes mean it is gone.
FORBIDDEN = 2068
CLIENT_REFUSALS = frozenset({2000, FORBIDDEN})


def why_refused(connection: Any, into: str) -> str:
    """The words in which a LOAD DATA LOCAL is refused; empty when it is not.

    Asked by doing it, with nothing, into the empty table `into`: the server may say no, but so
    may the client's library, or a proxy on the way. Raises ConnectionGone.
    """
    if why := why_not(connection):
        return why
    load = _Load(connection, into, "")
    load.join()
    error = load.error
    if error is None:
        return ""
    if error.args[0] not in CLIENT_REFUSALS and isinstance(translate(error), ConnectionGone):
        raise translate(error)
    return " ".join(str(word) for word in error.args[1:])


@contextmanager
def local_infile(connection: Any, table: str, columns: str) -> Iterator[Sink]:
    """Takes the reader's LOAD text. `table` and `columns` are quoted SQL.

    Raises at the end of the block what the server found: it reads to the end whatever happens.
    """
    load = _Load(connection, table, columns)
    try:
        yield load
    except BaseException:
        # What was sent so far is loaded; the transaction that this error ends takes it back.
        load.join()
        raise
    load.finish()


class _Load:
    def __init__(self, connection: Any, table: str, columns: str) -> None:
        self._connection = connection
        self.error: MySQLdb.Error | None = None
        self._read_end, self._write_end = os.pipe()
        if sys.platform == "linux":
            # A user with many pipes is not given longer ones; the usual length does as well.
            with suppress(OSError):
                fcntl.fcntl(self._write_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        statement = _statement(table, columns)
        self._thread = threading.Thread(target=self._run, args=[statement], name="load data")
        self._thread.start()

    def write(self, piece: memoryview) -> None:
        left = piece
        try:
            while left:
                left = left[os.write(self._write_end, left) :]
        except BrokenPipeError:
            # The statement has ended before the rows did; why, its error says.
            self.finish()
            raise ConnectionGone from None

    def finish(self) -> None:
        """The end of the rows. Raises what the server says to them."""
        self.join()
        with translated():
            if self.error is not None:
                raise self.error
            # LOCAL means IGNORE: what would be an error is only counted, and the row left out
            # or its value changed. Each of them refuses the whole chunk here.
            if self._connection.warning_count():
                self._connection.query("SHOW WARNINGS")
                warnings = self._connection.store_result().fetch_row(0)
                raise refusal(*_worst(warnings))

    def join(self) -> None:
        if self._write_end >= 0:
            os.close(self._write_end)
            self._write_end = -1
        self._thread.join()

    def _run(self, statement: str) -> None:
        try:
            with own_stream(self._connection, self._read_end):
                self._connection.query(statement)
        except MySQLdb.Error as error:
            self.error = error
        except NotPossible as error:
            self.error = MySQLdb.OperationalError(FORBIDDEN, str(error))
        finally:
            # Only now: with no reader left, a writer that goes on gets that error.
            os.close(self._read_end)


def _statement(table: str, columns: str) -> str:
    """The name is that of no file. In `binary` no byte is converted: text is UTF-8 already, and
    bytes are no text."""
    return (
        f"LOAD DATA LOCAL INFILE 'rows of lifeguard' INTO TABLE {table} CHARACTER SET binary "
        f"FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' {columns}"
    )


def _worst(warnings: tuple[tuple[Any, ...], ...]) -> tuple[int, str]:
    """A warning that is no mere duplicate, if there is one: only those can be merged."""
    texts = [(int(code), _text(message)) for _, code, message in warnings]
    return next((each for each in texts if each[0] not in DUPLICATE_CODES), texts[0])


def _text(message: Any) -> str:
    return message.decode(errors="replace") if isinstance(message, bytes) else str(message)
