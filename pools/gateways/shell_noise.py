"""What the login shell of a host prints besides the answer of a command.

Greetings, mail notices and locale warnings come before every command and belong to none; a word
such as "failed" in one of them is no verdict. They are seen once for each connection, by a command
that says nothing but a mark.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_DIGITS = re.compile(r"\d+")
# Programs say these of themselves, in the middle of what they are asked for.
_REMARKS = re.compile(
    r"perl: warning: "
    r"|\s+(?:LANG|LANGUAGE|LC_\w+) = "
    r"|\s+are supported and installed on your system\."
    r"|\S*sh: (?:line \d+: )?warning: setlocale: "
    r"|Picked up \w*JAVA\w*OPTIONS: "
)


def new_mark() -> str:
    """A word that nothing else prints."""
    return f"lifeguard-{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True)
class ShellNoise:
    """The lines, as they were printed around the mark."""

    lines: tuple[str, ...] = ()

    @classmethod
    def around(cls, mark: str, printed: Iterable[str]) -> ShellNoise:
        """From what the host printed at the mark; without the mark nothing is known."""
        lines = tuple(printed)
        if not any(line.strip() == mark for line in lines):
            return cls()
        return cls(tuple(line for line in lines if line.strip() not in ("", mark)))

    def without(self, printed: Iterable[str]) -> list[str]:
        """The lines that belong to the command: each line of noise goes once, figures apart."""
        left = Counter(_shape(line) for line in self.lines)
        kept = []
        for line in printed:
            shape = _shape(line)
            if left[shape]:
                left[shape] -= 1
            elif not _REMARKS.match(line):
                kept.append(line)
        return kept


def _shape(line: str) -> str:
    """Two greetings differ by a time or a number."""
    return _DIGITS.sub("#", line.strip())
