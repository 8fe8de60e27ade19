"""A Derby database in a private copy, read by a Java program of our own.

One JVM serves one copy: embedded Derby lets no second one in. Each request is a connection to
its Unix socket, so several tables stream at once.
"""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from migrations_ui.transfer.derby.catalog_cache import load_catalog, store_catalog
from migrations_ui.transfer.derby.frames import FrameStream
from migrations_ui.transfer.derby.layout import find_fault, read_layout
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.derby.process import ReaderProcess
from migrations_ui.transfer.derby.service_properties import vet_copy
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.digests import BUCKETS, DIGEST_BYTES
from migrations_ui.transfer.errors import (
    ReaderDied,
    SourceAsksLogin,
    SourceEncrypted,
    SourceLocked,
    WrongBootPassword,
    WrongDerbyLogin,
)
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import (
    CheckedTable,
    ColumnPlan,
    IgnoredObject,
    MeasuredColumn,
    MeasuredTable,
    SourceCatalog,
    SourceColumn,
    SourceTable,
    TablePlan,
)

# A killed worker's JVM needs a moment to notice the end of its input.
UNLOCK_SECONDS = 10
WHOLE_TABLE = 2**62


class DerbySource:
    """Use as a context manager. The directory is ours alone: take_copy makes one, so does fetching.

    Entering raises NotDerby, SourceOutside, SourceKeyOutside, SourceLocked, SourceNewer,
    SourceEncrypted, SourceAsksLogin, SourceDamaged or ReaderMissing.
    """

    def __init__(
        self,
        private_copy: Path,
        *,
        toolchain: JavaToolchain | None = None,
        login: DerbyLogin | None = None,
        identity: str = "",
    ) -> None:
        self.directory = private_copy
        # Of service.properties, names that Derby is not to follow.
        self.left_out: tuple[str, ...] = ()
        # Digest of the files that this is the copy of: what it holds is then counted only once.
        self._identity = identity
        self._login = login or DerbyLogin()
        self._toolchain = toolchain or JavaToolchain.from_settings()
        self._process: ReaderProcess | None = None

    def __enter__(self) -> Self:
        fault = find_fault(read_layout(self.directory))
        if fault is not None:
            raise type(fault)(f"{self.directory}: {fault}")
        self.left_out = vet_copy(self.directory)
        deadline = time.monotonic() + UNLOCK_SECONDS
        while self._process is None:
            try:
                self._process = ReaderProcess(self.directory, self._toolchain, self._login)
            except SourceLocked:
                if time.monotonic() > deadline:
                    raise
            except SourceEncrypted as error:
                if self._login.boot_password:
                    raise WrongBootPassword from error
                raise SourceEncrypted from error
            except SourceAsksLogin as error:
                if self._login.user:
                    raise WrongDerbyLogin from error
                raise SourceAsksLogin from error
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
        return self.catalog().tables

    def catalog(self) -> SourceCatalog:
        """Every user table with its exact row count, and what is no table; read once for a private
        copy, whatever process asks."""
        described = load_catalog(self.directory, self._identity)
        if described is None:
            with self._connection() as stream:
                stream.request(["tables"])
                described = stream.answer()
            store_catalog(self.directory, self._identity, described)
        return SourceCatalog(
            tables=tuple(
                SourceTable(
                    schema=table["schema"],
                    name=table["name"],
                    row_count=table["rows"],
                    key=tuple(table["key"]),
                    columns=tuple(SourceColumn(**column) for column in table["columns"]),
                    parents=tuple((each["schema"], each["name"]) for each in table["parents"]),
                )
                for table in described["tables"]
            ),
            ignored=tuple(IgnoredObject(**each) for each in described["ignored"]),
        )

    @contextmanager
    def rows(
        self,
        table: TablePlan,
        *,
        first: int = 0,
        until: int = WHOLE_TABLE,
        without: Iterable[int] = (),
        buckets: Sequence[int] | None = None,
        digests: bool = True,
        syntax: RowSyntax = RowSyntax.PGCOPY,
    ) -> Iterator[FrameStream]:
        """The table's rows from position `first` to before `until` of the heap scan.

        Those at the positions `without`, in order, are stepped over. With `buckets`, only the rows
        whose key falls in one of them. Whatever the `syntax`, the digests are those of the rows in
        PGCOPY binary.
        """
        with self._connection(digest_bytes=DIGEST_BYTES if digests else 0) as stream:
            stream.request(
                [
                    *("rows", table.source.schema, table.source.name, str(first), str(until)),
                    ranges(without),
                    str(BUCKETS if digests else 0),
                    *(_wanted(buckets), syntax, str(len(table.columns))),
                    *_column_words(table.columns),
                    *_key_words(table),
                ]
            )
            yield stream

    def check(self, tables: Sequence[TablePlan]) -> Iterator[CheckedTable]:
        """What Derby itself finds in each of these tables and its indexes, in their order."""
        with self._connection() as stream:
            names = [(table.source.schema, table.source.name) for table in tables]
            stream.request(["check", str(len(names)), *itertools.chain.from_iterable(names)])
            for table in tables:
                found = stream.answer()
                rows = found["rows"]
                yield CheckedTable(
                    *(table, None if rows < 0 else rows), found["problem"], found["allowed"]
                )

    def measure(
        self,
        table: TablePlan,
        columns: Sequence[ColumnPlan],
        *,
        syntax: RowSyntax = RowSyntax.PGCOPY,
        on_rows: Callable[[int], None] = lambda rows: None,
    ) -> MeasuredTable:
        """Look at every value of these columns, in one scan that encodes nothing. Rows are as long
        as in `syntax`.

        `on_rows` is called now and then with the rows done; what it raises ends the scan.
        """
        with self._connection() as stream:
            stream.request(
                [
                    *("measure", table.source.schema, table.source.name, syntax, str(len(columns))),
                    *_column_words(columns),
                ]
            )
            answer = stream.answer()
            while "columns" not in answer:
                on_rows(answer["rows"])
                answer = stream.answer()
        return MeasuredTable(
            rows=answer["rows"],
            long_rows=answer["long_rows"],
            longest_row=answer["longest_row"],
            columns=tuple(_measured(column) for column in answer["columns"]),
        )

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
                raise ReaderDied(process.how_it_ended()) from None
            except ReaderDied as error:
                if process.has_ended():
                    raise ReaderDied(process.how_it_ended()) from error
                raise

    def _running(self) -> ReaderProcess:
        if self._process is None:
            raise ReaderDied("The Derby reader is not running.")
        return self._process


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers as the reader takes them: 3,7-9."""
    words: list[str] = []
    first = last = -1
    for number in numbers:
        if first >= 0 and number == last + 1:
            last = number
            continue
        if first >= 0:
            words.append(_range(first, last))
        first = last = number
    if first >= 0:
        words.append(_range(first, last))
    return ",".join(words)


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _wanted(buckets: Sequence[int] | None) -> str:
    return "*" if buckets is None else ",".join(map(str, buckets))


def _measured(described: dict[str, Any]) -> MeasuredColumn:
    longest, longest_bytes = described["longest"], described["longest_bytes"]
    return MeasuredColumn(
        name=described["name"],
        longest=None if longest < 0 else longest,
        longest_bytes=None if longest_bytes < 0 else longest_bytes,
        counts=tuple((each["kind"], each["count"]) for each in described["incompatible"]),
    )


def _column_words(columns: Sequence[ColumnPlan]) -> list[str]:
    """Name and form of each; the options go before the mark that says that null is refused."""
    words = []
    for column in columns:
        mark = "!" if column.form.endswith("!") else ""
        form = "~".join((column.form.removesuffix("!"), *column.options))
        words += [column.source, form + mark]
    return words


def _key_words(table: TablePlan) -> list[str]:
    return [str(len(table.key_indexes)), *map(str, table.key_indexes)]
