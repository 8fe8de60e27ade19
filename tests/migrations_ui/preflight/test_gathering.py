"""What is gathered for the checks, from where nothing answers."""

from __future__ import annotations

from migrations_ui.preflight.gathering import _ask_url
from pools.lab.embedded import free_port


def test_an_address_that_does_not_answer_says_so_in_plain_words() -> None:
    assert _ask_url(f"http://127.0.0.1:{free_port()}/traveler") == (
        "Nothing listens on this port.",
        None,
    )
