from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.parsing.status import parse
from pools.states import OverallStatus
from tests.pools.gateways.parsing.rendering import PREFIXES, printed

SENTENCES = st.lists(
    st.from_regex(r"[A-Z][a-z0-9 ]{3,40}[a-z]\.", fullmatch=True).filter(
        lambda text: "status" not in text
    ),
    max_size=3,
)


def test_a_green_answer_is_one_sentence() -> None:
    read = parse("HCL Traveler overall status is GREEN")
    assert (read.overall, read.reasons, read.unread) == (OverallStatus.GREEN, (), ())


@given(SENTENCES, SENTENCES, st.sampled_from(PREFIXES), st.booleans())
def test_the_documented_sentences_are_read_back(
    yellow: list[str], red: list[str], prefix: str, noise: bool
) -> None:
    word = "Red" if red else "Yellow" if yellow else "Green"
    lines = [
        "The HCL Traveler task has been running since Tue Jun 15 17:08:37 EDT 2010.",
        "The last successful device sync was on Tue Jun 15 18:00:00 EDT 2010.",
        *(["Yellow Status Messages", *yellow] if yellow else []),
        *(["Red Status Messages", *red] if red else []),
        f"The overall status of HCL Traveler is {word}.",
    ]
    read = parse(printed(lines, prefix, noise=noise))
    assert read.overall == word.casefold()
    assert read.yellow == tuple(yellow)
    assert read.red == tuple(red)
    assert read.reasons == tuple(red + yellow)
    assert read.running_since == "Tue Jun 15 17:08:37 EDT 2010"
    assert read.last_sync == "Tue Jun 15 18:00:00 EDT 2010"
    assert read.unread == ()


def test_a_reason_with_a_colon_is_kept_whole() -> None:
    read = parse(
        "Red Status Messages\nThe server is constrained: memory.\n"
        "The overall status of IBM Notes Traveler is Red."
    )
    assert read.red == ("The server is constrained: memory.",)


def test_an_unknown_colour_is_not_guessed() -> None:
    read = parse("The overall status of HCL Traveler is Mauve.\nhello")
    assert read.overall is OverallStatus.UNKNOWN
    assert len(read.unread) == 2


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse(text)
