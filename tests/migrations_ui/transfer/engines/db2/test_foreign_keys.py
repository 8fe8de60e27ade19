"""How Db2 is set to put foreign keys aside: the statements, as they are in the golden file; what
Derby, whose SQL is a dialect of Db2's, does with those that it takes; and their order, on a
connection that only records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import jpype
import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.compare.foreign_key_guard import dangling_refused
from migrations_ui.transfer.engines.db2 import foreign_keys, words
from migrations_ui.transfer.engines.db2.foreign_keys import Rules
from migrations_ui.transfer.engines.db2.target import Db2Target
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.errors import PlanBlocked, ReferredTo
from migrations_ui.transfer.tables import ForeignKey
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.engines.recording import Recording
from tests.migrations_ui.transfer.engines.sample import golden, plan

UP = ForeignKey("Up", 'Fol"ders', ("above", "part"), 'Fol"ders', ("id", "part"))
CASCADE = Rules("C", "R")
DOC = replace(plan("DOC", {"ID": "int4!", "ABOVE": "int4"}, key=("ID",)), later=("DOC",))
OWN = ForeignKey("UP", "DOC", ("ABOVE",), "DOC", ("ID",))
DROP, COUNT = foreign_keys.drop(OWN), count_dangling(OWN, words.quote)
MAKE = foreign_keys.make(OWN, Rules("N"))
KEYS, RIGHTS = "SELECT r.CONSTNAME, r.TABNAME, r.REFTABNAME", "SELECT t.TABNAME, MAX("
ADMINISTRATOR = "SELECT COUNT(*) FROM TABLE(SYSPROC."


def test_statements_are_those_of_the_golden_file() -> None:
    written = [
        " ".join(foreign_keys.RULES.split()),
        " ".join(foreign_keys.RIGHTS.split()),
        " ".join(foreign_keys.IS_ADMINISTRATOR.split()),
        foreign_keys.drop(UP),
        foreign_keys.make(UP, CASCADE),
        foreign_keys.make(UP, Rules("N", "A", optimized=False)),
        count_dangling(UP, words.quote),
    ]
    assert written == golden("foreign_keys_db2")


@pytest.fixture
def folders(tmp_path: Path) -> DerbySample:
    """A table that refers to itself by two columns, and a row that refers to another."""
    derby = DerbySample(tmp_path / "db")
    derby.run(
        'CREATE TABLE "Fol""ders" ("id" INTEGER NOT NULL, "part" INTEGER NOT NULL, '
        '"above" INTEGER, PRIMARY KEY ("id", "part"))',
        'INSERT INTO "Fol""ders" VALUES (1, 1, NULL), (2, 1, 1)',
        foreign_keys.make(UP, Rules("C", "R")),
    )
    return derby


def test_derby_drops_it_takes_rows_in_any_order_counts_them_and_makes_it_again(
    folders: DerbySample,
) -> None:
    child = 'INSERT INTO "Fol""ders" VALUES (3, 1, 4)'
    parent = 'INSERT INTO "Fol""ders" VALUES (4, 1, 1)'
    with pytest.raises(jpype.JException, match="'Up'"):
        folders.run(child)
    with folders.open() as connection:
        for statement in (foreign_keys.drop(UP), child):
            connection.createStatement().execute(statement)
        counted = connection.createStatement().executeQuery(count_dangling(UP, words.quote))
        counted.next()
        assert counted.getInt(1) == 1
        counted.close()
        # One that some row does not keep is not made.
        with pytest.raises(jpype.JException, match="'Up'"):
            connection.createStatement().execute(foreign_keys.make(UP, CASCADE))
        # What a killed worker had begun is as it was.
        connection.rollback()
    with pytest.raises(jpype.JException, match="'Up'"):
        folders.run(child)
    folders.run(foreign_keys.drop(UP), child, parent, foreign_keys.make(UP, CASCADE))
    assert folders.query(count_dangling(UP, words.quote)) == [(0,)]
    # It is the one it was: what is below a row goes with it.
    folders.run('DELETE FROM "Fol""ders" WHERE "id" = 1')
    assert folders.query('SELECT COUNT(*) FROM "Fol""ders"') == [(0,)]


@pytest.fixture
def recording() -> Recording:
    recording = Recording()
    recording.answers = {
        KEYS: [("UP", "DOC", "DOC", "ABOVE", "ID")],
        "SELECT r.CONSTNAME, r.DELETERULE": [("UP", "N", "A", "Y", None)],
        ADMINISTRATOR: [(0,)],
        RIGHTS: [("DOC", 1, 1), ("PAGE", 1, 0)],
        'SELECT COUNT(*) FROM "DOC"': [(0,)],
    }
    return recording


@pytest.fixture
def target(recording: Recording) -> Db2Target:
    return Db2Target(cast("BaseDatabaseWrapper", recording))


def altering(recording: Recording) -> list[str]:
    return [event for event in recording.events if event.startswith("ALTER")]


def test_it_is_dropped_and_how_it_is_made_again_is_reported(
    target: Db2Target, recording: Recording
) -> None:
    assert target.schema_editor.defer_foreign_keys(DOC, alone=True) == [("UP", [COUNT, MAKE])]
    assert altering(recording) == [DROP]


def test_its_comment_comes_back_with_it(target: Db2Target, recording: Recording) -> None:
    recording.answers["SELECT r.CONSTNAME, r.DELETERULE"] = [("UP", "N", "A", "Y", "DBA's")]
    comment = """COMMENT ON CONSTRAINT "DOC"."UP" IS 'DBA''s'"""
    assert target.schema_editor.defer_foreign_keys(DOC, alone=True) == [
        ("UP", [COUNT, MAKE, comment])
    ]


def test_beside_others_and_without_the_rights_it_stays_and_the_plan_is_blocked(
    target: Db2Target, recording: Recording
) -> None:
    with pytest.raises(PlanBlocked, match=r"DOC refers to itself.* have to be dropped .* servers"):
        target.schema_editor.defer_foreign_keys(DOC, alone=False)
    recording.answers[KEYS] = [("TO_PAGE", "DOC", "PAGE", "ABOVE", "ID")]
    circle = replace(DOC, later=("PAGE",))
    with pytest.raises(PlanBlocked, match="may not both alter DOC and refer to PAGE"):
        target.schema_editor.defer_foreign_keys(circle, alone=True)
    assert altering(recording) == []
    recording.answers[ADMINISTRATOR] = [(1,)]
    recording.answers["SELECT r.CONSTNAME, r.DELETERULE"] = [("TO_PAGE", "A", "A", "Y", "")]
    ((name, _),) = target.schema_editor.defer_foreign_keys(circle, alone=True)
    assert name == "TO_PAGE"


def test_mending_drops_it_and_makes_it_again_in_the_one_transaction(
    target: Db2Target, recording: Recording
) -> None:
    with target.transaction(), dangling_refused(DOC, target, refused):
        target.execute("write")
    sent = recording.since("begin")
    kept = [event for event in sent if not event.startswith("SELECT")]
    assert kept == [DROP, "write", MAKE, "commit", "autocommit"]
    assert sent.index("write") < len(sent) - sent[::-1].index(COUNT) - 1 < sent.index(MAKE)


def test_where_rows_would_refer_to_nothing_it_is_back_as_it_was(
    target: Db2Target, recording: Recording
) -> None:
    def leave_one(*_: Any) -> None:
        recording.answers['SELECT COUNT(*) FROM "DOC"'] = [(1,)]

    with (
        pytest.raises(ReferredTo, match="UP 1"),
        target.transaction(),
        dangling_refused(DOC, target, refused),
    ):
        leave_one()
    assert altering(recording) == [DROP]
    assert recording.events[-2:] == ["rollback", "autocommit"]


def refused(key: ForeignKey, count: int) -> ReferredTo:
    return ReferredTo(f"{key.name} {count}")
