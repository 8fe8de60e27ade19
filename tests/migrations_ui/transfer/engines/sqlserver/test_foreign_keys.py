"""How SQL Server is set to put foreign keys aside: the statements, as they are in the golden file,
and their order, on a connection that only records. No server reads them here."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_ui.transfer.checkpoint.deferred_keys import DeferredKeys
from migrations_ui.transfer.compare.foreign_key_guard import dangling_refused
from migrations_ui.transfer.engines.references import count_dangling
from migrations_ui.transfer.engines.sqlserver import foreign_keys, words
from migrations_ui.transfer.engines.sqlserver.target import SQLServerTarget
from migrations_ui.transfer.errors import PlanBlocked, RefersToNothing
from migrations_ui.transfer.tables import ForeignKey
from tests.migrations_ui.transfer.engines.recording import Recording
from tests.migrations_ui.transfer.engines.sample import golden, plan

UP = ForeignKey("up", "Doc's", ("above", "part"), "Doc's", ("id", "part"))
DOC = replace(plan("doc", {"id": "int4!", "above": "int4"}, key=("id",)), later=("doc",))
OFF = "ALTER TABLE [doc] NOCHECK CONSTRAINT [up]"
ON = "ALTER TABLE [doc] WITH CHECK CHECK CONSTRAINT [up]"
COUNT = count_dangling(ForeignKey("up", "doc", ("above",), "doc", ("id",)), words.quote)
KEYS, FACTS = "SELECT f.name, t.name, p.name", "SELECT t.name, f.name, HAS_PERMS_BY_NAME("
DEFERRED = "SELECT table_name, object_name, statement FROM lg_deferred"


def facts(*, may: int = 1, trusted: int = 1) -> list[tuple[str, str, int, int]]:
    return [("doc", "up", may, trusted)]


@pytest.fixture
def recording() -> Recording:
    recording = Recording()
    recording.answers = {
        KEYS: [("up", "doc", "doc", "above", "id")],
        FACTS: facts(),
        "SELECT COUNT(*) FROM [doc]": [(0,)],
    }
    return recording


@pytest.fixture
def target(recording: Recording) -> SQLServerTarget:
    return SQLServerTarget(cast("BaseDatabaseWrapper", recording))


def test_statements_are_those_of_the_golden_file() -> None:
    written = [
        " ".join(foreign_keys.FACTS.split()),
        foreign_keys.switch_off(UP),
        foreign_keys.switch_on(UP, checked=True),
        foreign_keys.switch_on(UP, checked=False),
        count_dangling(UP, words.quote),
    ]
    assert written == golden("foreign_keys_sqlserver")


@pytest.mark.parametrize(
    ("trusted", "dangling", "restoring"),
    [
        (1, 0, [COUNT, ON]),
        (0, 0, [COUNT, ON]),
        (0, 3, ["ALTER TABLE [doc] WITH NOCHECK CHECK CONSTRAINT [up]"]),
    ],
    ids=["trusted", "holds", "never held"],
)
def test_one_is_switched_off_and_comes_back_as_strict_as_it_was(
    target: SQLServerTarget,
    recording: Recording,
    trusted: int,
    dangling: int,
    restoring: list[str],
) -> None:
    recording.answers[FACTS] = facts(trusted=trusted)
    recording.answers["SELECT COUNT(*) FROM [doc]"] = [(dangling,)]
    assert target.schema_editor.defer_foreign_keys(DOC, alone=True) == [("up", restoring)]
    assert recording.events[-1] == OFF


def test_beside_others_and_without_the_right_it_stays_on_and_all_rows_go_in_together(
    target: SQLServerTarget, recording: Recording
) -> None:
    assert target.schema_editor.defer_foreign_keys(DOC, alone=False) == []
    recording.answers[FACTS] = facts(may=0)
    (key,) = target.introspection.foreign_keys()
    assert key.kept == "the login may not alter doc, as it would have to for that"
    assert target.schema_editor.defer_foreign_keys(DOC, alone=True) == []
    assert not any(event.startswith("ALTER") for event in recording.events)


def test_a_circle_is_refused_where_nothing_may_be_switched_off(
    target: SQLServerTarget, recording: Recording
) -> None:
    recording.answers[KEYS] = [("up", "doc", "page", "above", "id")]
    circle = replace(DOC, later=("page",))
    with pytest.raises(PlanBlocked, match="be switched off while rows go in, and other servers"):
        target.schema_editor.defer_foreign_keys(circle, alone=False)
    recording.answers[FACTS] = facts(may=0)
    with pytest.raises(PlanBlocked, match="the login may not alter doc"):
        target.schema_editor.defer_foreign_keys(circle, alone=True)
    assert not any(event.startswith("ALTER") for event in recording.events)


def test_it_is_switched_on_when_no_row_refers_to_nothing_and_nobody_has_done_it(
    target: SQLServerTarget, recording: Recording
) -> None:
    recording.answers[DEFERRED] = [("doc", "up", COUNT), ("doc", "up", ON)]
    recording.answers["SELECT COUNT(*) FROM [doc]"] = [(2,)]
    aside = DeferredKeys(target, "run-1")
    with pytest.raises(RefersToNothing, match=r"doc: 2 rows .*foreign key up\)"):
        aside.put_back()
    assert not any(event.startswith(("ALTER", "DELETE")) for event in recording.events)
    recording.answers["SELECT COUNT(*) FROM [doc]"] = [(0,)]
    # What is switched off is not among those of the catalogue.
    recording.answers[KEYS] = []
    assert aside.put_back() == ["doc.up"]
    assert recording.events[-2] == ON
    recording.answers[KEYS] = [("up", "doc", "doc", "above", "id")]
    aside.put_back()
    assert recording.events.count(ON) == 1


def test_mending_a_table_that_refers_to_itself_asks_and_switches_nothing(
    target: SQLServerTarget, recording: Recording
) -> None:
    sent = len(recording.events)
    with dangling_refused(DOC, target, lambda *_: RefersToNothing()):
        pass
    assert recording.events[sent:] == []
