"""PGCOPY binary tuples as Python values, and back, column by column in the plan's forms.

For the targets whose drivers take values instead of bytes. Both directions are exact: what a
target gives back must encode to the very bytes that the reader sent, or its digests differ.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any

LARGE_KINDS = frozenset({"text", "bytea"})
LONGEST_SMALL = 32_767
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

Decode = Callable[[bytes, int, int], Any]
Encode = Callable[[Any], bytes]

EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  fields without a zone, as Derby keeps them
EPOCH_DAY = EPOCH.toordinal()
DAY_SECONDS = 86_400
MILLION = 1_000_000
NEGATIVE = 0x4000
NUMERIC_SPECIALS = {0xC000: Decimal("NaN"), 0xD000: Decimal("Infinity"), 0xF000: Decimal("-Inf")}
GROUP = 10_000
GROUP_DIGITS = 4
# Scaling must never round; no engine's decimal has as many digits.
EXACT = Context(prec=2_000)

_NULL = struct.pack(">i", -1)
_COUNT = struct.Struct(">h")
_LENGTH = struct.Struct(">i")
_NUMERIC = struct.Struct(">hhHh")


class RowDecoder:
    """Takes pieces of tuples, which may end anywhere, and gives whole rows."""

    def __init__(self, forms: Sequence[str]) -> None:
        self._decoders = [_decoder(form) for form in forms]
        self._pieces: list[bytes] = []
        self._have = 0
        self._needed = 0

    def feed(self, piece: memoryview | bytes | bytearray) -> list[tuple[Any, ...]]:
        """The rows that this piece completes."""
        # The piece's buffer is written over by the next one.
        self._pieces.append(bytes(piece))
        self._have += len(piece)
        if self._have < self._needed:
            return []
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        rows, rest = self._whole_rows(data)
        self._pieces = [data[rest:]]
        self._have = len(data) - rest
        return rows

    def _whole_rows(self, data: bytes) -> tuple[list[tuple[Any, ...]], int]:
        """Every complete row, and where the incomplete one starts."""
        rows: list[tuple[Any, ...]] = []
        decoders, unpack_length, end = self._decoders, _LENGTH.unpack_from, len(data)
        start = 0
        while True:
            at = start + _COUNT.size
            row: list[Any] = []
            for decode in decoders:
                if at + _LENGTH.size > end:
                    self._needed = at + _LENGTH.size - start
                    return rows, start
                (length,) = unpack_length(data, at)
                at += _LENGTH.size
                if length < 0:
                    row.append(None)
                    continue
                stop = at + length
                if stop > end:
                    self._needed = stop - start
                    return rows, start
                row.append(decode(data, at, stop))
                at = stop
            rows.append(tuple(row))
            start = at


class RowEncoder:
    """Gives a row's tuple, without header and trailer."""

    def __init__(self, forms: Sequence[str]) -> None:
        self._encoders = [_encoder(form) for form in forms]
        self._count = _COUNT.pack(len(forms))

    def encode(self, row: Sequence[Any]) -> bytes:
        """Raises ValueError for a value that its form cannot say."""
        parts = [self._count]
        for encode, value in zip(self._encoders, row, strict=True):
            parts.append(_NULL if value is None else encode(value))
        return b"".join(parts)

    def blocks(self, rows: Iterator[Sequence[Any]], *, size: int) -> Iterator[bytearray]:
        """All rows between header and trailer, in blocks of about `size` bytes."""
        block = bytearray(HEADER)
        for row in rows:
            block += self.encode(row)
            if len(block) >= size:
                yield block
                block = bytearray()
        block += TRAILER
        yield block


def kind_of(form: str) -> str:
    """`numeric` of `numeric:31:9!`."""
    return form.rstrip("!").partition(":")[0]


def arguments_of(form: str) -> tuple[int, ...]:
    """31 and 9 of `numeric:31:9!`; 64 of `varchar:64:nul`. Words and dates are none."""
    words = form.rstrip("!").split(":")[1:]
    return tuple(int(word) for word in words if word.removeprefix("-").isdecimal())


def may_be_large(form: str) -> bool:
    """Whether one value may take megabytes."""
    longest = (arguments_of(form) or (LONGEST_SMALL + 1,))[0]
    return kind_of(form) in LARGE_KINDS and longest > LONGEST_SMALL


def _decoder(form: str) -> Decode:
    kind = kind_of(form)
    if kind in FIXED:
        unpack = FIXED[kind].unpack_from
        return lambda data, at, stop: unpack(data, at)[0]
    return DECODERS[kind]


def _text(data: bytes, at: int, stop: int) -> str:
    return data[at:stop].decode()


def _bytes(data: bytes, at: int, stop: int) -> bytes:
    return data[at:stop]


def _numeric(data: bytes, at: int, stop: int) -> Decimal:
    count, weight, sign, scale = _NUMERIC.unpack_from(data, at)
    if sign in NUMERIC_SPECIALS:
        return NUMERIC_SPECIALS[sign]
    unscaled = 0
    for group in struct.unpack_from(f">{count}h", data, at + _NUMERIC.size):
        unscaled = unscaled * GROUP + group
    shift = GROUP_DIGITS * (weight - count + 1) + scale
    # The last group may hold zeros past the scale.
    unscaled = unscaled * 10**shift if shift >= 0 else unscaled // 10**-shift
    return Decimal(f"{'-' if sign == NEGATIVE else ''}{unscaled}E-{scale}")


def _date(data: bytes, at: int, stop: int) -> date:
    return date.fromordinal(EPOCH_DAY + _LENGTH.unpack_from(data, at)[0])


def _time(data: bytes, at: int, stop: int) -> time:
    return (EPOCH + timedelta(microseconds=FIXED["int8"].unpack_from(data, at)[0])).time()


def _timestamp(data: bytes, at: int, stop: int) -> datetime:
    return EPOCH + timedelta(microseconds=FIXED["int8"].unpack_from(data, at)[0])


FIXED = {
    # The reader sends the shortest numbers in two bytes as well.
    "int1": struct.Struct(">h"),
    "int2": struct.Struct(">h"),
    "int4": struct.Struct(">i"),
    "int8": struct.Struct(">q"),
    "float4": struct.Struct(">f"),
    "float8": struct.Struct(">d"),
    "bool": struct.Struct(">?"),
}
DECODERS: dict[str, Decode] = {
    "text": _text,
    "varchar": _text,
    "bpchar": _text,
    "bytea": _bytes,
    "numeric": _numeric,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
}


def _encoder(form: str) -> Encode:
    kind, arguments = kind_of(form), arguments_of(form)
    if kind in FIXED:
        packer = struct.Struct(f">i{FIXED[kind].format[1:]}")
        width = FIXED[kind].size
        return lambda value: packer.pack(width, value)
    match kind:
        case "bpchar":
            # Engines pad to lengths of their own counting, or cut the blanks.
            return lambda value: _sized(value.rstrip(" ").ljust(arguments[0]).encode())
        case "text" | "varchar":
            return lambda value: _sized(value.encode())
        case "bytea":
            return lambda value: _sized(bytes(value))
        case "numeric":
            scale = arguments[1] if arguments else None
            return lambda value: _sized(_pack_numeric(value, scale))
    return ENCODERS[kind]


def _sized(payload: bytes) -> bytes:
    return _LENGTH.pack(len(payload)) + payload


def _pack_numeric(value: Decimal | int, scale: int | None) -> bytes:
    value = Decimal(value)
    if not value.is_finite():
        sign = next(
            sign for sign, special in NUMERIC_SPECIALS.items() if str(special) == str(value)
        )
        return _NUMERIC.pack(0, 0, sign, 0)
    if scale is None:
        scale = max(0, -int(value.as_tuple().exponent))
    # Not abs(): that would round to the thread's own context.
    scaled = value.copy_abs().scaleb(scale, EXACT)
    unscaled = int(scaled)
    if unscaled != scaled:
        raise ValueError(f"more than {scale} decimal places")
    padding = -scale % GROUP_DIGITS
    rest = unscaled * 10**padding
    groups: list[int] = []
    while rest:
        rest, group = divmod(rest, GROUP)
        groups.append(group)
    weight = len(groups) - (scale + padding) // GROUP_DIGITS - 1 if groups else 0
    lowest = next((number for number, group in enumerate(groups) if group), 0)
    kept = groups[: lowest - 1 if lowest else None : -1] if groups else []
    sign = NEGATIVE if unscaled and value.is_signed() else 0
    return _NUMERIC.pack(len(kept), weight, sign, scale) + struct.pack(f">{len(kept)}h", *kept)


def _pack_date(value: date) -> bytes:
    return struct.pack(">ii", 4, value.toordinal() - EPOCH_DAY)


def _pack_time(value: time) -> bytes:
    seconds = value.hour * 3_600 + value.minute * 60 + value.second
    return struct.pack(">iq", 8, seconds * MILLION + value.microsecond)


def _pack_timestamp(value: datetime) -> bytes:
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    since = value - EPOCH
    microseconds = (since.days * DAY_SECONDS + since.seconds) * MILLION + since.microseconds
    return struct.pack(">iq", 8, microseconds)


ENCODERS: dict[str, Encode] = {
    "date": _pack_date,
    "time": _pack_time,
    "timestamp": _pack_timestamp,
}
