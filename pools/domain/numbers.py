"""Numbers that come from outside: an address or a form may hold one that no column does."""

from __future__ import annotations

# The largest that a column of any engine holds.
LARGEST = 2**63 - 1


def read_number(text: str) -> int:
    """The number in `text`; 0 when it is none.

    One that no column holds is beyond every row, and is cut to the largest one.
    """
    if not text.isdecimal():
        return 0
    # int() itself refuses thousands of digits.
    return min(int(text), LARGEST) if len(text) <= len(str(LARGEST)) else LARGEST
