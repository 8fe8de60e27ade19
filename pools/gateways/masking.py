"""Keeping secrets out of whatever a host echoes back."""

from __future__ import annotations

import logging
import re
import shlex
from collections.abc import Iterable
from urllib.parse import quote

MASK = "••••••"


def mask(text: str, secrets: Iterable[str]) -> str:
    """Replace every secret in `text`, also where it was quoted for a shell or a URL."""
    for spelling in sorted(_spellings(secrets), key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text


def _spellings(secrets: Iterable[str]) -> set[str]:
    return {
        spelling
        for secret in secrets
        if secret
        for spelling in (
            secret,
            shlex.quote(secret),
            re.sub(r'([\\"$`])', r"\\\1", secret),
            quote(secret, safe=""),
        )
    }


class _WithoutCommandLines(logging.Filter):
    """asyncssh logs each command line, which may hold a password passed as an argument."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "Command:" not in record.getMessage()


def silence_command_lines() -> None:
    """Drop the records of asyncssh's logger that quote a command line."""
    logger = logging.getLogger("asyncssh")
    if not any(isinstance(known, _WithoutCommandLines) for known in logger.filters):
        logger.addFilter(_WithoutCommandLines())
