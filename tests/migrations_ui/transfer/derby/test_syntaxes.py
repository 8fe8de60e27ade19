"""Whatever syntax rows travel in, their digests are those of the same canonical rows."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from migrations_ui.transfer.compare.staged_rows import digest_target
from migrations_ui.transfer.derby.frames import FrameStream
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.digests import Digests
from migrations_ui.transfer.errors import ReaderDied
from migrations_ui.transfer.syntaxes import BackSyntax, RowSyntax
from migrations_ui.transfer.tables import TablePlan
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby.test_reader import plan_of
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.many_rows import create_in_derby

ROWS = 9_000
NASTY = "tab\tline\nback\\slash quote' \U0001f600"
NASTY_LOAD = b"tab\\tline\\nback\\\\slash quote' \xf0\x9f\x98\x80"


@pytest.fixture
def source(derby: DerbySample, open_source: OpenSource) -> Iterator[DerbySource]:
    create_in_derby(derby, "doc", ROWS)
    derby.insert("doc", [("nasty", 7, NASTY, "-0.125"), ("null", 8, None, None)])
    with open_source() as opened:
        yield opened


def read(stream: FrameStream) -> tuple[bytes, Digests, int]:
    total, rows, content = Digests(), 0, bytearray()
    for head in stream.slices():
        total.add(head.digests)
        rows += head.row_count
        content += b"".join(bytes(piece) for piece in stream.pieces())
    return bytes(content), total, rows


def packed(load_text: bytes) -> list[bytes]:
    """LOAD text as a server would give it back; written from the format's description."""
    rows = []
    for line in load_text.removesuffix(b"\n").split(b"\n"):
        row = bytearray()
        for number, field in enumerate(line.split(b"\t")):
            is_text = number in (0, 2)
            if field == b"\\N":
                row += b":" if is_text else b","
                continue
            value = (
                field.replace(b"\\\\", b"\0")
                .replace(b"\\t", b"\t")
                .replace(b"\\n", b"\n")
                .replace(b"\0", b"\\")
            )
            row += b"%d:%s" % (len(value), value) if is_text else value + b","
        rows.append(bytes(row))
    return rows


def table_of(source: DerbySource) -> TablePlan:
    (table,) = source.tables()
    return plan_of(table)


@pytest.mark.parametrize("syntax", [RowSyntax.LOAD, RowSyntax.VALUES])
def test_digests_do_not_depend_on_the_syntax(source: DerbySource, syntax: RowSyntax) -> None:
    plan = table_of(source)
    with source.rows(plan) as stream:
        _, expected, rows = read(stream)
    with source.rows(plan, syntax=syntax) as stream:
        text, digests, count = read(stream)
    assert digests == expected
    assert count == rows == ROWS + 2
    # A line is a row: nothing else ends one.
    assert text.count(b"\n") == rows
    assert text.endswith(b"\n")


def test_rows_are_spelled_as_the_servers_want_them(source: DerbySource) -> None:
    plan = table_of(source)
    with source.rows(plan, first=ROWS, syntax=RowSyntax.LOAD) as stream:
        text, _, _ = read(stream)
    assert text == b"nasty\t7\t" + NASTY_LOAD + b"\t-0.125\nnull\t8\t\\N\t\\N\n"
    with source.rows(plan, first=ROWS, syntax=RowSyntax.VALUES) as stream:
        text, _, _ = read(stream)
    nasty = "tab\tline\\nback\\\\slash quote\\' \U0001f600".encode()
    assert text == b"('nasty',7,'" + nasty + b"',-0.125)\n('null',8,NULL,NULL)\n"


@pytest.mark.parametrize("block_bytes", [3, 1_000, 256 * 1024])
def test_rows_read_back_as_the_server_spells_them_have_the_same_digests(
    source: DerbySource, block_bytes: int
) -> None:
    plan = table_of(source)
    with source.rows(plan, syntax=RowSyntax.LOAD) as stream:
        text, expected, rows = read(stream)
    back = packed(text)
    assert len(back) == rows
    joined = b"".join(back)
    with source.read_back(plan, back=BackSyntax.PACKED) as stream:
        for at in range(0, len(joined), block_bytes):
            stream.send_block(joined[at : at + block_bytes])
        stream.send_block(b"")
        content, digests, _ = read(stream)
    assert digests == expected
    assert content == b""


def test_wanted_buckets_come_in_the_targets_syntax_from_both_sides(source: DerbySource) -> None:
    plan = table_of(source)
    with source.rows(plan, syntax=RowSyntax.LOAD) as stream:
        text, _, _ = read(stream)
    with source.rows(plan, buckets=[3, 77], syntax=RowSyntax.LOAD) as stream:
        here, _, _ = read(stream)
    with source.read_back(
        plan, buckets=[3, 77], back=BackSyntax.PACKED, syntax=RowSyntax.LOAD
    ) as stream:
        stream.send_block(b"".join(packed(text)))
        stream.send_block(b"")
        there, _, _ = read(stream)
    assert here == there
    assert 0 < here.count(b"\n") < ROWS / 10


def test_rows_that_end_inside_one_are_an_error_not_a_difference(source: DerbySource) -> None:
    with source.read_back(table_of(source), back=BackSyntax.PACKED) as stream:
        stream.send_block(b"3:abc1,3:ab")
        stream.send_block(b"")
        with pytest.raises(ReaderDied, match="the rows ended in the middle of one"):
            read(stream)


def test_why_the_reader_takes_no_more_rows_is_said(source: DerbySource) -> None:
    class Operations:
        back_syntax = BackSyntax.PACKED

        def read_back(self, table: TablePlan) -> Iterator[bytearray]:
            while True:
                yield bytearray(b"no length:abc")

    target = cast("Any", SimpleNamespace(operations=Operations()))
    with pytest.raises(ReaderDied, match="no decimal digit: n"):
        digest_target(table_of(source), source, target)
