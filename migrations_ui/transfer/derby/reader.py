"""A Derby database in a private copy, read by a Java program of our own.

One JVM serves one copy: embedded Derby lets no second one in. Each request is a connection to
its Unix socket, so several tables stream at once. The JVM ends when its standard input does,
and so never outlives this process.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from migrations_ui.transfer.derby.frames import FrameStream, problem_to_error
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.digests import BUCKETS, DIGEST_BYTES
from migrations_ui.transfer.errors import NotDerby, ReaderDied, ReaderMissing, SourceLocked
from migrations_ui.transfer.tables import SourceColumn, SourceTable, TablePlan

HEAP = "512m"
END_SECONDS = 10
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
        self._process: subprocess.Popen[str] | None = None
        self._scratch: Path | None = None

    def __enter__(self) -> Self:
        if not (self.directory / "service.properties").is_file():
            raise NotDerby(f"{self.directory}: {NotDerby()}")
        deadline = time.monotonic() + UNLOCK_SECONDS
        while True:
            try:
                self._start()
            except SourceLocked:
                if time.monotonic() > deadline:
                    raise
            else:
                return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

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
    ) -> Iterator[FrameStream]:
        """The table's rows from position `first` to before `until` of the heap scan.

        With `buckets`, only the rows whose key falls in one of them.
        """
        with self._connection(digest_bytes=DIGEST_BYTES if digests else 0) as stream:
            stream.request(
                [
                    *("rows", table.source.schema, table.source.name, str(first), str(until)),
                    str(BUCKETS if digests else 0),
                    _wanted(buckets),
                    str(len(table.columns)),
                    *(word for column in table.columns for word in (column.source, column.form)),
                    *_key_words(table),
                ]
            )
            yield stream

    @contextmanager
    def read_back(
        self, table: TablePlan, *, buckets: Sequence[int] | None = None
    ) -> Iterator[FrameStream]:
        """Takes the target's rows as blocks, and answers with their digests.

        With `buckets`, also with the rows that fall in one of them.
        """
        with self._connection(digest_bytes=DIGEST_BYTES) as stream:
            stream.request(
                [
                    *("digest", str(BUCKETS), _wanted(buckets), str(len(table.columns))),
                    *_key_words(table),
                ]
            )
            yield stream

    @contextmanager
    def _connection(self, digest_bytes: int = 0) -> Iterator[FrameStream]:
        self._running()
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self._socket_path))
                yield FrameStream(connection, digest_bytes)
            except (ConnectionError, FileNotFoundError):
                raise ReaderDied(f"{ReaderDied()} {self._last_words()}") from None

    @property
    def _socket_path(self) -> Path:
        assert self._scratch is not None
        return self._scratch / "reader"

    def _start(self) -> None:
        # A Unix socket's path is limited to about 100 bytes: not below the work directory.
        self._scratch = Path(tempfile.mkdtemp(prefix="lifeguard-"))
        command = [
            *(self._toolchain.java, f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-Xshare:auto"),
            *("-Duser.timezone=UTC", f"-Dderby.system.home={self._scratch}"),
            f"-Dderby.stream.error.file={self._scratch / 'derby.log'}",
            *("-cp", self._toolchain.reader_classpath(), "DerbyReader"),
            *(str(self.directory.resolve()), str(self._socket_path)),
        ]
        try:
            with (self._scratch / "stderr").open("w") as stderr:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    text=True,
                    # A Ctrl-C for the worker must not end the reader in the middle of a chunk.
                    start_new_session=True,
                )
        except FileNotFoundError:
            raise ReaderMissing(
                f"Java ({self._toolchain.java!r}) is not on this machine. Set LIFEGUARD_JAVA."
            ) from None
        assert self._process.stdout is not None
        first_line = self._process.stdout.readline()
        if not first_line:
            words = self._last_words()
            self._stop()
            raise ReaderDied(f"The Derby reader did not start. {words}")
        answer = json.loads(first_line)
        if "problem" in answer:
            self._stop()
            raise problem_to_error(answer)

    def _stop(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process.stdout.close()
            self._process = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise ReaderDied("The Derby reader is not running.")
        return self._process

    def _last_words(self) -> str:
        if self._scratch is None:
            return ""
        try:
            return (self._scratch / "stderr").read_text()[-500:].strip()
        except OSError:
            return ""


def _wanted(buckets: Sequence[int] | None) -> str:
    return "*" if buckets is None else ",".join(map(str, buckets))


def _key_words(table: TablePlan) -> list[str]:
    return [str(len(table.key_indexes)), *map(str, table.key_indexes)]
