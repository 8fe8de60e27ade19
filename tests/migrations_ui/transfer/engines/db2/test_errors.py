"""What Db2's driver says, sorted into what the pipeline does about it."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.engines.base import ConnectionGone, KeyConflict, TargetLocked
from migrations_ui.transfer.engines.db2.errors import trouble
from migrations_ui.transfer.errors import TargetFull, TargetRefused

CASES = [
    ("[IBM][CLI Driver][DB2/LINUXX8664] SQL0803N  One or more values in the INSERT", KeyConflict),
    ("[IBM][CLI Driver] SQL30081N  A communication error has been detected.", ConnectionGone),
    (
        "SQL0911N  The transaction has been rolled back because of a deadlock",
        ConnectionGone,
    ),
    ('SQL0911N  The current transaction has been rolled back. Reason code "68".', TargetLocked),
    ("SQL0964C  The transaction log for the database is full.", TargetFull),
    ("something without a code", TargetRefused),
]


@pytest.mark.parametrize(("said", "kind"), CASES)
def test_each_has_its_kind(said: str, kind: type[Exception]) -> None:
    error = trouble(Exception(said))
    assert type(error) is kind
    assert "[IBM]" not in str(error)


def test_a_full_log_says_what_to_do() -> None:
    assert "enlarge it" in str(trouble(Exception(CASES[4][0])))
