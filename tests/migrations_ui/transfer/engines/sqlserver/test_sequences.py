"""Which sequences a default names, and where they go on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from migrations_ui.transfer.engines.sqlserver import sequences

DEFAULT = "(NEXT VALUE FOR [dbo].[odd ]]name])"


def asked(rows: dict[str, Any], definition: str = DEFAULT) -> list[str]:
    """What is set to a server whose sequence and table are like that."""
    reported: list[str] = []

    def query(statement: str, parameters: Any = ()) -> list[tuple[Any, ...]]:
        words = " ".join(statement.split())
        reported.append(words)
        if statement is sequences.DEFAULTS:
            return [("id", definition)]
        if statement is sequences.SEQUENCE:
            assert parameters == ["[dbo].[odd ]]name]"]
            numbers = (rows["step"], rows["least"], rows["most"], rows["current"])
            return [tuple(map(Decimal, numbers))]
        return [(rows["found"],)]

    sequences.advance(query, "t")
    return reported[2:]


RISING = {"step": 5, "least": 1, "most": 1_000, "current": 1, "found": 40}


def test_a_sequence_goes_on_after_the_last_number_that_it_may_give() -> None:
    assert asked(RISING) == [
        "SELECT MAX([id]) FROM [t] WHERE [id] BETWEEN 1 AND 1000",
        "ALTER SEQUENCE [dbo].[odd ]]name] RESTART WITH 45",
    ]
    falling = {"step": -1, "least": -9, "most": 9, "current": 9, "found": -3}
    assert asked(falling) == [
        "SELECT MIN([id]) FROM [t] WHERE [id] BETWEEN -9 AND 9",
        "ALTER SEQUENCE [dbo].[odd ]]name] RESTART WITH -4",
    ]


@pytest.mark.parametrize("change", [{"found": None}, {"current": 41}, {"most": 44}])
def test_one_that_is_ahead_or_at_its_end_stays(change: dict[str, Any]) -> None:
    assert len(asked(RISING | change)) == 1


def test_a_default_without_a_sequence_asks_for_nothing() -> None:
    assert asked(RISING, definition="('NEXT VALUE FOR nobody')") == []
