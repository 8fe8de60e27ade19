"""What a text is looked up by: the same for all texts that look the same.

Rows store the key of what they show, and a search compares the key of what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pools.domain.names import abbreviated

LONGEST = 255

_APOSTROPHES = "`´‘’‚‛′ʹʻʼʽ՚ꞌ＇"
_QUOTES = "“”„‟″＂"
# Besides those of Unicode's category of dashes.
_DASHES = "−⁃"
# Control and format characters (direction marks, zero-width ones) and halves of a pair; and what
# Unicode calls default-ignorable: fillers of Hangul and Khmer, variation selectors.
_UNSEEN_CATEGORIES = {"Cc", "Cf", "Cs"}
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


class _Looks(dict[int, int | str | None]):
    """Code point → what it looks like, None for what cannot be seen; each is judged once."""

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        category = unicodedata.category(character)
        looks: int | str | None = code
        if category == "Pd":
            looks = "-"
        elif _UNSEEN.match(character) or (
            category in _UNSEEN_CATEGORIES and not character.isspace()
        ):
            looks = None
        self[code] = looks
        return looks


_LOOKS = _Looks()
_LOOKS.update((ord(each), "'") for each in _APOSTROPHES)
_LOOKS.update((ord(each), '"') for each in _QUOTES)
_LOOKS.update((ord(each), "-") for each in _DASHES)
# Without case, all four letters i of Turkish are one.
_LOOKS[ord("ı")] = "i"
# The blank cell of Braille is the one blank that Unicode calls a symbol.
_LOOKS[0x2800] = " "
# Chinese, Japanese and Korean characters.
_CJK = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
)


def normalized(text: str) -> str:
    """Without case, in composed letters, with one kind of blank, dash and apostrophe, and without
    what cannot be seen."""
    if text.isascii():
        return _spaced(text.translate(_LOOKS).casefold())
    # What one round composes, a second may fold.
    return _round(_round(text))


def search_key(text: str) -> str:
    """At most 255 characters."""
    return _for_trigrams(normalized(text))


def name_search_key(name: str) -> str:
    """The same of a Domino name, in its abbreviated form."""
    return _for_trigrams(abbreviated(normalized(name)))


def typed_search_key(text: str) -> str:
    """Of what a person typed: a canonical name counts as its abbreviated form."""
    plain = normalized(text)
    return _for_trigrams(abbreviated(plain) if "=" in plain else plain)


def find_typed(text: str, typed: str) -> tuple[int, int] | None:
    """Where `text` shows what was typed, as a slice; None where it does so nowhere."""
    wanted = normalized(typed)
    key, places = "", []
    for start, end in _clusters(text):
        piece = normalized(text[start:end]) or (" " if text[start:end].isspace() else "")
        if piece == " " and key.endswith(" "):
            continue
        key += piece
        places += [(start, end)] * len(piece)
    at = key.find(wanted) if wanted else -1
    return (places[at][0], places[at + len(wanted) - 1][1]) if at >= 0 else None


def _round(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(_LOOKS)).casefold().translate(_LOOKS)
    # The dot that lower case gives the Turkish capital I with a dot.
    return _spaced(unicodedata.normalize("NFKC", folded.replace("i\u0307", "i")))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _for_trigrams(text: str) -> str:
    """Each CJK character twice: a name of two characters then has trigrams, and one text holds
    another exactly where it did before."""
    return _CJK.sub(r"\g<0>\g<0>", text)[:LONGEST]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Each character with the marks and unseen characters behind it."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _belongs_to_the_last(text[at]):
            yield start, at
            start = at


def _belongs_to_the_last(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or not character.translate(_LOOKS)
