"""Versions of Traveler and Domino: read and compared (domain.md 0).

Seen: `8.5.3.100`, `10.0.1.2 Build 202002141540_20`, `20120613_2102` as a build of its own,
`14.5.1`, `Release 8.5.3FP5`, and `8.5.3 UP1`, which is 8.5.3.100.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

_VERSION = re.compile(
    r"(?:\b(?:Release|Version|V)\s*)?(?<![\d.])(?P<numbers>\d{1,4}(?:\.\d{1,9}){1,5})"
    r"(?:\s*(?:FP|Fix ?Pack)\s*(?P<fix_pack>\d{1,3}))?"
    r"(?:\s*(?:UP|Upgrade ?Pack)\s*(?P<upgrade_pack>\d{1,2})\b)?",
    re.IGNORECASE | re.ASCII,
)
_BUILD = re.compile(r"\bBuild:?\s+(?P<build>[\w.]+)|\b(?P<bare>\d{8,12}_\d{1,6})\b", re.IGNORECASE)


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """numbers: without trailing zeros, so that 12.0 equals 12.0.0. build: '' when not known.

    Versions compare by numbers and fix pack; builds of one release are all the same release.
    """

    numbers: tuple[int, ...]
    fix_pack: int = 0
    build: str = ""

    def __str__(self) -> str:
        shown = (*self.numbers, *[0] * (2 - len(self.numbers)))
        text = ".".join(map(str, shown))
        text += f" FP{self.fix_pack}" if self.fix_pack else ""
        return f"{text} Build {self.build}" if self.build else text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key == other._key

    def __lt__(self, other: Version) -> bool:
        return self._key < other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[tuple[int, ...], int]:
        return self.numbers, self.fix_pack


# An Upgrade Pack counts in the number behind those of its release: UP1 of 8.5.3 is 8.5.3.100.
RELEASE_NUMBERS = 3
# The first version with pools: 8.5.3 Upgrade Pack 1 (article, table 1).
FIRST_WITH_POOLS = Version((8, 5, 3, 100))


def parse_version(text: str) -> Version | None:
    """Read the first version in `text`; None when there is none."""
    match = _VERSION.search(text)
    if match is None:
        return None
    numbers = [int(number) for number in match["numbers"].split(".")]
    if match["upgrade_pack"] and len(numbers) <= RELEASE_NUMBERS:
        numbers += [0] * (RELEASE_NUMBERS - len(numbers)) + [100 * int(match["upgrade_pack"])]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    build = _BUILD.search(text, match.end())
    return Version(
        tuple(numbers),
        int(match["fix_pack"] or 0),
        (build["build"] or build["bare"]) if build else "",
    )


def at_least(text: str, minimum: str | Version) -> bool | None:
    """Tell whether the version in `text` is `minimum` or newer; None when it cannot be read."""
    version = parse_version(text)
    wanted = parse_version(minimum) if isinstance(minimum, str) else minimum
    if version is None or wanted is None:
        return None
    return version >= wanted


def same_release(one: str, other: str) -> bool | None:
    """Tell whether two servers run the same release, as a pool asks for; None when unknown."""
    first, second = parse_version(one), parse_version(other)
    if first is None or second is None:
        return None
    return first == second
