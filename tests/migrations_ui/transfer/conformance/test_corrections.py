"""Rejected rows that a person corrected, on every engine alike: written once, counted, verified as
they were corrected, mended, and taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from migrations_ui.transfer.checkpoint.checkpoint import Checkpoint
from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import TableVerdict, verify
from migrations_ui.transfer.corrections.apply import apply_correction
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.engines import open_target
from migrations_ui.transfer.errors import CorrectionRefused
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.tables import DifferenceKind, RejectedRow
from migrations_ui.transfer.undo.rollback import remove_run
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.conformance.test_values import plainly
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy
from tests.migrations_ui.transfer.test_types import EDGES, NAMES, as_the_target_shows_it

ROWS = "SELECT k, a, n FROM t ORDER BY k"
TOO_MUCH = 2**40


@pytest.fixture
def narrow(derby: DerbySample, bench: Bench) -> Bench:
    """A target `t` that is too narrow for some of what Derby has for it."""
    derby.run(
        "CREATE TABLE t (k VARCHAR(20) NOT NULL PRIMARY KEY, a VARCHAR(40), n BIGINT, c VARCHAR(9))"
    )
    derby.insert(
        "t",
        [
            *(("first", "fits", 1, "as is"), ("key is too long", "so is a", TOO_MUCH, "as is")),
            *(("same", "much too long", 3, None), ("last", "fits", 4, "as is")),
        ],
    )
    text, whole = bench.description.narrow[:2]
    bench.run(f"CREATE TABLE t (k {text} NOT NULL PRIMARY KEY, a {text}, n {whole}, c {text})")
    return bench


def by_key(bench: Bench) -> dict[str, RejectedRow]:
    return {reject.key: reject for reject in list_rejects(bench.login, run_id=RUN)}


def replay(source: DerbySource, bench: Bench, reject: RejectedRow, **values: str) -> bool:
    (table,) = plan_transfer(source, bench.login).tables
    return apply_correction(
        table,
        source=source,
        login=bench.login,
        run_id=RUN,
        row_number=reject.row_number or 0,
        values={name.upper(): value for name, value in values.items()},
    )


def verdict_on(source: DerbySource, bench: Bench) -> tuple[TransferPlan, TableVerdict]:
    plan = plan_transfer(source, bench.login)
    (verdict,) = verify(plan, source=source, login=bench.login, run_id=RUN)
    return plan, verdict


def counted(source: DerbySource, bench: Bench) -> tuple[int, int, int]:
    """Inserted, met and rejected, which are all there are."""
    (table,) = plan_transfer(source, bench.login).tables
    with open_target(bench.login) as target:
        progress = Checkpoint(target, RUN).finished(table)
    counts = progress.rows_written, progress.merged.total, progress.rows_rejected
    assert sum(counts) == progress.rows_total
    return counts


@pytest.mark.parametrize("exclusive", [True, False])
def test_several_values_of_a_row_its_key_among_them_are_corrected_once(
    derby: DerbySample, open_source: OpenSource, narrow: Bench, exclusive: bool
) -> None:
    with open_source() as source:
        run_copy(source, narrow.login, settings=TransferSettings(exclusive=exclusive))
        rejects = by_key(narrow)
        several, one = rejects['["key is too long"]'], rejects['["same"]']
        assert [rejected.column for rejected in several.values] == ["K", "A", "N"]
        assert [rejected.column for rejected in one.values] == ["A"]
        assert several.more[1].preview == str(TOO_MUCH)
        assert counted(source, narrow) == (2, 0, 2)

        values = {"k": "key", "a": "short", "n": "2"}
        for missing in values:
            with pytest.raises(CorrectionRefused, match="Correct that as well"):
                replay(source, narrow, several, **{k: v for k, v in values.items() if k != missing})
        for wrong in ({"k": "longer"}, {"n": "many"}, {"n": str(TOO_MUCH)}, {"k": "same", "x": ""}):
            with pytest.raises(CorrectionRefused):
                replay(source, narrow, several, **{**values, **wrong})
        with pytest.raises(CorrectionRefused, match="only once"):
            replay(source, narrow, several, **{**values, "k": "first"})
        assert counted(source, narrow) == (2, 0, 2)
        assert by_key(narrow) == rejects

        assert replay(source, narrow, several, **values)
        # By a task that was delivered twice, and by somebody who thought otherwise.
        assert not replay(source, narrow, several, **values)
        with pytest.raises(CorrectionRefused, match="no reject"):
            replay(source, narrow, several, **{**values, "k": "other"})
        assert replay(source, narrow, one, a="same")
        assert counted(source, narrow) == (4, 0, 0)
        assert list_rejects(narrow.login, run_id=RUN) == []
        corrected = [("first", "fits", 1), ("key", "short", 2), ("last", "fits", 4)]
        corrected.append(("same", "same", 3))
        assert narrow.run(ROWS) == corrected

        plan, verdict = verdict_on(source, narrow)
        assert (verdict.equal, verdict.corrected) == (True, 2)
        assert verdict.rows_source == verdict.rows_target == 4
        narrow.run("UPDATE t SET n = 9 WHERE k = 'key'")
        narrow.run("DELETE FROM t WHERE k IN ('same', 'last')")
        plan, verdict = verdict_on(source, narrow)
        assert sorted(each.kind for each in verdict.differences) == [
            *(DifferenceKind.MISSING, DifferenceKind.CORRECTED, DifferenceKind.CORRECTED)
        ]
        repair_table(
            plan.tables[0], source=source, login=narrow.login, run_id=RUN, keys=['["key"]']
        )
        assert narrow.run(ROWS) == corrected[:2]
        repaired = repair_table(plan.tables[0], source=source, login=narrow.login, run_id=RUN)
        assert repaired.rows_rewritten == 2
        assert narrow.run(ROWS) == corrected
        assert verdict_on(source, narrow)[1].equal
        (removed,) = remove_run(plan, source=source, login=narrow.login, run_id=RUN)
        assert (removed.rows_removed, removed.rows_missing) == (4, 0)
    assert narrow.run(ROWS) == []


def test_a_column_that_was_widened_since_changes_nothing_of_what_was_rejected(
    derby: DerbySample, open_source: OpenSource, narrow: Bench
) -> None:
    """The pool has a row of its own under the key of one that was rejected."""
    narrow.run("INSERT INTO t VALUES ('same', 'pool', 0, NULL)")
    with open_source() as source:
        run_copy(source, narrow.login)
        several = by_key(narrow)['["key is too long"]']
        assert replay(source, narrow, several, k="key", a="short", n="2")
        for column in ("k", "a"):
            narrow.run(narrow.description.widen.format(table="t", column=column))
        rows = narrow.run(ROWS)
        plan, verdict = verdict_on(source, narrow)
        assert (verdict.equal, verdict.corrected) == (True, 1)
        repair_table(plan.tables[0], source=source, login=narrow.login, run_id=RUN)
        assert narrow.run(ROWS) == rows
        one = by_key(narrow)['["same"]']
        with pytest.raises(CorrectionRefused, match=r"DBA give lg_met_t\.k the same type"):
            replay(source, narrow, one, a="short")
        for column in ("k", "a"):
            narrow.run(narrow.description.widen.format(table="lg_met_t", column=column))
        with pytest.raises(CorrectionRefused, match="only once"):
            replay(source, narrow, one)
        narrow.run("UPDATE t SET k = 'else' WHERE k = 'same'")
        assert replay(source, narrow, one)
        assert verdict_on(source, narrow)[1].corrected == 2
        narrow.run("UPDATE t SET a = 'wrong' WHERE k = 'same'")
        remove_run(plan, source=source, login=narrow.login, run_id=RUN)
    assert narrow.run(ROWS) == [("else", "pool", 0)]


@pytest.mark.parametrize("other", ["same", "else"])
def test_two_who_correct_a_row_at_once_write_it_once(
    derby: DerbySample, open_source: OpenSource, narrow: Bench, other: str
) -> None:
    with open_source() as source, ThreadPoolExecutor(2) as both:
        run_copy(source, narrow.login)
        one = by_key(narrow)['["same"]']
        asked = [both.submit(replay, source, narrow, one, a=value) for value in ("same", other)]
        answers = [each.exception() or each.result() for each in asked]
        assert answers.count(True) == 1
        (second,) = (answer for answer in answers if answer is not True)
        assert second is False if other == "same" else isinstance(second, CorrectionRefused)
        assert counted(source, narrow) == (3, 0, 1)
        assert verdict_on(source, narrow)[1].corrected == 1
    assert narrow.value("SELECT COUNT(*) FROM t WHERE k = 'same'") == 1


def test_the_values_that_are_not_corrected_arrive_as_they_are(
    derby: DerbySample, open_source: OpenSource, bench: Bench
) -> None:
    columns = ", ".join(f'"{name.upper()}" {kind}' for name, kind, *_ in bench.description.columns)
    derby.run(f"CREATE TABLE kinds (k INTEGER NOT NULL PRIMARY KEY, note VARCHAR(40), {columns})")
    derby.insert("kinds", [(number, "much too long", *row) for number, row in enumerate(EDGES)])
    quote = bench.description.quoted
    fold = str.upper if bench.login.engine == "db2" else str
    columns = ", ".join(
        f"{quote(fold(name))} {kind}" for name, _, kind, _ in bench.description.columns
    )
    text, whole = bench.description.narrow[:2]
    bench.run(f"CREATE TABLE kinds (k {whole} NOT NULL PRIMARY KEY, note {text}, {columns})")
    with open_source() as source:
        run_copy(source, bench.login)
        for reject in list_rejects(bench.login, run_id=RUN):
            assert replay(source, bench, reject, note="short")
        _, verdict = verdict_on(source, bench)
    assert (verdict.equal, verdict.corrected) == (True, len(EDGES))
    asked = ", ".join(expression for *_, expression in bench.description.columns)
    names = ", ".join(f'"{name.upper()}"' for name in NAMES)
    here = derby.query(f"SELECT {names} FROM kinds ORDER BY k")  # noqa: S608
    there = bench.run(f"SELECT {asked} FROM kinds ORDER BY k")  # noqa: S608
    for expected, found in zip(here, there, strict=True):
        assert plainly(found) == plainly(as_the_target_shows_it(expected))


def test_a_row_of_a_table_without_key_is_refused_with_what_to_do(
    derby: DerbySample, open_source: OpenSource, bench: Bench
) -> None:
    derby.run("CREATE TABLE t (a VARCHAR(40))")
    derby.insert("t", [("much too long",)])
    bench.run(f"CREATE TABLE t (a {bench.description.narrow[0]})")
    with open_source() as source:
        run_copy(source, bench.login)
        (reject,) = list_rejects(bench.login, run_id=RUN)
        with pytest.raises(CorrectionRefused, match="Skip it"):
            replay(source, bench, reject, a="short")
