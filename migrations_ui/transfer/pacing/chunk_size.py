"""How many rows one transaction may commit, and how many chunks are looked at together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# The reader hands rows over in slices of up to this many, and a chunk is made of whole slices.
FEWEST_ROWS = 4_096
# Beyond this a transaction gains nothing, and a lost one costs more; a pause waits longer too.
MOST_ROWS = 200_000
USUAL_ROWS = 50_000


def neighbours(chunks: Sequence[Sequence[int]], rows_at_once: int) -> Iterator[tuple[int, int]]:
    """Where chunks in a row begin, first and last, that hold about so many rows together.

    `chunks`: where each begins, in order, and its rows.
    """
    since, held = None, 0
    for first, count in chunks:
        since = first if since is None else since
        held += count
        if held >= rows_at_once:
            yield since, first
            since, held = None, 0
    if since is not None:
        yield since, chunks[-1][0]
