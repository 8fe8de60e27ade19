"""Text of others in a file for terminals and spreadsheets: what would not show is escaped."""

from __future__ import annotations

import re

# Control characters (escape sequences and line ends among them), line separators, marks that turn
# the direction of what follows, and halves of surrogate pairs.
_INVISIBLE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufeff]"
)


def visible(text: str) -> str:
    r"""A line as it is, but ESC reads \x1b, a line end \n, and so on."""
    return _INVISIBLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
