"""Lines of text that somebody else wrote: they end at CR and LF, and nowhere else.

`str.splitlines` also ends one at a form feed, a vertical tab, U+0085 and U+2028, which are mere
characters in a title, a name or a path.
"""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n|\n|\r")


def split_lines(text: str) -> list[str]:
    """The lines without their ends; [] for an empty text, as `str.splitlines` has it."""
    lines = _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    return lines
