"""What keeps a table of the target from taking rows as they are, in words of any engine. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

# To a row of an index, and to each value of it: heads, alignment, and numbers and times whole.
ADDED_BYTES, ADDED_BYTES_A_COLUMN = 8, 24


@dataclass(frozen=True, slots=True)
class TargetProblem:
    """`blocks`: no row may go in. `column` is the target's, empty for the whole table."""

    problem: str
    remedy: str = ""
    blocks: bool = True
    column: str = ""


@dataclass(frozen=True, slots=True)
class IndexLimit:
    """An index of the target and the most bytes of all its columns together in one row.

    `exact`: the bytes are those of the values; else they may be fewer, since the engine compresses
    them, and where it is `plain`, an index of columns and of all rows, it can be tried. `utf16`:
    text takes two bytes a UTF-16 unit.
    """

    index: str
    columns: tuple[str, ...]
    most_bytes: int
    exact: bool
    utf16: bool = False
    plain: bool = False

    @property
    def surely_taken(self) -> int:
        """A row whose values have so many bytes is taken, whatever an engine adds to them."""
        return self.most_bytes - ADDED_BYTES - ADDED_BYTES_A_COLUMN * len(self.columns)


@dataclass(frozen=True, slots=True)
class NameLimit:
    """How long the engine's names may be; `unit` is "bytes" or "characters"."""

    most: int
    unit: str

    def cut(self, name: str) -> str:
        """The name, or as much of its beginning as the engine takes."""
        if self.unit == "characters":
            return name[: self.most]
        return name.encode()[: self.most].decode(errors="ignore")


# A name of Derby's is never longer.
ANY_NAME = NameLimit(128, "characters")


def not_a_table(name: str, what: str) -> TargetProblem:
    return TargetProblem(
        f"{name} is {what} in the pool's database, and rows go to tables only.",
        f"Have the DBA make a table of that name, or rename the {what.split(' ', 1)[1]} {name}.",
    )


def rights_missing(name: str, missing: Sequence[str], user: str) -> TargetProblem:
    return TargetProblem(
        f"{user} lacks {', '.join(missing)} on {name}, which Traveler needs as well.",
        f"Have the DBA grant {', '.join(missing)} on {name} to {user}.",
    )


def triggers_there(name: str, triggers: Sequence[str]) -> TargetProblem:
    return TargetProblem(
        f"{name} has triggers, which run for every row that is copied: {', '.join(triggers)}. "
        "What they change is reported by the verification as a difference.",
        "Have the DBA disable them until the migration has been verified.",
        blocks=False,
    )


def gathered(
    rows: Iterable[tuple[Any, ...]], user: str, kinds: dict[str, str]
) -> dict[str, tuple[TargetProblem, ...]]:
    """By name, from rows of a name, what it is about and an object's name: a kind of `kinds`, which
    is no table; "trigger" or "right"; else a problem in words, and a remedy."""
    found: dict[str, list[TargetProblem]] = defaultdict(list)
    several: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, about, of in rows:
        if about in kinds:
            found[name].append(not_a_table(name, kinds[about]))
        elif about in ("trigger", "right"):
            several[name, about].append(of)
        else:
            found[name].append(TargetProblem(f"{name} {about}.", of))
    for (name, about), names in several.items():
        if about == "trigger":
            found[name].append(triggers_there(name, names))
        else:
            found[name].append(rights_missing(name, names, user))
    return {name: tuple(problems) for name, problems in found.items()}
