from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.domain.names import abbreviated, canonical, common_name, name_key, same_name

PART = st.text(
    st.characters(exclude_characters="/=", exclude_categories=("Cs", "Cc", "Z")), min_size=1
)
NAMES = st.lists(PART, min_size=2, max_size=5).map("/".join)


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("CN=trav1/O=Acme", "trav1/Acme"),
        ("cn = Ada Byron / ou=Sales / O=Acme / C=DE", "Ada Byron/Sales/Acme/DE"),
        ("CN=Jörg O'Neil/OU1=a/OU=b/O=Acme", "Jörg O'Neil/a/b/Acme"),
        ("trav1/Acme", "trav1/Acme"),
        ("", ""),
    ],
)
def test_labels_are_taken_off(full: str, short: str) -> None:
    assert abbreviated(full) == short


def test_labels_are_put_on_without_guessing_a_country() -> None:
    assert canonical("Ada/Sales/Acme") == "CN=Ada/OU=Sales/O=Acme"
    assert canonical("CN=Ada/O=Acme/C=DE") == "CN=Ada/O=Acme/C=DE"
    assert canonical("Ada") == "CN=Ada"


def test_the_common_name_is_the_person() -> None:
    assert common_name("CN=Ada Byron/O=Acme") == "Ada Byron"


def test_the_same_name_in_another_spelling_is_recognised() -> None:
    assert same_name("CN=Trav1/O=ACME", "trav1/Acme")
    assert name_key("CN=Trav1/O=ACME") == name_key("trav1/Acme")
    assert not same_name("CN=trav1/O=Acme", "CN=trav2/O=Acme")


@given(NAMES)
def test_abbreviated_names_survive_the_round_trip(name: str) -> None:
    assert abbreviated(canonical(name)) == name
    assert same_name(canonical(name), name)


@given(st.text())
def test_any_text_is_abbreviated_once_and_for_all(text: str) -> None:
    canonical(text)
    assert abbreviated(text).count("/") == text.count("/")
