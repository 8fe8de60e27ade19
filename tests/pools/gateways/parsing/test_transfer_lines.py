"""What a line says of a server's own transfer: whatever stands around it, and never too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.parsing.console_lines import parse, parse_line
from pools.gateways.parsing.transfer_lines import (
    PERCENT,
    TransferPatterns,
    TransferReading,
    TransferSign,
)
from pools.gateways.profiles import START_SCRIPT
from tests.pools.gateways.parsing.rendering import NOISE, PREFIXES

OURS = TransferPatterns(
    START_SCRIPT.transfer_progress, START_SCRIPT.transfer_end, START_SCRIPT.transfer_failure
)
END = TransferReading(TransferSign.END)
FAILURE = TransferReading(TransferSign.FAILURE)


@given(
    st.sampled_from(PREFIXES),
    st.sampled_from(
        ["Data transfer: {} of {} rows.", "Migrating data, {} of {}", "Copied {} of {}"]
    ),
    st.integers(min_value=1, max_value=10**10),
    st.integers(min_value=0),
    st.booleans(),
)
def test_figures_are_read_behind_every_stamp_and_thread(
    prefix: str, wording: str, total: int, part: int, separated: bool
) -> None:
    done = part % (total + 1)
    form = "{:,}" if separated else "{}"
    line = wording.format(form.format(done), form.format(total))
    read = OURS.read(parse_line(prefix + line).text)
    assert read == TransferReading(TransferSign.PROGRESS, done, total)


@given(st.sampled_from(PREFIXES), st.integers(min_value=0, max_value=100))
def test_a_percentage_is_of_a_hundred(prefix: str, percent: int) -> None:
    for line in (f"Data transfer {percent}% complete", f"Transferring data ({percent} percent)"):
        read = OURS.read(parse_line(prefix + line).text)
        assert read == TransferReading(TransferSign.PROGRESS, percent, 100, PERCENT)


@given(st.text())
def test_any_text_is_read_and_its_figures_make_sense(text: str) -> None:
    for line in parse(text):
        read = OURS.read(line.text)
        assert read.total is None or 0 <= (read.done or 0) <= read.total


@given(st.text())
def test_a_profile_without_patterns_recognises_nothing(text: str) -> None:
    assert TransferPatterns("", "", "").read(text) == TransferReading()


@pytest.mark.parametrize(
    "line",
    [
        "Disk space for C:\\Data has 7 percent free that is less than the threshold of 15.",
        "64 percent (16) of the devices are registered for HTTP notifications.",
        "HCL Traveler overall status is GREEN",
        "Task name not found.",
        "Server started.",
        parse_line(NOISE).text,
    ],
)
def test_lines_of_everyday_say_nothing_of_a_transfer(line: str) -> None:
    assert OURS.read(line) == TransferReading()


def test_more_than_all_is_no_figure() -> None:
    assert OURS.read("Transferred 12 of 10 rows") == TransferReading(TransferSign.PROGRESS)
    assert OURS.read("Transfer 250 % of what was expected") == TransferReading(
        TransferSign.PROGRESS
    )


def test_end_and_failure_outweigh_progress() -> None:
    assert OURS.read("Data transfer completed: 10 of 10 rows.") == END
    assert OURS.read("ERROR: Data transfer failed after 3 of 10 rows") == FAILURE
    assert OURS.read("Server did not start.") == FAILURE


def test_the_words_of_an_administrator_count_in_any_case() -> None:
    patterns = TransferPatterns(r"schritt (?P<done>\d+) von (?P<total>\d+)", "fertig", "abbruch")
    assert patterns.read("SCHRITT 2 VON 9") == TransferReading(TransferSign.PROGRESS, 2, 9)
    assert patterns.read("Fertig.") == END
    assert patterns.read("Abbruch!") == FAILURE


def test_more_digits_than_a_percentage_has_are_no_percentage() -> None:
    for line in ("Transfer 1234% done", "Transfer .12% done", "Transfer:,5 percent"):
        assert OURS.read(line) == TransferReading(), line
