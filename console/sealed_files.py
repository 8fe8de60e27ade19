"""Encrypted files: AES-256-GCM, piece by piece, so that nothing is held whole.

A file begins with MAGIC and a line with its own random key, which the console's keys of stored
secrets encrypt (`console/encryption.py`); whoever has one of them can read it. Each piece is sealed
with its number, whether it is the last, and the file's first lines: pieces that are changed, moved,
left out or cut off are refused (the STREAM construction; a file's key seals no other file, so no
number comes twice).
"""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from console.encryption import WrongKey, decrypt, encrypt, is_current

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MAGIC = b"lifeguard-sealed-1\n"
LONGEST_LINE = 4096
PIECE = 1024 * 1024
TAG_BYTES = 16


class SealBroken(Exception):
    """The encrypted file has been changed or cut off."""


class NoKey(Exception):
    """No key of this console opens the encrypted file."""


def is_sealed(file: io.BufferedReader) -> bool:
    """Whether the file, at its beginning, is one of these; reads nothing."""
    return file.peek(len(MAGIC)).startswith(MAGIC)


def needs_older_key(path: Path) -> bool:
    """Whether the file is one of these, and the first key does not open it."""
    with path.open("rb") as file:
        return file.readline(LONGEST_LINE) == MAGIC and not is_current(_token(file))


class SealingWriter(io.RawIOBase):
    """Writes what is written to it, sealed. Only `finish` makes the file whole."""

    def __init__(self, output: IO[bytes]) -> None:
        key = AESGCM.generate_key(bit_length=256)
        self._head = MAGIC + encrypt(base64.b64encode(key).decode()).encode() + b"\n"
        self._cipher = AESGCM(key)
        self._output = output
        self._waiting = bytearray()
        self._number = 0
        output.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data)
        self._waiting += view
        # What fills a piece exactly may be the last one.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return view.nbytes

    def finish(self) -> None:
        """Seal the last piece. Without it the file counts as cut off."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._output.write(self._cipher.encrypt(nonce, piece, self._head))
        self._number += 1


class OpeningReader(io.RawIOBase):
    """Reads what was sealed. Raises NoKey at once, SealBroken where it comes to it."""

    def __init__(self, source: IO[bytes]) -> None:
        magic, token = source.readline(LONGEST_LINE), _token(source)
        self._head = magic + token.encode() + b"\n"
        try:
            self._cipher = AESGCM(base64.b64decode(decrypt(token)))
        except WrongKey:
            raise NoKey from None
        self._source = source
        self._number = 0
        self._opened = b""
        self._next: bytes | None = self._sealed()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if not self._opened and self._next is not None:
            self._open()
        count = min(len(view), len(self._opened))
        view[:count] = self._opened[:count]
        self._opened = self._opened[count:]
        return count

    def _open(self) -> None:
        piece, following = self._next or b"", self._sealed()
        nonce = _nonce(self._number, last=not following)
        try:
            self._opened = self._cipher.decrypt(nonce, piece, self._head)
        except InvalidTag:
            raise SealBroken from None
        self._number += 1
        self._next = following or None

    def _sealed(self) -> bytes:
        """One piece as it is in the file; empty behind the last."""
        return self._source.read(PIECE + TAG_BYTES)


def _token(file: IO[bytes]) -> str:
    return file.readline(LONGEST_LINE).decode("ascii", "replace").rstrip("\n")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
