"""JSON that a client sends: of a depth and with numbers that the rest of the code can hold."""

from __future__ import annotations

import json
import math
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import (  # type: ignore[attr-defined]  # not in the stubs
    JSONParser,
    get_encoding,
)

DEEPEST = 32


class BoundedJSONParser(JSONParser):
    """REST framework's, but nesting and numbers without bound are refused and never raise."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        encoding = get_encoding(parser_context or {})
        try:
            data = json.loads(
                stream.read().decode(encoding),
                parse_float=_finite,
                parse_constant=_no_constant,
            )
        except RecursionError:
            raise ParseError(f"This is nested deeper than {DEEPEST} levels.") from None
        except ValueError as error:
            # Of bytes in another encoding, of no JSON, and of integers with thousands of digits.
            raise ParseError(f"This is not JSON: {error}") from None
        _require_depth(data)
        return data


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:20]} is too large a number")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _require_depth(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [
            child
            for each in level
            if isinstance(each, (dict, list))
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise ParseError(f"This is nested deeper than {DEEPEST} levels.")
