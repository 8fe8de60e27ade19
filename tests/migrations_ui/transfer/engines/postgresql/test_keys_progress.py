"""What PostgreSQL tells of an index being made, as one part of the way."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.transfer.engines.postgresql.keys_progress import part_done

counts = st.integers(0, 10**12)

# As PostgreSQL 18 reported of a million rows, in the order in which it did.
REPORTED = [
    ("initializing", 0, 0, 0, 0),
    ("building index: scanning table", 1_246, 22_852, 0, 0),
    ("building index: scanning table", 22_852, 22_852, 0, 0),
    ("building index: sorting live tuples", 22_852, 22_852, 0, 0),
    ("building index: sorting dead tuples", 0, 0, 0, 1_000_000),
    ("building index: loading tuples in tree", 0, 0, 122_232, 1_000_000),
    ("building index: loading tuples in tree", 0, 0, 999_994, 1_000_000),
]


def test_the_parts_never_go_back() -> None:
    parts = [part_done(*row) for row in REPORTED]
    assert parts[0] == 0
    assert all(earlier <= later for earlier, later in pairwise(parts))
    assert 0.99 < parts[-1] < 1


@given(st.sampled_from([row[0] for row in REPORTED]), counts, counts, counts, counts)
def test_a_part_is_one_whatever_is_counted(
    phase: str, blocks: int, blocks_total: int, tuples: int, tuples_total: int
) -> None:
    assert 0 <= part_done(phase, blocks, blocks_total, tuples, tuples_total) <= 1
