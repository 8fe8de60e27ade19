"""A foreign key of a table to itself is deferred and put back as on Db2, in its statements, on
Derby (derby_engine.py)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from migrations_ui.transfer.checkpoint.deferred_keys import DeferredKeys
from migrations_ui.transfer.compare.foreign_key_guard import dangling_refused
from migrations_ui.transfer.errors import ReferredTo, RefersToNothing, TargetRefused
from migrations_ui.transfer.tables import ForeignKey
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.db2.derby_engine import Db2OnDerby
from tests.migrations_ui.transfer.engines.sample import plan

UP = ForeignKey("UP", "FOLDERS", ("ABOVE",), "FOLDERS", ("ID",))
FOLDERS = replace(
    plan("FOLDERS", {"ID": "int4!", "ABOVE": "int4"}, key=("ID",)), later=("FOLDERS",)
)
DEFERRED = (
    "CREATE TABLE lg_deferred (run_id VARCHAR(64) NOT NULL, table_name VARCHAR(128) NOT NULL, "
    "position SMALLINT NOT NULL, object_name VARCHAR(128) NOT NULL, statement CLOB NOT NULL)"
)
CHILD, PARENT = "INSERT INTO folders VALUES (3, 4)", "INSERT INTO folders VALUES (4, NULL)"


class Killed(Exception):
    """The worker's process ends here, as far as the target can tell."""


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Db2OnDerby]:
    derby = DerbySample(tmp_path / "db")
    derby.run(
        "CREATE TABLE folders (id INTEGER NOT NULL PRIMARY KEY, above INTEGER)",
        "ALTER TABLE folders ADD CONSTRAINT up FOREIGN KEY (above) REFERENCES folders (id)",
        "INSERT INTO folders VALUES (1, NULL), (2, 1)",
        DEFERRED,
    )
    with derby.open() as connection:
        yield Db2OnDerby(connection, UP)


def holds(target: Db2OnDerby) -> bool:
    try:
        target.execute("INSERT INTO folders VALUES (9, -9)")
    except TargetRefused:
        return True
    target.execute("DELETE FROM folders WHERE id = 9")
    return False


def test_it_is_aside_from_one_commit_to_another_and_back_when_every_row_keeps_it(
    target: Db2OnDerby,
) -> None:
    aside = DeferredKeys(target, "run-1")
    with suppress(Killed), target.transaction():
        aside.defer(FOLDERS, alone=True)
        raise Killed
    assert (holds(target), aside.names()) == (True, set())
    with target.transaction():
        aside.defer(FOLDERS, alone=True)
    assert (holds(target), aside.names()) == (False, {("FOLDERS", "UP")})
    target.execute(CHILD)
    with pytest.raises(RefersToNothing, match="FOLDERS: 1 rows"), target.transaction():
        aside.put_back()
    assert (holds(target), aside.names()) == (False, {("FOLDERS", "UP")})
    target.execute(PARENT)
    with target.transaction():
        assert aside.put_back() == ["FOLDERS.UP"]
    assert (holds(target), aside.names()) == (True, set())


def test_one_that_was_made_again_by_hand_is_left_as_it_is(target: Db2OnDerby) -> None:
    aside = DeferredKeys(target, "run-1")
    with target.transaction():
        aside.defer(FOLDERS, alone=True)
    target.execute(
        "ALTER TABLE folders ADD CONSTRAINT up FOREIGN KEY (above) REFERENCES folders (id)"
    )
    with target.transaction():
        aside.put_back()
    assert (holds(target), aside.names()) == (True, set())


def test_mending_writes_in_any_order_and_nobody_ever_finds_it_gone(target: Db2OnDerby) -> None:
    def refused(key: ForeignKey, count: int) -> ReferredTo:
        return ReferredTo(f"{key.name} {count}")

    with target.transaction(), dangling_refused(FOLDERS, target, refused):
        for statement in (CHILD, PARENT, "DELETE FROM folders WHERE id = 1"):
            target.execute(statement)
        target.execute("DELETE FROM folders WHERE id = 2")
    assert holds(target)
    with (
        pytest.raises(ReferredTo, match="UP 1"),
        target.transaction(),
        dangling_refused(FOLDERS, target, refused),
    ):
        target.execute("DELETE FROM folders WHERE id = 4")
    assert holds(target)
    assert target.execute("SELECT id, above FROM folders ORDER BY id") == [(3, 4), (4, "None")]
