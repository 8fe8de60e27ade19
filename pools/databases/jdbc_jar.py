"""Which of the files in a host's folder is an engine's JDBC driver.

The vendor's container and the article have plain names (domain.md 10, 4); as the drivers' makers
ship them, and as administrators copy them, they carry a version: mssql-jdbc-12.4.2.jre11.jar.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

# What lies beside a driver in its maker's download.
NO_DRIVERS = ("-sources.jar", "-javadoc.jar")


@dataclass(frozen=True, slots=True)
class JdbcJar:
    """`name`: as the vendor has it; `patterns`: as its maker ships it, in lower case."""

    name: str
    patterns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """For a person who has to put one there."""
        return " or ".join((self.name, *self.patterns))

    def choose(self, names: Collection[str]) -> str | None:
        """The file by the vendor's name, or else the newest of the others; None: none is there."""
        if self.name in names:
            return self.name
        return max(self._matching(names), key=_version, default=None)

    def _matching(self, names: Collection[str]) -> Iterator[str]:
        for name in names:
            plain = name.casefold()
            if not plain.endswith(NO_DRIVERS) and any(
                fnmatchcase(plain, pattern) for pattern in self.patterns
            ):
                yield name


def _version(name: str) -> tuple[tuple[int, ...], str]:
    """The numbers in it, so that 42.10 is newer than 42.9."""
    return tuple(int(digits) for digits in re.findall(r"\d{1,9}", name)), name
