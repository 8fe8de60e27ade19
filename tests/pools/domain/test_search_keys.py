"""Texts that look the same have one search key."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.search_keys import find_typed, normalized, search_key, typed_search_key

ALIKE = {
    "composed and decomposed letters": ("Müller", "Mu\u0308ller"),
    "case, with letters that grow": ("STRASSE", "straße"),
    "a blank that does not break": ("Ada\u00a0Lovelace", "ada lovelace"),
    "an ideographic blank": ("山田\u3000太郎", "山田 太郎"),
    "narrow and thin blanks, a tab": ("a\u202fb\u2009c", "a\tb c"),
    "blanks around it, and several": ("  Ada   Lovelace ", "Ada Lovelace"),
    "direction marks": ("\u200eAda\u200f", "Ada"),
    "isolated text": ("\u2068Ada\u2069", "Ada"),
    "zero width": ("A\u200bd\u200ca\ufeff", "Ada"),
    "a soft hyphen": ("love\u00adlace", "lovelace"),
    "fillers and variation selectors": ("Ada\u3164\ufe0f", "Ada"),
    "typographic apostrophes": ("O’Brien", "o'brien"),
    "an accent for an apostrophe": ("O´Brien", "o'brien"),
    "dashes": ("Jean–Luc", "jean-luc"),
    "a hyphen that does not break": ("SM\u2011G991B", "sm-g991b"),
    "a minus": ("SM−G991B", "sm-g991b"),
    "Turkish capital I with a dot": ("İbrahim", "ibrahim"),
    "Turkish i without a dot": ("IŞIK", "ışık"),
    "full width": ("ＡＤＡ", "ada"),
    "ligatures": ("ﬁnn", "finn"),
    "half-width katakana": ("ｶﾞ", "ガ"),
}


@pytest.mark.parametrize("pair", ALIKE.values(), ids=ALIKE.keys())
def test_what_looks_the_same_has_one_key(pair: tuple[str, str]) -> None:
    assert search_key(pair[0]) == search_key(pair[1])


def test_what_looks_different_keeps_its_own() -> None:
    for one, other in [("Koln", "Köln"), ("Ada", "Ida"), ("a b", "ab"), ("山", "川")]:
        assert search_key(one) != search_key(other)


@given(st.text())
def test_each_spelling_of_a_text_has_one_form(text: str) -> None:
    form = normalized(text)
    assert normalized(form) == form
    for spelling in ("NFC", "NFD"):
        assert normalized(unicodedata.normalize(spelling, text)) == form


@given(st.text(alphabet="山田太郎a ", max_size=12), st.text(alphabet="山田太郎a ", max_size=3))
def test_a_key_holds_another_where_the_text_does(text: str, part: str) -> None:
    assert (search_key(part) in search_key(text)) == (normalized(part) in normalized(text))


def test_two_cjk_characters_have_trigrams() -> None:
    assert len(search_key("太郎")) >= 3
    assert len(search_key("민준")) >= 3


def test_a_canonical_name_is_searched_as_it_is_abbreviated() -> None:
    assert typed_search_key("CN=Ada Lovelace/O=Acme") == "ada lovelace/acme"
    assert typed_search_key("\u200eＣＮ＝Ada/O=Acme") == "ada/acme"


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("CN=Mu\u0308ller/O=Acme", "müller", "Mu\u0308ller"),
        ("Ada\u00a0 Lovelace", "ADA LOVE", "Ada\u00a0 Love"),
        ("Patrick O’Brien", "o'b", "O’B"),
        ("山田太郎", "太郎", "太郎"),
        ("Straße", "ss", "ß"),
    ],
)
def test_what_was_typed_is_found_in_what_is_shown(text: str, typed: str, shown: str) -> None:
    place = find_typed(text, typed)
    assert place is not None
    assert text[slice(*place)] == shown


def test_what_is_not_shown_is_not_found() -> None:
    assert find_typed("Ada", "x") is None
    assert find_typed("Ada", "") is None


@given(st.text(), st.text())
def test_no_text_breaks_the_search_for_it(text: str, typed: str) -> None:
    find_typed(text, typed)
