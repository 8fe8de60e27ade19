"""The reader's wire format: one byte of kind, four bytes of length, the payload."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from migrations_ui.transfer.errors import (
    DerbyDenied,
    NotDerby,
    ReaderDied,
    RequestClosed,
    SourceAsksLogin,
    SourceChanged,
    SourceDamaged,
    SourceEncrypted,
    SourceError,
    SourceLocked,
    SourceNewer,
    WorkerDiskFull,
)

JSON, SLICE, REJECT, END, PROBLEM = b"J", b"S", b"R", b"E", b"X"
PIECE_BYTES = 256 * 1024

_HEADER = struct.Struct(">cI")
_SLICE = struct.Struct(">qii")

PROBLEMS: dict[str, type[SourceError]] = {
    "not_derby": NotDerby,
    "locked": SourceLocked,
    "newer": SourceNewer,
    "encrypted": SourceEncrypted,
    "login": SourceAsksLogin,
    "denied": DerbyDenied,
    "damaged": SourceDamaged,
    "missing": SourceChanged,
    "memory": ReaderDied,
    "reader": ReaderDied,
    "full": WorkerDiskFull,
}


def problem_to_error(problem: dict[str, Any]) -> SourceError:
    """The exception for what the reader reported, with Derby's own words after ours."""
    kind = PROBLEMS[problem["problem"]]
    state = f" ({problem['state']})" if problem["state"] else ""
    return kind(f"{kind()} Derby says{state}: {problem['message']}")


@dataclass(frozen=True, slots=True)
class SliceHead:
    """A run of rows that follows on the wire: `size` bytes of PGCOPY tuples."""

    next_row: int
    row_count: int
    rejects: tuple[dict[str, Any], ...]
    digests: bytes
    size: int


class FrameStream:
    """One request's connection to the reader."""

    def __init__(self, connection: socket.socket, digest_bytes: int) -> None:
        self._socket = connection
        self._digest_bytes = digest_bytes
        self._piece = memoryview(bytearray(PIECE_BYTES))
        self._unread = 0

    def request(self, words: Sequence[str]) -> None:
        encoded = [word.encode() for word in words]
        self._socket.sendall(
            b"".join(
                [struct.pack(">I", len(encoded))]
                + [struct.pack(">I", len(word)) + word for word in encoded]
            )
        )

    def send_block(self, block: bytes | bytearray) -> None:
        """One length-prefixed block of the rows to hash; an empty one ends them.

        Raises RequestClosed if the reader has answered before it read them all.
        """
        try:
            self._socket.sendall(struct.pack(">I", len(block)))
            if block:
                self._socket.sendall(block)
        except ConnectionError as error:
            raise RequestClosed from error

    def abandon(self) -> None:
        """End the request from this side, also for a thread that waits for the reader."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def answer(self) -> dict[str, Any]:
        """The single JSON answer of a request that has no rows."""
        kind, size = self._header()
        payload: dict[str, Any] = json.loads(self._exactly(size))
        if kind == PROBLEM:
            raise problem_to_error(payload)
        return payload

    def slices(self) -> Iterator[SliceHead]:
        """Each slice's head; `pieces()` must be read before the next one is asked for."""
        rejects: list[dict[str, Any]] = []
        while True:
            kind, size = self._header()
            match kind:
                case b"R":
                    rejects.append(json.loads(self._exactly(size)))
                case b"S":
                    next_row, row_count, _ = _SLICE.unpack(self._exactly(_SLICE.size))
                    digests = self._exactly(self._digest_bytes)
                    self._unread = size - _SLICE.size - self._digest_bytes
                    yield SliceHead(next_row, row_count, tuple(rejects), digests, self._unread)
                    rejects.clear()
                case b"E":
                    return
                case _:
                    raise problem_to_error(json.loads(self._exactly(size)))

    def pieces(self) -> Iterator[memoryview]:
        """The current slice's bytes; each piece is overwritten by the next."""
        while self._unread:
            got = self._socket.recv_into(self._piece, min(self._unread, PIECE_BYTES))
            if not got:
                raise ReaderDied
            self._unread -= got
            yield self._piece[:got]

    def _header(self) -> tuple[bytes, int]:
        kind, size = _HEADER.unpack(self._exactly(_HEADER.size))
        return kind, size

    def _exactly(self, count: int) -> bytes:
        data = bytearray(count)
        view = memoryview(data)
        while view:
            got = self._socket.recv_into(view)
            if not got:
                raise ReaderDied
            view = view[got:]
        return bytes(data)
