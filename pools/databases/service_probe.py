"""How to recognise one kind of server at a port: what to send, and how its answer looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceProbe:
    """`request` is sent after connecting; where it is empty, the server speaks first.

    An answer matches that starts with one of `beginnings`, or that has the bytes of `mark` at its
    offset where a mark is given.
    """

    title: str
    request: bytes = b""
    beginnings: tuple[bytes, ...] = ()
    mark: tuple[int, bytes] | None = None

    def matches(self, answer: bytes) -> bool:
        if self.mark is not None:
            offset, expected = self.mark
            return answer[offset : offset + len(expected)] == expected
        return answer.startswith(self.beginnings)
