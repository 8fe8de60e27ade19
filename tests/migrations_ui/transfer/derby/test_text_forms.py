"""Lengths as SQL Server and Db2 count them: UTF-16 units, and bytes without the blanks behind."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.engines.pgcopy import RowDecoder, RowEncoder
from migrations_ui.transfer.tables import ColumnPlan, TablePlan
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample

CASES = [
    # Form, values, what arrives, reasons of what does not.
    ("varchar:4:nul:units", ["abcd", "\U0001f600\U0001f600", "a\0b"], 3, []),
    ("varchar:4:nul:units", ["abc\U0001f600"], 0, ["5 characters of UTF-16"]),
    ("varchar:4", ["abc\U0001f600"], 1, []),
    ("bpchar:8:octets", ["é", "ééé", "eight ch"], 3, []),
    ("bpchar:8:octets", ["ééééé"], 0, ["10 bytes in UTF-8"]),
]


@pytest.mark.parametrize(("form", "values", "arriving", "reasons"), CASES)
def test_each_counts_as_its_engine_does(  # noqa: PLR0917
    derby: DerbySample,
    open_source: OpenSource,
    form: str,
    values: list[str],
    arriving: int,
    reasons: list[str],
) -> None:
    kind = "CHAR(8)" if form.startswith("bpchar") else "VARCHAR(8)"
    derby.run(f"CREATE TABLE t (v {kind})")
    derby.insert("t", [(value,) for value in values])
    with open_source() as source:
        (table,) = source.tables()
        plan = TablePlan(table, "t", (ColumnPlan("V", "v", "VARCHAR", form),), ())
        decoder, rows, rejects, received = RowDecoder([form]), [], [], b""
        with source.rows(plan) as stream:
            for head in stream.slices():
                rejects += [str(reject["reason"]) for reject in head.rejects]
                for piece in stream.pieces():
                    received += bytes(piece)
                    rows += decoder.feed(piece)
    assert len(rows) == arriving
    for reason, expected in zip(rejects, reasons, strict=True):
        assert reason.startswith(expected)
    # What an engine gives back, with its own padding or none, encodes to the same bytes.
    encoder = RowEncoder([form])
    assert b"".join(encoder.encode((value.rstrip(" "),)) for (value,) in rows) == received
