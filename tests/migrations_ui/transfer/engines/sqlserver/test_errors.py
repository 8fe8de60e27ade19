"""What the driver of SQL Server says, sorted into what the pipeline does about it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, DataError, Error, IntegrityError, OperationalError

from migrations_ui.transfer.engines.base import ConnectionGone, KeyConflict, TargetLocked
from migrations_ui.transfer.engines.sqlserver.errors import trouble
from migrations_ui.transfer.errors import TargetRefused

SERVER = "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]"
CASES: list[tuple[Error, type[TargetRefused | ConnectionGone]]] = [
    (
        IntegrityError(
            "Driver Error: Integrity constraint violation; DDBC Error: "
            f"{SERVER}Violation of PRIMARY KEY constraint 'k'. Cannot insert duplicate key in "
            "object 'dbo.doc'. The duplicate key value is (ann, 1)."
        ),
        KeyConflict,
    ),
    (IntegrityError("Driver Error: Integrity constraint violation; FOREIGN KEY"), TargetRefused),
    (OperationalError("Driver Error: Communication link failure"), ConnectionGone),
    (DatabaseError(f"{SERVER}Transaction was deadlocked; rerun (deadlock victim)"), ConnectionGone),
    (DatabaseError(f"{SERVER}Lock request time out period exceeded."), TargetLocked),
    (DataError("Driver Error: String data, right truncation"), TargetRefused),
]


@pytest.mark.parametrize(("error", "kind"), CASES)
def test_each_has_its_kind(error: Error, kind: type[Exception]) -> None:
    assert type(trouble(error)) is kind


def test_a_conflict_does_not_tell_the_rows_values() -> None:
    assert "(ann, 1)" not in str(trouble(CASES[0][0]))
