"""Foreign keys that no order of writing satisfies, and rows that others refer to: on the engines
that are at hand here. What the others do is said by their plans."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from migrations_ui.transfer.control import Decision
from migrations_ui.transfer.errors import PlanBlocked, ReferredTo, RefersToNothing
from migrations_ui.transfer.pipeline import CopyOutcome
from migrations_ui.transfer.plan import plan_transfer
from migrations_ui.transfer.policy import Met, Policy
from migrations_ui.transfer.repair import repair_table
from migrations_ui.transfer.rollback import RemovedTable, remove_run, run_is_known
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.verify import verify
from pools.states import Engine
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, Steering, Watcher, run_copy

ALONE = TransferSettings(chunk_rows=1, parallel_tables=1, exclusive=True)
BESIDE = TransferSettings(chunk_rows=1, parallel_tables=1, policy=Policy.SERVER)
BOTH = pytest.mark.parametrize("settings", [ALONE, BESIDE], ids=["alone", "beside others"])

FOLDERS = (
    "CREATE TABLE folders (id INTEGER NOT NULL PRIMARY KEY, above INTEGER, note VARCHAR(2000))"
)
UP = "ALTER TABLE folders ADD CONSTRAINT up FOREIGN KEY (above) REFERENCES folders (id)"
# Wide enough for a handful of chunks. Each refers to the one that comes after it.
COUNT = 600
ROWS = [(n, n + 1 if n < COUNT else None, f"{n} {'x' * 900}") for n in range(1, COUNT + 1)]
TABLES = ("syncs", "devices", "people", "folders", "b", "a")


class Killed(Exception):
    """The worker's process ends here, as far as the target can tell."""


class PausedInside(Steering):
    """Somebody asks for a pause when the first chunk has begun."""

    def chunk_rows(self) -> int | None:
        self.decision = Decision.PAUSE
        return super().chunk_rows()


@pytest.fixture
def pair(bench: Bench) -> Iterator[Bench]:
    """A target whose foreign keys can be put aside."""
    if bench.login.engine not in {Engine.POSTGRESQL, Engine.MYSQL}:
        pytest.skip("A circle of foreign keys blocks a plan there.")
    try:
        yield bench
    finally:
        for table in TABLES:
            with contextlib.suppress(Exception):
                bench.run(f"DROP TABLE {table}")


@pytest.fixture
def folders(derby: DerbySample, pair: Bench) -> Bench:
    derby.run(FOLDERS)
    derby.insert("folders", ROWS)
    pair.run(FOLDERS)
    pair.run(UP)
    return pair


def holds(bench: Bench) -> bool:
    """Whether the database itself refuses a row that refers to nothing."""
    try:
        bench.run("INSERT INTO folders VALUES (-99, -100, NULL)")
    except Exception:  # noqa: BLE001  each driver has an error of its own
        return True
    bench.run("DELETE FROM folders WHERE id = -99")
    return False


def everything(bench: Bench, table: str) -> set[tuple[Any, ...]]:
    return set(bench.run(f"SELECT * FROM {table}"))  # noqa: S608


def verified(source: Any, bench: Bench) -> bool:
    plan = plan_transfer(source, bench.login)
    return all(each.equal for each in verify(plan, source=source, login=bench.login, run_id=RUN))


def rolled_back(source: Any, bench: Bench) -> tuple[RemovedTable, ...]:
    plan = plan_transfer(source, bench.login)
    return remove_run(plan, source=source, login=bench.login, run_id=RUN)


def rewritten(source: Any, bench: Bench, table: str) -> int:
    (plan,) = (one for one in plan_transfer(source, bench.login).tables if one.name == table)
    return repair_table(plan, source=source, login=bench.login, run_id=RUN).rows_rewritten


@BOTH
def test_a_table_that_refers_to_itself_arrives_though_its_worker_is_killed(
    open_source: OpenSource, folders: Bench, settings: TransferSettings
) -> None:
    def kill(chunks: int) -> None:
        raise Killed

    with open_source() as source:
        (finding,) = plan_transfer(source, folders.login, alone=settings.exclusive).findings
        assert not finding.blocks
        assert "foreign key up is" in finding.problem
        with pytest.raises(Killed):
            run_copy(source, folders.login, settings=settings, observer=Watcher(kill))
        watcher = Watcher()
        run_copy(source, folders.login, settings=settings, observer=watcher)
        assert everything(folders, "folders") == set(ROWS)
        assert holds(folders)
        assert folders.value("SELECT COUNT(*) FROM lg_deferred") == 0
        assert verified(source, folders)
        (removed,) = rolled_back(source, folders)
    assert (removed.rows_removed, removed.rows_missing) == (COUNT, 0)
    assert holds(folders)


def test_what_was_put_aside_is_put_back_by_the_way_back(
    open_source: OpenSource, folders: Bench
) -> None:
    steering = Steering()
    watcher = Watcher(lambda _: setattr(steering, "decision", Decision.STOP))
    with open_source() as source:
        run_copy(source, folders.login, settings=ALONE, control=steering, observer=watcher)
        assert 0 < folders.value("SELECT COUNT(*) FROM folders") < COUNT
        assert folders.value("SELECT COUNT(*) FROM lg_deferred") > 0
        assert holds(folders) is (folders.login.engine == Engine.MYSQL)
        there = folders.value("SELECT COUNT(*) FROM folders")
        folders.run("INSERT INTO folders VALUES (-1, 1, 'of the pool')")
        with pytest.raises(ReferredTo, match=r"1 rows of it .*foreign key up"):
            rolled_back(source, folders)
        assert folders.value("SELECT COUNT(*) FROM folders") == there + 1
        folders.run("DELETE FROM folders WHERE id = -1")
        (removed,) = rolled_back(source, folders)
        assert removed.rows_removed == watcher.rows.total()
        assert holds(folders)
        assert not run_is_known(folders.login, run_id=RUN)
        run_copy(source, folders.login, settings=ALONE)
    assert everything(folders, "folders") == set(ROWS)


@pytest.mark.parametrize("by_hand", [False, True], ids=["by the copy", "by hand"])
def test_rows_that_refer_to_nothing_are_counted_and_what_is_mended_is_put_back(
    derby: DerbySample, open_source: OpenSource, folders: Bench, by_hand: bool
) -> None:
    derby.run("UPDATE folders SET above = -7 WHERE id IN (3, 4)")
    with open_source() as source:
        for _ in range(2):
            with pytest.raises(RefersToNothing, match=r"folders: 2 rows .*foreign key up\)"):
                run_copy(source, folders.login, settings=ALONE)
        assert folders.value("SELECT COUNT(*) FROM lg_deferred") > 0
        folders.run("INSERT INTO folders VALUES (-7, NULL, NULL)")
        if by_hand and not holds(folders):
            folders.run(UP)
        run_copy(source, folders.login, settings=ALONE)
        assert holds(folders)
        # The row that mended it is the parent of the run's rows, and stays when they go.
        rolled_back(source, folders)
    assert folders.run("SELECT id FROM folders") == [(-7,)]


@BOTH
def test_beside_rows_of_the_pool_each_finds_the_row_it_refers_to(
    open_source: OpenSource, folders: Bench, settings: TransferSettings
) -> None:
    # One that will refer to a new row, one that is equal, one that only the pool has.
    folders.run("INSERT INTO folders VALUES (-5, NULL, 'of the pool'), (10, -5, 'of the pool')")
    folders.run(f"INSERT INTO folders VALUES ({COUNT}, NULL, '{ROWS[-1][2]}')")  # noqa: S608
    before = everything(folders, "folders")
    settings = TransferSettings(
        chunk_rows=1, parallel_tables=1, policy=Policy.SERVER, exclusive=settings.exclusive
    )
    with open_source() as source:
        (table,) = run_copy(source, folders.login, settings=settings).tables
        assert table.met == Met(updated=1, equal=1)
        assert everything(folders, "folders") == {*ROWS, (-5, None, "of the pool")}
        assert holds(folders)
        assert verified(source, folders)
        (removed,) = rolled_back(source, folders)
    assert (removed.rows_removed, removed.rows_restored) == (COUNT - 2, 1)
    assert everything(folders, "folders") == before
    assert holds(folders)


def test_a_pause_inside_a_table_whose_rows_go_in_together_leaves_none_of_them(
    open_source: OpenSource, folders: Bench
) -> None:
    with open_source() as source:
        paused = run_copy(source, folders.login, settings=BESIDE, control=PausedInside())
        assert paused.outcome is CopyOutcome.PAUSED
        there = folders.value("SELECT COUNT(*) FROM folders")
        assert (there == 0) is (folders.login.engine == Engine.POSTGRESQL)
        run_copy(source, folders.login, settings=BESIDE)
    assert everything(folders, "folders") == set(ROWS)


def test_a_row_of_others_under_a_row_of_the_run_keeps_the_way_back_waiting(
    open_source: OpenSource, folders: Bench
) -> None:
    with open_source() as source:
        run_copy(source, folders.login, settings=BESIDE)
        folders.run("INSERT INTO folders VALUES (-1, 17, 'a device made this')")
        with pytest.raises(ReferredTo, match=r"1 rows of folders .*foreign key up\)"):
            rolled_back(source, folders)
        assert folders.value("SELECT COUNT(*) FROM folders") == COUNT + 1
        folders.run("UPDATE folders SET above = NULL WHERE id = -1")
        rolled_back(source, folders)
    assert folders.run("SELECT id FROM folders") == [(-1,)]


def test_repair_of_a_table_that_refers_to_itself(open_source: OpenSource, folders: Bench) -> None:
    with open_source() as source:
        run_copy(source, folders.login, settings=ALONE)
        for gone in (1, 2, 3):
            folders.run(f"DELETE FROM folders WHERE id = {gone}")  # noqa: S608
        folders.run("UPDATE folders SET above = 5, note = 'forged' WHERE id = 9")
        assert rewritten(source, folders, "folders") == 4
        assert verified(source, folders)
    assert everything(folders, "folders") == set(ROWS)


A = "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, b INTEGER)"
B = "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, a INTEGER)"
TO_B = "ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b (id)"
TO_A = "ALTER TABLE b ADD CONSTRAINT to_a FOREIGN KEY (a) REFERENCES a (id)"


@pytest.fixture
def circle(derby: DerbySample, pair: Bench) -> Iterator[Bench]:
    derby.run(A, B)
    derby.insert("a", [(n, n) for n in range(50)])
    derby.insert("b", [(n, n) for n in range(50)])
    for statement in (A, B, TO_B, TO_A):
        pair.run(statement)
    yield pair
    word = "CONSTRAINT" if pair.login.engine == Engine.POSTGRESQL else "FOREIGN KEY"
    pair.run(f"ALTER TABLE a DROP {word} to_b")


def in_circle(bench: Bench) -> list[bool]:
    refused = []
    for table in ("a", "b"):
        with contextlib.suppress(Exception):
            bench.run(f"INSERT INTO {table} VALUES (-1, -1)")  # noqa: S608
        refused.append(bench.value(f"SELECT COUNT(*) FROM {table} WHERE id = -1") == 0)  # noqa: S608
    return refused


def test_tables_in_a_circle_arrive_and_go(open_source: OpenSource, circle: Bench) -> None:
    with open_source() as source:
        plan = plan_transfer(source, circle.login)
        assert not plan.blocked
        assert "a → b → a" in plan.findings[0].problem
        run_copy(source, circle.login, settings=ALONE)
        assert in_circle(circle) == [True, True]
        assert verified(source, circle)
        removed = rolled_back(source, circle)
        assert [each.rows_removed for each in removed] == [50, 50]
        assert in_circle(circle) == [True, True]
        assert not run_is_known(circle.login, run_id=RUN)


def test_a_circle_beside_others_is_told_before_and_refused(
    open_source: OpenSource, circle: Bench
) -> None:
    with open_source() as source:
        plan = plan_transfer(source, circle.login, alone=False)
        if circle.login.engine == Engine.MYSQL:
            run_copy(source, circle.login, settings=BESIDE)
            assert verified(source, circle)
        else:
            assert plan.blocked
            assert "other servers use these tables" in plan.findings[0].problem
            with pytest.raises(PlanBlocked, match="refer to each other"):
                run_copy(source, circle.login, settings=BESIDE)
            assert circle.value("SELECT COUNT(*) FROM a") == 0
    assert in_circle(circle) == [True, True]


PEOPLE = (
    "CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY, address VARCHAR(40) NOT NULL UNIQUE, "
    "said VARCHAR(40))"
)
DEVICES = (
    "CREATE TABLE devices (id INTEGER NOT NULL PRIMARY KEY, person INTEGER, said VARCHAR(40), "
    "CONSTRAINT of_person FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE)"
)
SYNCS = (
    "CREATE TABLE syncs (id INTEGER NOT NULL PRIMARY KEY, address VARCHAR(40), "
    "CONSTRAINT of_address FOREIGN KEY (address) REFERENCES people (address) "
    "ON DELETE CASCADE ON UPDATE SET NULL)"
)
PERSONS = [(n, f"p{n}@acme.example", "server") for n in range(1, 6)]


@pytest.fixture
def family(derby: DerbySample, pair: Bench) -> Bench:
    """Parents and their children, which would go with them."""
    key, said = "id INTEGER NOT NULL PRIMARY KEY", "said VARCHAR(40)"
    derby.run(
        f"CREATE TABLE people ({key}, address VARCHAR(40), {said})",
        f"CREATE TABLE devices ({key}, person INTEGER, {said})",
    )
    for statement in (PEOPLE, DEVICES, SYNCS):
        pair.run(statement)
    derby.insert("people", PERSONS)
    derby.insert("devices", [(n, n, "server") for n in range(1, 6)])
    return pair


def test_a_parent_is_mended_where_it_is_and_its_children_stay(
    open_source: OpenSource, family: Bench
) -> None:
    with open_source() as source:
        run_copy(source, family.login, settings=BESIDE)
        # Of another server: nothing would bring it back.
        family.run("INSERT INTO devices VALUES (-1, 2, 'of the pool')")
        family.run("INSERT INTO syncs VALUES (1, 'p2@acme.example')")
        family.run("UPDATE people SET said = 'forged' WHERE id = 2")
        family.run("DELETE FROM people WHERE id = 3")
        assert family.value("SELECT COUNT(*) FROM devices") == 5
        assert rewritten(source, family, "people") == 2
        assert rewritten(source, family, "devices") == 1
        assert verified(source, family)
    assert everything(family, "people") == set(PERSONS)
    assert family.value("SELECT said FROM devices WHERE id = -1") == "of the pool"
    assert everything(family, "syncs") == {(1, "p2@acme.example")}


def test_a_replaced_parent_keeps_its_children_and_what_they_refer_to(
    open_source: OpenSource, family: Bench
) -> None:
    family.run("INSERT INTO people VALUES (1, 'p1@acme.example', 'of the pool')")
    family.run("INSERT INTO people VALUES (2, 'old@acme.example', 'of the pool')")
    family.run("INSERT INTO people VALUES (3, 'lone@acme.example', 'of the pool')")
    family.run("INSERT INTO devices VALUES (-1, 1, 'of the pool'), (-2, 2, 'of the pool')")
    family.run("INSERT INTO syncs VALUES (1, 'p1@acme.example'), (2, 'old@acme.example')")
    before = {table: everything(family, table) for table in ("people", "devices", "syncs")}
    with open_source() as source:
        people = run_copy(source, family.login, settings=BESIDE).tables[0]
        # The address of 2 is what another row refers to: it would have become null.
        assert people.met == Met(updated=2, kept=1)
        assert everything(family, "syncs") == before["syncs"]
        assert before["devices"] < everything(family, "devices")
        assert verified(source, family)
        # What a device refers to by now would go with the way back.
        family.run("INSERT INTO syncs VALUES (3, 'p3@acme.example')")
        with pytest.raises(ReferredTo, match=r"1 rows of syncs .*\(foreign key of_address\)"):
            rolled_back(source, family)
        family.run("DELETE FROM syncs WHERE id = 3")
        rolled_back(source, family)
    assert {table: everything(family, table) for table in before} == before


def test_children_of_a_table_without_a_key_of_the_source_stay_as_well(
    derby: DerbySample, open_source: OpenSource, family: Bench
) -> None:
    derby.run(
        "CREATE TABLE keyless (id INTEGER, address VARCHAR(40), said VARCHAR(40))",
        "INSERT INTO keyless SELECT * FROM people",
        "DROP TABLE devices",
        "DROP TABLE people",
        "RENAME TABLE keyless TO people",
    )
    with open_source() as source:
        run_copy(source, family.login, settings=BESIDE)
        family.run("INSERT INTO devices VALUES (-1, 2, 'of the pool')")
        with pytest.raises(ReferredTo, match=r"1 rows of devices .*\(foreign key of_person\)"):
            rolled_back(source, family)
        assert family.value("SELECT COUNT(*) FROM devices") == 1
        family.run("DELETE FROM devices")
        rolled_back(source, family)
    assert everything(family, "people") == set()


def test_rows_of_others_under_the_runs_rows_are_told_and_never_removed(
    open_source: OpenSource, family: Bench
) -> None:
    with open_source() as source:
        run_copy(source, family.login, settings=BESIDE)
        family.run("INSERT INTO devices VALUES (-1, 2, 'of the pool'), (-2, 2, 'of the pool')")
        family.run("INSERT INTO syncs VALUES (1, 'p4@acme.example')")
        for child, key, count in (("devices", "of_person", 2), ("syncs", "of_address", 1)):
            told = rf"people in .*: {count} rows of {child} .*\(foreign key {key}\)"
            with pytest.raises(ReferredTo, match=told):
                rolled_back(source, family)
            assert family.value(f"SELECT COUNT(*) FROM {child}") == count  # noqa: S608
            assert everything(family, "people") == set(PERSONS)
            family.run(f"DELETE FROM {child}")  # noqa: S608
        rolled_back(source, family)
        assert not run_is_known(family.login, run_id=RUN)
    assert everything(family, "people") == set()
