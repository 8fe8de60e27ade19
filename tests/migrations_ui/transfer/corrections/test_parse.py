"""What is typed in place of a value that did not fit: held as typed, or refused in words."""

from __future__ import annotations

import contextlib
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_ui.transfer.corrections.parse import described, parse_value
from migrations_ui.transfer.engines.pgcopy import RowDecoder, RowEncoder
from migrations_ui.transfer.errors import CorrectionRefused

FORMS = ["varchar:5!", "text:5", "int2", "int8!", "numeric:5:2", "bytea:4", "date", "time"]
FORMS += ["timestamp", "bool", "float8", "bpchar:3", "int1", "int2:0:255", "varchar:3:nul:units"]
FORMS += ["bpchar:4:octets", "timestamp:0:unix", "timestamp:3!", "bytea:4:fixed", "float4"]
FORMS += ["date:1753-01-01:9999-12-31", "numeric", "text", "bytea"]


@given(form=st.sampled_from(FORMS), text=st.text(max_size=12))
def test_whatever_is_typed_is_a_value_or_refused_in_words(form: str, text: str) -> None:
    value: Any = None
    with contextlib.suppress(CorrectionRefused):
        value = parse_value(text, form)
    if value is not None:
        # What was said once is said again: nothing was rounded, cut or filled up.
        encoded = RowEncoder([form]).encode((value,))
        ((again,),) = RowDecoder([form]).feed(encoded)
        assert RowEncoder([form]).encode((again,)) == encoded


@pytest.mark.parametrize(
    ("text", "form", "value"),
    [
        ("äöüß€", "varchar:5!", "äöüß€"),
        ("", "varchar:5!", ""),
        (" ", "int4", None),
        ("-128", "int1", -128),
        ("999.99", "numeric:5:2", Decimal("999.99")),
        ("1E+2", "numeric:5:2", Decimal("1E+2")),
        ("ff", "bytea:4:fixed", b"\xff\0\0\0"),
        ("2024-05-31 10:00:00.5", "timestamp:1", datetime(2024, 5, 31, 10, 0, 0, 500_000)),  # noqa: DTZ001
    ],
)
def test_what_fits_is_taken_as_it_was_typed(text: str, form: str, value: Any) -> None:
    assert parse_value(text, form) == value


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("äöüß€x", "varchar:5!"),
        ("€€", "text:5"),
        ("\U0001f600\U0001f600", "varchar:3:nul:units"),
        ("ääx", "bpchar:4:octets"),
        ("a\0", "varchar:5"),
        ("\ud800", "varchar:5"),
        ("", "int4!"),
        ("128", "int1"),
        ("-1", "int2:0:255"),
        ("1000", "numeric:5:2"),
        ("0.001", "numeric:5:2"),
        ("NaN", "numeric"),
        ("Infinity", "float8"),
        ("nan", "float4"),
        ("24:00:00.5", "time"),
        ("10:00:00.5", "time"),
        ("10:00:00+02:00", "time"),
        ("2024-05-31T10:00:00+02:00", "timestamp"),
        ("2024-05-31T10:00:00Z", "timestamp"),
        ("2024-05-31 10:00:00.5", "timestamp:0"),
        ("2039-01-01 00:00:00", "timestamp:0:unix"),
        ("1752-12-31", "date:1753-01-01:9999-12-31"),
        ("0011223344", "bytea:4"),
        ("yes", "bool"),
    ],
)
def test_what_an_engine_would_round_cut_or_refuse_is_refused_before(text: str, form: str) -> None:
    with pytest.raises(CorrectionRefused):
        parse_value(text, form)


@pytest.mark.parametrize(
    ("charset", "text"),
    [("bmp", "\U0001f600"), ("windows-1252", "日"), ("GB2312", "ß"), ("x-of-java-only", "é")],
)
def test_a_character_that_the_columns_code_page_lacks_is_refused(charset: str, text: str) -> None:
    options = ("nul=reject", f"charset={charset}")
    assert parse_value("plain", "varchar:9", options) == "plain"
    with pytest.raises(CorrectionRefused, match="cannot hold"):
        parse_value(text, "varchar:9", options)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_asked_for_in_words(form: str) -> None:
    assert described(form)
    assert "bytes in UTF-8" in described("text:5")
    assert "3 digits before the point, 2" in described("numeric:5:2")
