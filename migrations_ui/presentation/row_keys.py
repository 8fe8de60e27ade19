"""A row's key as people read it; everywhere else it is JSON, so that it can be distinguished."""

from __future__ import annotations

import json


def key_words(row_key: str) -> str:
    """The values of a JSON array one after another; any other text as it is."""
    try:
        values = json.loads(row_key)
    except ValueError:
        # Cut off because it is long, or a whole row of a table without key.
        return row_key
    if not isinstance(values, list):
        return row_key
    return " · ".join(str(value) for value in values)
