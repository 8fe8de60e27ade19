"""Order-free digests: 128-bit sums of row hashes, in buckets chosen by the hash of the key.

The reader computes them for both sides (derby/java/Bucketing.java); here they are only added up
and compared.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

BUCKETS = 256
DIGEST_BYTES = 16 * BUCKETS

_WORDS = struct.Struct(f">{2 * BUCKETS}Q")
_MASK = (1 << 64) - 1


@dataclass(slots=True)
class Digests:
    """The buckets of a table or of a part of it; two words each, added modulo 2**64."""

    words: list[int] = field(default_factory=lambda: [0] * (2 * BUCKETS))

    def add(self, packed: bytes) -> None:
        """Add the `DIGEST_BYTES` of another part."""
        self.words = [
            (mine + other) & _MASK
            for mine, other in zip(self.words, _WORDS.unpack(packed), strict=True)
        ]

    def pack(self) -> bytes:
        return _WORDS.pack(*self.words)

    def differing_buckets(self, other: Digests) -> tuple[int, ...]:
        return tuple(
            bucket
            for bucket in range(BUCKETS)
            if self.words[2 * bucket : 2 * bucket + 2] != other.words[2 * bucket : 2 * bucket + 2]
        )
