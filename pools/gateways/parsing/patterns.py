"""Regular expressions that an administrator enters, searched in lines that a host prints.

They are matched by RE2, whose time grows with the text alone: no pattern can hang a worker, where
Python's own matcher tries 2^n ways of `(a+)+$`. RE2 has no look-around and no back-references.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol, cast

import re2

# Bytes for a compiled pattern: what is larger would be slow on every line. The defaults need a
# hundredth of it.
LARGEST = 1 << 18


class PatternRefused(ValueError):
    """The text is no regular expression, or one that RE2 does not match in linear time."""


class Found(Protocol):
    """A match of RE2."""

    def groupdict(self) -> dict[str, str | None]: ...


class Pattern(Protocol):
    """A pattern of RE2, as far as it is used here."""

    groupindex: dict[str, int]

    def search(self, text: str) -> Found | None: ...


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """For text in any case of letters. Raises PatternRefused, whose words are for a person."""
    try:
        return cast("Pattern", re2.compile(text, _options()))
    except UnicodeEncodeError:
        raise PatternRefused("This is no regular expression: half a character.") from None
    except re2.error as error:
        raise PatternRefused(
            f"This is no regular expression that can be used here: {_words(error)}. Look-ahead, "
            "look-behind, back-references and very large counts are not possible, so that no "
            "pattern can hang a worker."
        ) from None


def search_pattern(pattern: str, text: str) -> Found | None:
    """Raises PatternRefused."""
    # RE2 reads UTF-8, which has no half of a surrogate pair.
    return compile_pattern(pattern).search(text.encode("utf-8", "replace").decode("utf-8"))


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = LARGEST
    return options


def _words(error: re2.error) -> str:
    words = error.args[0] if error.args else error
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
