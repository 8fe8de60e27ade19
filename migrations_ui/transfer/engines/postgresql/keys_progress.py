"""How far PostgreSQL is in making an index, by its own view of it."""

from __future__ import annotations

ASKED = """
    SELECT phase, blocks_done, blocks_total, tuples_done, tuples_total
      FROM pg_stat_progress_create_index
     WHERE relid = to_regclass(quote_ident(%s))
"""

# Ours: when each phase ends, as parts of the time that a million to ten million rows take. Of the
# sorting nothing is reported; a sort that does not fit the memory is mostly done while scanning.
SCANNED = 0.68
SORTED = 0.79


def part_done(
    phase: str, blocks_done: int, blocks_total: int, tuples_done: int, tuples_total: int
) -> float:
    """0 to 1; `phase` as in PostgreSQL's documentation of the view (section Progress Reporting)."""
    if "scanning" in phase:
        return SCANNED * _ratio(blocks_done, blocks_total)
    if "sorting" in phase:
        return (SCANNED + SORTED) / 2
    if "loading" in phase:
        return SORTED + (1 - SORTED) * _ratio(tuples_done, tuples_total)
    return 0.0


def _ratio(done: int, total: int) -> float:
    return min(1.0, done / total) if total else 0.0
