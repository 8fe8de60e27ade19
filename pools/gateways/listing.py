"""A list read page after page from a server that may never end it, repeat it or end it too soon."""

from __future__ import annotations

import time
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field

# More than any Traveler pool has, and still some hundred megabytes only.
MOST_ITEMS = 5_000_000
# A million devices take minutes; a list that takes longer than this does not end.
LIST_SECONDS = 2 * 60 * 60.0


@dataclass(slots=True)
class ListProgress:
    """What has been read of one list. Both methods return what is wrong with it, or ''.

    `announced` is the total that the last page named, None when it names none.
    """

    resource: str
    started: float = field(default_factory=time.monotonic)
    listed: int = 0
    announced: int | None = None
    # Hashes only: the keys of a million devices would fill the worker's memory.
    _seen: set[int] = field(default_factory=set)
    _empty_pages: int = 0

    def take(self, keys: Collection[Hashable], *, announced: int | None, goes_on: bool) -> str:
        """Count one page. Nothing may come twice, and two empty pages on end are no list."""
        before = len(self._seen)
        self._seen.update(map(hash, keys))
        self.listed += len(keys)
        if announced is not None:
            self.announced = announced
        begun = f"The list of {self.resource}"
        if keys and before and len(self._seen) == before:
            return (
                f"{begun} repeats itself: after {self.listed - len(keys):,} items a page holds "
                "what was listed before."
            )
        self._empty_pages = 0 if keys else self._empty_pages + 1
        if goes_on and self._empty_pages > 1:
            return f"{begun} does not end: after {self.listed:,} items its pages are empty."
        if self.listed > MOST_ITEMS:
            return f"{begun} does not end: it is longer than {MOST_ITEMS:,} items."
        if goes_on and time.monotonic() - self.started > LIST_SECONDS:
            hours = LIST_SECONDS / 3600
            return f"{begun} was not at its end after {hours:g} hours and {self.listed:,} items."
        return ""

    def finish(self) -> str:
        """Compare what was listed with what was announced."""
        if self.announced is None or self.listed >= self.announced:
            return ""
        return (
            f"The list of {self.resource} is incomplete: it ends after {self.listed:,} of "
            f"{self.announced:,} items."
        )
