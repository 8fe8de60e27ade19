"""Which name of the source meets which name of the target."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from migrations_ui.transfer.obstacles import ANY_NAME, NameLimit


class Named(Protocol):
    """A table or column of the target."""

    @property
    def name(self) -> str: ...


Candidate = TypeVar("Candidate", bound=Named)


@dataclass(frozen=True, slots=True)
class Pair(Generic[Candidate]):
    """`match` None: the target has nothing for it, or only what an earlier name has taken."""

    match: Candidate | None
    taken_by: int | None = None


def pair_names(
    names: Sequence[str],
    candidates: Collection[Candidate],
    limit: NameLimit = ANY_NAME,
) -> list[Pair[Candidate]]:
    """One pair a name, in order: the exact name, else one that differs only in case and is free. Of
    a name that is longer than the target's may be, the beginning counts.

    No two names get the same candidate, and as long as there is another nobody is given what
    another name means exactly. `taken_by` is the position of the name that came first.
    """
    taken: dict[str, int] = {}
    pairs: list[Pair[Candidate]] = []
    meant = {limit.cut(name) for name in names}
    for position, name in enumerate(names):
        name = limit.cut(name)  # noqa: PLW2901
        folded = name.casefold()
        alike = [each for each in candidates if each.name.casefold() == folded]
        exact = [each for each in alike if each.name == name]
        free = [each for each in exact or alike if each.name not in taken]
        free.sort(key=lambda each: each.name in meant)
        if free:
            taken[free[0].name] = position
            pairs.append(Pair(free[0]))
        else:
            pairs.append(Pair(None, taken[alike[0].name] if alike else None))
    return pairs
