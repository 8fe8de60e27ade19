"""What is gathered for the checks, from where nothing answers."""

from __future__ import annotations

from migrations_ui.preflight.gathering import _ask_url, _why_unsayable
from pools.gateways.profiles import START_SCRIPT, WINDOWS
from pools.lab.embedded import free_port


def test_an_address_that_does_not_answer_says_so_in_plain_words() -> None:
    assert _ask_url(f"http://127.0.0.1:{free_port()}/traveler") == (
        "Nothing listens on this port.",
        None,
    )


def test_what_a_command_line_cannot_carry_is_known_beforehand() -> None:
    address = "jdbc:postgresql://db:5432/t?currentSchema=%22Lnt%22"
    assert _why_unsayable(address, START_SCRIPT) == ""
    assert "Windows would interpret" in _why_unsayable(address, WINDOWS)
    assert _why_unsayable("jdbc:db2://db:50000/T:sslConnection=true;", WINDOWS) == ""
