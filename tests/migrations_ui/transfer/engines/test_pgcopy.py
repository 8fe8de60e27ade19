"""PGCOPY tuples: decoding is what encoding was given, and the bytes are PostgreSQL's own."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_ui.transfer.engines.pgcopy import HEADER, TRAILER, RowDecoder, RowEncoder
from migrations_ui.transfer.engines.row_keys import key_text, key_values

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
floats = st.floats(allow_nan=False)

# Form, PostgreSQL type, values.
FORMS: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    "text": ("text", text),
    "varchar:40": ("varchar(40)", text),
    "bpchar:8": ("char(8)", st.text("ab é", max_size=8).map(lambda value: value.ljust(8))),
    "int2": ("smallint", st.integers(-(2**15), 2**15 - 1)),
    "int4!": ("integer", st.integers(-(2**31), 2**31 - 1)),
    "int8": ("bigint", st.integers(-(2**63), 2**63 - 1)),
    "bool": ("boolean", st.booleans()),
    "float4": ("real", st.floats(width=32, allow_nan=False)),
    "float8": ("double precision", floats),
    "numeric": ("numeric", st.decimals(-(10**40), 10**40, places=7)),
    "numeric:31:9": ("numeric(31,9)", st.decimals(-(10**21), 10**21, places=9)),
    "numeric:12:3!": ("numeric(12,3)", st.decimals(-(10**8), 10**8, places=3)),
    "bytea": ("bytea", st.binary(max_size=300)),
    "date": ("date", st.dates()),
    "time": ("time", st.times()),
    "timestamp": ("timestamp", st.datetimes()),
}
NAMES = list(FORMS)
rows_of_values = st.lists(
    st.tuples(*(st.none() | values for _, values in FORMS.values())), max_size=20
)
EDGES: tuple[tuple[Any, ...], ...] = (
    (
        *("", "", " " * 8, -(2**15), -(2**31), -(2**63), False, -0.0, -0.0),
        *(Decimal("0.00"), Decimal("1E-9"), Decimal("-0.001"), b"", date(1, 1, 1), time(0)),
        datetime(1, 1, 1, 0, 0, 0, 1),  # noqa: DTZ001
    ),
    (
        *("\U0001f600", "e\u0301", "trailing", 2**15 - 1, 2**31 - 1, 2**63 - 1, True),
        *(math.inf, -math.inf, Decimal(10000), Decimal("9999999999999999999999.999999999")),
        *(Decimal("10000.000"), bytes(range(256)), date(9999, 12, 31), time(23, 59, 59, 999_999)),
        datetime(9999, 12, 31, 23, 59, 59, 999_999),  # noqa: DTZ001
    ),
)


def encoded(rows: list[tuple[Any, ...]]) -> bytes:
    encoder = RowEncoder(NAMES)
    return b"".join(encoder.encode(row) for row in rows)


@given(rows=rows_of_values, cuts=st.lists(st.integers(1, 200), max_size=30))
def test_rows_survive_encoding_however_the_bytes_are_cut(
    rows: list[tuple[Any, ...]], cuts: list[int]
) -> None:
    data, decoder, found = encoded(rows), RowDecoder(NAMES), []
    for cut in [*cuts, len(data)]:
        found += decoder.feed(memoryview(data)[:cut])
        data = data[cut:]
    assert repr(found) == repr([*map(tuple, rows)]) or found == rows


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=rows_of_values)
def test_postgresql_takes_and_gives_back_the_same_bytes(
    rows: list[tuple[Any, ...]], target: psycopg.Connection[Any]
) -> None:
    assert_as_postgresql_writes_it([*rows, *EDGES], target)


def assert_as_postgresql_writes_it(
    rows: list[tuple[Any, ...]], target: psycopg.Connection[Any]
) -> None:
    columns = ", ".join(f"c{number} {kind}" for number, (kind, _) in enumerate(FORMS.values()))
    target.execute("DROP TABLE IF EXISTS kinds")
    target.execute(f"CREATE TABLE kinds ({columns})")
    sent = HEADER + encoded(rows) + TRAILER
    with target.cursor() as cursor:
        with cursor.copy("COPY kinds FROM STDIN (FORMAT binary)") as copy:
            copy.write(sent)
        with cursor.copy("COPY kinds TO STDOUT (FORMAT binary)") as copy:
            assert b"".join(bytes(block) for block in copy) == sent
    # The values are those that PostgreSQL itself sees in these bytes.
    seen = target.execute("SELECT * FROM kinds", binary=True).fetchall()
    for row, expected in zip(seen, rows, strict=True):
        assert row == expected


def test_a_value_of_many_pieces_is_not_read_again_with_each() -> None:
    value = bytes(range(256)) * 20_000
    data = RowEncoder(["bytea", "int4"]).encode((value, 1))
    decoder = RowDecoder(["bytea", "int4"])
    found = []
    for at in range(0, len(data), 4096):
        found += decoder.feed(data[at : at + 4096])
    assert found == [(value, 1)]


def test_not_a_number_keeps_its_bytes() -> None:
    encoder, forms = RowEncoder(["float4", "float8", "numeric"]), ["float4", "float8", "numeric"]
    row = encoder.encode((math.nan, math.nan, Decimal("NaN")))
    (values,) = RowDecoder(forms).feed(row)
    assert all(math.isnan(value) for value in values)
    assert encoder.encode(values) == row


def test_a_lost_decimal_place_is_refused() -> None:
    with pytest.raises(ValueError, match="2 decimal places"):
        RowEncoder(["numeric:10:2"]).encode((Decimal("1.001"),))


def test_a_trimmed_char_is_padded_again() -> None:
    assert RowEncoder(["bpchar:4"]).encode(("é",)) == RowEncoder(["text"]).encode(("é   ",))


def test_blocks_are_header_rows_and_trailer() -> None:
    encoder = RowEncoder(["int4"])
    blocks = list(encoder.blocks(iter([(1,), (2,)]), size=8))
    assert b"".join(blocks) == HEADER + encoder.encode((1,)) + encoder.encode((2,)) + TRAILER


@given(row=st.tuples(*(st.none() | values for _, values in FORMS.values())))
def test_a_key_is_read_back_from_its_json(row: tuple[Any, ...]) -> None:
    read = key_values(key_text(row), NAMES)
    assert RowEncoder(NAMES).encode(read) == RowEncoder(NAMES).encode(row)
