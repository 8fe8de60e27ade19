"""A Derby database in a private copy, read by a Java program of our own.

One JVM serves one copy: embedded Derby lets no second one in. Each request is a connection to
its Unix socket, so several tables stream at once.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from migrations_ui.transfer.derby.frames import FrameStream
from migrations_ui.transfer.derby.process import ReaderProcess
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.digests import BUCKETS, DIGEST_BYTES
from migrations_ui.transfer.errors import NotDerby, ReaderDied, SourceLocked
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import SourceColumn, SourceTable, TablePlan

# A killed worker's JVM needs a moment to notice the end of its input.
UNLOCK_SECONDS = 10
WHOLE_TABLE = 2**62


class DerbySource:
    """Use as a context manager. The directory is ours alone: take_copy makes one, so does fetching.

    Entering raises NotDerby, SourceLocked, SourceNewer, SourceEncrypted, SourceDamaged or
    ReaderMissing.
    """

    def __init__(self, private_copy: Path, *, toolchain: JavaToolchain | None = None) -> None:
        self.directory = private_copy
        self._toolchain = toolchain or JavaToolchain.from_settings()
        self._process: ReaderProcess | None = None

    def __enter__(self) -> Self:
        if not (self.directory / "service.properties").is_file():
            raise NotDerby(f"{self.directory}: {NotDerby()}")
        deadline = time.monotonic() + UNLOCK_SECONDS
        while self._process is None:
            try:
                self._process = ReaderProcess(self.directory, self._toolchain)
            except SourceLocked:
                if time.monotonic() > deadline:
                    raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running().stop()
        self._process = None

    @property
    def pid(self) -> int:
        """The reader's process, for measuring it."""
        return self._running().pid

    def tables(self) -> tuple[SourceTable, ...]:
        """Every user table with its exact row count."""
        with self._connection() as stream:
            stream.request(["tables"])
            described = stream.answer()["tables"]
        return tuple(
            SourceTable(
                schema=table["schema"],
                name=table["name"],
                row_count=table["rows"],
                key=tuple(table["key"]),
                columns=tuple(SourceColumn(**column) for column in table["columns"]),
            )
            for table in described
        )

    @contextmanager
    def rows(
        self,
        table: TablePlan,
        *,
        first: int = 0,
        until: int = WHOLE_TABLE,
        buckets: Sequence[int] | None = None,
        digests: bool = True,
        syntax: RowSyntax = RowSyntax.PGCOPY,
    ) -> Iterator[FrameStream]:
        """The table's rows from position `first` to before `until` of the heap scan.

        With `buckets`, only the rows whose key falls in one of them. Whatever the `syntax`, the
        digests are those of the rows in PGCOPY binary.
        """
        with self._connection(digest_bytes=DIGEST_BYTES if digests else 0) as stream:
            stream.request(
                [
                    *("rows", table.source.schema, table.source.name, str(first), str(until)),
                    str(BUCKETS if digests else 0),
                    *(_wanted(buckets), syntax, str(len(table.columns))),
                    *(word for column in table.columns for word in (column.source, column.form)),
                    *_key_words(table),
                ]
            )
            yield stream

    @contextmanager
    def read_back(
        self,
        table: TablePlan,
        *,
        buckets: Sequence[int] | None = None,
        back: BackSyntax = BackSyntax.PGCOPY,
        syntax: RowSyntax = RowSyntax.PGCOPY,
    ) -> Iterator[FrameStream]:
        """Takes the target's rows as blocks in the syntax `back`, and answers with their digests.

        With `buckets`, also with the rows that fall in one of them, in `syntax`.
        """
        with self._connection(digest_bytes=DIGEST_BYTES) as stream:
            stream.request(
                [
                    *("digest", str(BUCKETS), _wanted(buckets), back, syntax),
                    *(str(len(table.columns)), *(column.form for column in table.columns)),
                    *_key_words(table),
                ]
            )
            yield stream

    @contextmanager
    def _connection(self, digest_bytes: int = 0) -> Iterator[FrameStream]:
        process = self._running()
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(process.socket_path))
                yield FrameStream(connection, digest_bytes)
            except (ConnectionError, FileNotFoundError):
                raise ReaderDied(f"{ReaderDied()} {process.last_words()}") from None

    def _running(self) -> ReaderProcess:
        if self._process is None:
            raise ReaderDied("The Derby reader is not running.")
        return self._process


def _wanted(buckets: Sequence[int] | None) -> str:
    return "*" if buckets is None else ",".join(map(str, buckets))


def _key_words(table: TablePlan) -> list[str]:
    return [str(len(table.key_indexes)), *map(str, table.key_indexes)]
