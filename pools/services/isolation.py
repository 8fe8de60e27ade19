"""One odd row stops nobody else: what a sweep does about an error that nobody foresaw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import structlog

from pools.gateways.errors import GatewayError
from pools.gateways.masking import mask

LONGEST_WORDS = 200

logger = structlog.get_logger(__name__)


@contextmanager
def isolated(
    row: object,
    *,
    doing: str,
    keep: Callable[[str], object],
    secrets: Callable[[], Iterable[str]] = tuple,
) -> Iterator[None]:
    """Do one row's share of a sweep. An error that nobody foresaw is logged with its traceback,
    `keep` stores the sentence about it with the row, and the next row is due.

    `doing` begins the sentence: “Asking for the status”. What `secrets` returns is masked in it.
    """
    try:
        yield
    except Exception as error:
        logger.exception("a sweep's row failed", doing=doing, row=str(row))
        words = _masked(str(error).strip(), secrets)[:LONGEST_WORDS]
        named = f"{type(error).__name__}: {words}" if words else type(error).__name__
        keep(f"{doing} ended in an unforeseen error ({named}); the worker's log has it.")


def _masked(words: str, secrets: Callable[[], Iterable[str]]) -> str:
    try:
        return mask(words, secrets())
    except GatewayError:
        # A secret that cannot be decrypted is in no sentence.
        return words
