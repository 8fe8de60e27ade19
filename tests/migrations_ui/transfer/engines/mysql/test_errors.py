"""What MySQL's refusals say on a page: which key or column, and no value of a row."""

from __future__ import annotations

import MySQLdb
import pytest

from migrations_ui.transfer.engines.base import KeyConflict
from migrations_ui.transfer.engines.mysql.errors import translate


@pytest.mark.parametrize(
    ("code", "said", "named"),
    [
        (1062, "Duplicate entry 'it's \nhers-1' for key 'users.phone'", "for key 'users.phone'"),
        (1366, r"Incorrect string value: '\xF0hers' for column `t`.`subject`", "`subject`"),
        (1292, "Truncated incorrect INTEGER value: 'hers'", "incorrect INTEGER value"),
    ],
)
def test_the_key_or_the_column_is_named_and_not_the_value(code: int, said: str, named: str) -> None:
    found = str(translate(MySQLdb.IntegrityError(code, said)))
    assert named in found
    assert "hers" not in found


def test_a_duplicate_is_a_conflict_of_keys() -> None:
    assert isinstance(translate(MySQLdb.IntegrityError(1062, "Duplicate entry")), KeyConflict)
