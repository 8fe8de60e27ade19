"""What a person types in place of a value that did not fit, judged by the column's form. Pure.

Whatever gets through here is held by the column as it was typed: engines round, pad or replace in
silence what this refuses.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from migrations_ui.transfer.engines.pgcopy import RowEncoder, arguments_of, kind_of
from migrations_ui.transfer.errors import CorrectionRefused

TEXT = frozenset({"text", "varchar", "bpchar"})
BOUNDS = {f"int{size}": (-(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1) for size in (1, 2, 4, 8)}
TRUTH = {"true": True, "1": True, "false": False, "0": False}
PARSERS: dict[str, Callable[[str], Any]] = {
    "int1": int,
    "int2": int,
    "int4": int,
    "int8": int,
    "float4": float,
    "float8": float,
    "numeric": Decimal,
    "bool": lambda text: TRUTH[text.casefold()],
    "bytea": bytes.fromhex,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
}
WORDED = {
    "float4": "a number",
    "float8": "a number",
    "bool": "true or false",
    "date": "a date such as 2024-05-31",
    "time": "a time such as 23:59:59",
}
MICROSECOND_PLACES = 6
LAST_UNIX_SECOND = 2**31 - 1
UNIX_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  fields without a zone, as Derby keeps them
CHARSET = "charset="
BMP_ONLY = "bmp"
LAST_OF_BMP = 0xFFFF


def parse_value(text: str, form: str, options: Sequence[str] = ()) -> Any:
    """What a person typed as a value of that form; nothing is null where the form takes it.

    `options` are those of the column's plan. Raises NotReplayable that says what does not fit.
    """
    kind = kind_of(form)
    if kind in TEXT:
        return _text(text, form, options)
    typed = text.strip()
    if not typed:
        if form.endswith("!"):
            raise CorrectionRefused(f"The column requires a value: {described(form)}.")
        return None
    try:
        value = PARSERS[kind](typed)
        _require_range(value, form)
        RowEncoder([form]).encode((value,))
    except (ValueError, KeyError, InvalidOperation, struct.error, OverflowError):
        raise CorrectionRefused(
            f"This is no value that the column takes: it takes {described(form)}."
        ) from None
    if kind == "bytea":
        return _sized(value, form)
    return value


def described(form: str) -> str:
    """What a column takes, for the sentence that asks for it."""
    kind, arguments = kind_of(form), arguments_of(form)
    match kind:
        case "text" | "varchar" | "bpchar":
            counted = "bytes in UTF-8" if _counts_bytes(form) else "characters"
            words = f"a text of at most {arguments[0]:,} {counted}" if arguments else "a text"
        case "int1" | "int2" | "int4" | "int8":
            bounds = arguments or BOUNDS[kind]
            words = f"a whole number from {bounds[0]:,} to {bounds[1]:,}"
        case "numeric":
            words = "a number"
            if arguments:
                before = arguments[0] - arguments[1]
                words += f" of at most {before} digits before the point, {arguments[1]} behind it"
        case "bytea":
            most = f", at most {arguments[0]:,} bytes" if arguments else ""
            words = f"bytes in hexadecimal{most}"
        case "timestamp":
            places = arguments[0] if arguments else MICROSECOND_PLACES
            held = f"at most {places} places of a second" if places else "no fractions of a second"
            words = f"a moment such as 2024-05-31 23:59:59, with {held} and without a time zone"
        case _:
            words = WORDED[kind]
    return words


def _text(text: str, form: str, options: Sequence[str]) -> str:
    arguments = arguments_of(form)
    if "\0" in text:
        raise CorrectionRefused("The value holds a NUL character.")
    if not _can_be_said(text, "utf-8"):
        raise CorrectionRefused("The value holds half of a character.")
    length = _length(text, form)
    if arguments and length > arguments[0]:
        counted = " bytes" if _counts_bytes(form) else ""
        raise CorrectionRefused(
            f"The value is {length}{counted} long, and {arguments[0]} is the most."
        )
    for option in options:
        if option.startswith(CHARSET) and not _holds(option.removeprefix(CHARSET), text):
            raise CorrectionRefused("The value holds a character that the column cannot hold.")
    return text


def _counts_bytes(form: str) -> bool:
    return kind_of(form) == "text" or ":octets" in form


def _length(text: str, form: str) -> int:
    """As the column counts."""
    if ":octets" in form:
        return len(text.rstrip(" ").encode())
    if _counts_bytes(form):
        return len(text.encode())
    return len(text.encode("utf-16-le")) // 2 if ":units" in form else len(text)


def _holds(charset: str, text: str) -> bool:
    """Java's name of a code page; where Python has none of it, what every one holds."""
    if charset == BMP_ONLY:
        return all(ord(character) <= LAST_OF_BMP for character in text)
    try:
        codecs.lookup(charset)
    except LookupError:
        return text.isascii()
    return _can_be_said(text, charset)


def _can_be_said(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _require_range(value: Any, form: str) -> None:
    """Raises ValueError for what an engine would round, clip or refuse."""
    kind, arguments = kind_of(form), arguments_of(form)
    match value:
        case bool() | bytes():
            return
        case int():
            bounds = arguments or BOUNDS[kind]
            if not bounds[0] <= value <= bounds[1]:
                raise ValueError("out of range")
        case float():
            # Infinity, or no number at all.
            if value - value != 0.0:
                raise ValueError("not finite")
        case Decimal():
            if not value.is_finite():
                raise ValueError("not finite")
            if arguments and value and value.adjusted() >= arguments[0] - arguments[1]:
                raise ValueError("too many digits")
        case time():
            if value.tzinfo is not None or value.microsecond:
                raise ValueError("more than a time of day")
        case datetime():
            _require_moment(value, form)
        case date():
            _require_day(value, form)


def _require_moment(value: datetime, form: str) -> None:
    arguments = arguments_of(form)
    unit = 10 ** (MICROSECOND_PLACES - (arguments[0] if arguments else MICROSECOND_PLACES))
    if value.tzinfo is not None or value.microsecond % unit:
        raise ValueError("a time zone, or too fine")
    if ":unix" in form and not 1 <= (value - UNIX_EPOCH).total_seconds() <= LAST_UNIX_SECOND:
        raise ValueError("outside the years of the column")
    _require_day(value.date(), form)


def _require_day(value: date, form: str) -> None:
    days = [word for word in form.rstrip("!").split(":") if word.count("-") == 2]  # noqa: PLR2004
    if days and not date.fromisoformat(days[0]) <= value <= date.fromisoformat(days[1]):
        raise ValueError("outside the days of the column")


def _sized(value: bytes, form: str) -> bytes:
    arguments = arguments_of(form)
    if arguments and len(value) > arguments[0]:
        raise CorrectionRefused(
            f"The value has {len(value)} bytes, and {arguments[0]} is the most."
        )
    # A column of fixed length fills up with these.
    return value.ljust(arguments[0], b"\0") if ":fixed" in form else value
