"""Where Db2's identity columns go on: on a connection that only records."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.engines.db2 import words
from migrations_ui.transfer.engines.db2.target import Db2Target
from tests.migrations_ui.transfer.engines.recording import Recording
from tests.migrations_ui.transfer.engines.sample import plan

T = plan("T", {"ID": "int4!"}, key=("ID",))


@pytest.mark.parametrize(
    ("identity", "last", "restarts"),
    [
        (("ID", 1, 1, 1, 999), 40, ["RESTART WITH 41"]),
        (("ID", 41, 5, 1, 999), 41, ["RESTART WITH 46"]),
        (("ID", 9, -1, -999, 9), -3, ["RESTART WITH -4"]),
        (("ID", 700, 1, 1, 999), 40, []),
        (("ID", 1, 1, 1, 40), 40, []),
        (("ID", 1, 1, 1, 999), None, []),
        (("OTHER", 1, 1, 1, 999), 40, []),
    ],
)
def test_an_identity_goes_on_after_the_rows_in_its_own_direction(
    identity: tuple[Any, ...], last: int | None, restarts: list[str]
) -> None:
    recording = Recording()
    recording.answers["SELECT COLNAME, NEXTCACHEFIRSTVALUE"] = [identity]
    recording.answers[words.furthest("T", "ID", *identity[3:], rising=identity[2] > 0)] = [(last,)]
    Db2Target(cast("BaseDatabaseWrapper", recording)).operations.finish_load(T)
    altered = [event for event in recording.events if event.startswith("ALTER")]
    assert altered == [f'ALTER TABLE "T" ALTER COLUMN "ID" {each}' for each in restarts]
