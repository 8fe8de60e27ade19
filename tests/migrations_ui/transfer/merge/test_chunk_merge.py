"""Two servers meet in one pool: what each policy does, against a plain model of what is right."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_ui.transfer.checkpoint.rejects import list_rejects
from migrations_ui.transfer.compare.repair import repair_table
from migrations_ui.transfer.compare.verify import verify
from migrations_ui.transfer.copy.pipeline import CopyResult
from migrations_ui.transfer.derby.reader import DerbySource
from migrations_ui.transfer.derby.snapshot import take_copy
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import ConflictsFound
from migrations_ui.transfer.merge.conflicts import list_conflicts
from migrations_ui.transfer.merge_policy import (
    MergeCounts,
    MergePolicy,
    MergeRules,
    MergeVerdict,
    Parent,
)
from migrations_ui.transfer.plan.planner import TransferPlan, plan_transfer
from migrations_ui.transfer.settings import TransferSettings
from migrations_ui.transfer.tables import DifferenceKind
from migrations_ui.transfer.undo.rollback import remove_run
from pools.databases.connection import DatabaseLogin
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, Watcher, run_copy

Target = psycopg.Connection[Any]
# Key → mark, which is unique; what the row says; its age.
Row = tuple[str | None, str | None, int | None]
Rows = dict[str, Row]
# (device, document) → what the row says, its age.
Docs = dict[tuple[str, int], tuple[str | None, int | None]]

RULES = MergeRules(
    ages={"device": "seen", "doc": "seen"}, parents={"doc": Parent("device", ("id",))}
)
DEVICE = "(id VARCHAR(8) NOT NULL PRIMARY KEY, mark VARCHAR(8) {}, said VARCHAR(20), seen INTEGER)"
DOC = "(id VARCHAR(8) NOT NULL, page INTEGER NOT NULL, said VARCHAR(20), seen INTEGER, {})"
DOC_KEY = "PRIMARY KEY (id, page)"

keys = st.sampled_from([f"d{number}" for number in range(6)])
said = st.sampled_from([None, "", "a", "b", "ä\u00a0"])
ages = st.one_of(st.none(), st.integers(0, 3))
rows_of_a_server = st.dictionaries(keys, st.tuples(st.none(), said, ages), max_size=6)
docs_of_a_server = st.dictionaries(
    st.tuples(keys, st.integers(0, 2)), st.tuples(said, ages), max_size=8
)


class Killed(Exception):
    """The worker's process ends here, as far as the target can tell."""


@dataclass
class Lab:
    """A source that is made again for each example, and a target that is emptied."""

    directory: Path
    target: Target
    login: DatabaseLogin
    toolchain: JavaToolchain
    examples: int = 0

    def open(self, devices: Rows, docs: Docs) -> DerbySource:
        """The joining server's database, with these rows."""
        self.examples += 1
        here = self.directory / str(self.examples)
        derby = DerbySample(here / "ntsdb")
        shutil.copytree(self.directory / "empty", derby.directory)
        derby.insert("device", [(key, *row) for key, row in devices.items()])
        derby.insert("doc", [(*key, *row) for key, row in docs.items()])
        take_copy(derby.directory, here / "copy")
        return DerbySource(here / "copy", toolchain=self.toolchain)

    def fill(self, devices: Rows, docs: Docs) -> None:
        """The pool, with these rows and nothing of an earlier run."""
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        for (name,) in self.target.execute(tables).fetchall():
            self.target.execute(f'TRUNCATE "{name}"')
        with self.target.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO device VALUES (%s, %s, %s, %s)",
                [(key, *row) for key, row in devices.items()],
            )
            cursor.executemany(
                "INSERT INTO doc VALUES (%s, %s, %s, %s)",
                [(*key, *row) for key, row in docs.items()],
            )

    def devices(self) -> Rows:
        found = self.target.execute("SELECT id, mark, said, seen FROM device").fetchall()
        return {key: tuple(row) for key, *row in found}

    def docs(self) -> Docs:
        found = self.target.execute("SELECT id, page, said, seen FROM doc").fetchall()
        return {(key, no): tuple(row) for key, no, *row in found}


@pytest.fixture
def lab(
    tmp_path: Path, target: Target, database_login: DatabaseLogin, toolchain: JavaToolchain
) -> Lab:
    derby = DerbySample(tmp_path / "empty")
    derby.run(f"CREATE TABLE device {DEVICE.format('')}", f"CREATE TABLE doc {DOC.format(DOC_KEY)}")
    target.execute(f"CREATE TABLE device {DEVICE.format('UNIQUE')}")
    target.execute(f"CREATE TABLE doc {DOC.format(DOC_KEY)}")
    return Lab(tmp_path, target, database_login, toolchain)


def copy_into(lab: Lab, source: DerbySource, policy: MergePolicy, **options: Any) -> CopyResult:
    merge = TransferSettings(chunk_rows=1, reconnect_seconds=20, policy=policy, rules=RULES)
    return run_copy(source, lab.login, settings=merge, **options)


def is_newer(mine: int | None, theirs: int | None) -> bool:
    return mine is not None and (theirs is None or mine > theirs)


def judge(
    policy: MergePolicy, pool: tuple[Any, ...], server: tuple[Any, ...], parent: MergeVerdict | None
) -> MergeVerdict:
    """What is right, said plainly."""
    if pool == server:
        return MergeVerdict.EQUAL
    if policy is MergePolicy.NEWEST:
        if parent in (MergeVerdict.REPLACED, MergeVerdict.KEPT):
            return parent
        return MergeVerdict.REPLACED if is_newer(server[-1], pool[-1]) else MergeVerdict.KEPT
    return MergeVerdict.REPLACED if policy is MergePolicy.SERVER else MergeVerdict.KEPT


@dataclass
class Outcome:
    """The model's pool after the run."""

    rows: dict[Any, tuple[Any, ...]]
    verdicts: dict[Any, MergeVerdict]
    inserted: int

    @property
    def merged(self) -> MergeCounts:
        given = list(self.verdicts.values())
        return MergeCounts(
            given.count(MergeVerdict.REPLACED),
            given.count(MergeVerdict.EQUAL),
            given.count(MergeVerdict.KEPT),
        )


def expected(
    policy: MergePolicy,
    pool: Mapping[Any, tuple[Any, ...]],
    server: Mapping[Any, tuple[Any, ...]],
    parents: Mapping[Any, MergeVerdict],
) -> Outcome:
    verdicts = {
        key: judge(policy, pool[key], row, parents.get(key[0]))
        for key, row in server.items()
        if key in pool
    }
    taken = {key: row for key, row in server.items() if verdicts.get(key) is not MergeVerdict.KEPT}
    return Outcome({**pool, **taken}, verdicts, len(set(server) - set(pool)))


def counted(result: CopyResult, name: str) -> tuple[int, MergeCounts, int]:
    (table,) = [table for table in result.tables if table.name == name]
    assert table.rows_total == table.rows_written + table.merged.total + table.rows_rejected
    return table.rows_written, table.merged, table.rows_rejected


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    policy=st.sampled_from([MergePolicy.NEWEST, MergePolicy.POOL, MergePolicy.SERVER]),
    pool=st.tuples(rows_of_a_server, docs_of_a_server),
    server=st.tuples(rows_of_a_server, docs_of_a_server),
    killed_after=st.integers(1, 3),
)
def test_two_servers_meet_as_the_model_says(
    lab: Lab,
    policy: MergePolicy,
    pool: tuple[Rows, Docs],
    server: tuple[Rows, Docs],
    killed_after: int,
) -> None:
    lab.fill(*pool)
    devices = expected(policy, pool[0], server[0], {})
    docs = expected(policy, pool[1], server[1], devices.verdicts)

    def kill(chunks: int) -> None:
        if chunks == killed_after:
            raise Killed

    with lab.open(*server) as source:
        with contextlib.suppress(Killed):
            copy_into(lab, source, policy, observer=Watcher(kill))
        result = copy_into(lab, source, policy)
        assert (lab.devices(), lab.docs()) == (devices.rows, docs.rows)
        # A side with no row of a table loads it directly, and counts no meeting.
        assert counted(result, "device") == (devices.inserted, devices.merged, 0)
        assert counted(result, "doc") == (docs.inserted, docs.merged, 0)
        plan = plan_transfer(source, lab.login)
        listed = list_conflicts(plan, login=lab.login, run_id=RUN)
        assert len(listed) == sum(
            verdict is not MergeVerdict.EQUAL
            for verdict in (*devices.verdicts.values(), *docs.verdicts.values())
        )
        assert all(each.equal for each in verify_all(lab, source, plan))
        remove_run(plan, source=source, login=lab.login, run_id=RUN)
    assert (lab.devices(), lab.docs()) == pool


def verify_all(lab: Lab, source: DerbySource, plan: TransferPlan) -> tuple[Any, ...]:
    return verify(plan, source=source, login=lab.login, run_id=RUN)


def test_a_run_that_is_to_stop_writes_nothing_of_the_chunk_and_names_the_keys(lab: Lab) -> None:
    pool: Rows = {"d1": (None, "pool", 1), "d2": (None, "same", 1)}
    lab.fill(pool, {})
    server: Rows = {"d0": (None, "new", 1), "d1": (None, "server", 9), "d2": (None, "same", 1)}
    with lab.open(server, {}) as source:
        with pytest.raises(ConflictsFound, match="device: the pool has 1 rows") as stopped:
            copy_into(lab, source, MergePolicy.STOP)
        assert stopped.value.keys == ('["d1"]',)
        ((_, values),) = stopped.value.rows
        hidden = "they differ from character 1 on)"
        assert [(each.column, each.pool, each.server) for each in values] == [
            ("said", f"(hidden: 4 characters; {hidden}", f"(hidden: 6 characters; {hidden}"),
            ("seen", "1", "9"),
        ]
        assert lab.devices() == pool
        # The policy is changed, and the same run goes on.
        assert counted(copy_into(lab, source, MergePolicy.NEWEST), "device") == (
            1,
            MergeCounts(1, 1, 0),
            0,
        )
    assert lab.devices() == {**pool, "d0": server["d0"], "d1": server["d1"]}


def test_a_table_without_an_age_keeps_the_pools_row(lab: Lab) -> None:
    lab.fill({"d1": (None, "pool", 1)}, {})
    with lab.open({"d1": (None, "server", 9)}, {}) as source:
        merge = TransferSettings(policy=MergePolicy.NEWEST)
        result = run_copy(source, lab.login, settings=merge)
    assert counted(result, "device") == (0, MergeCounts(kept=1), 0)
    assert lab.devices() == {"d1": (None, "pool", 1)}


def test_a_new_row_whose_value_is_taken_is_a_reject_and_not_a_failure(lab: Lab) -> None:
    lab.fill({"d1": ("taken", None, 1)}, {})
    server: Rows = {"d2": ("taken", None, 9), "d3": ("free", None, 9)}
    with lab.open(server, {}) as source:
        result = copy_into(lab, source, MergePolicy.SERVER)
        assert counted(result, "device") == (1, MergeCounts(), 1)
        plan = plan_transfer(source, lab.login)
        assert all(each.equal for each in verify_all(lab, source, plan))
    (reject,) = list_rejects(lab.login, run_id=RUN)
    assert reject.key == '["d2"]'
    assert "only once" in reject.reason


def test_a_row_that_wins_but_whose_value_is_taken_stays_out_alone(lab: Lab) -> None:
    pool: Rows = {key: (mark, "pool", 1) for key, mark in (("d1", "m"), ("d2", "n"), ("d3", "o"))}
    lab.fill(pool, {})
    server: Rows = {"d2": ("m", "server", 9), "d3": ("p", "server", 9)}
    with lab.open(server, {}) as source:
        result = copy_into(lab, source, MergePolicy.SERVER)
        assert counted(result, "device") == (0, MergeCounts(updated=1, kept=1), 0)
        plan = plan_transfer(source, lab.login)
        verdicts = {
            conflict.key: conflict.verdict
            for conflict in list_conflicts(plan, login=lab.login, run_id=RUN)
        }
        assert verdicts == {
            '["d2"]': MergeVerdict.UNIQUE_VIOLATION,
            '["d3"]': MergeVerdict.REPLACED,
        }
        assert lab.devices() == {**pool, "d3": server["d3"]}
        assert all(each.equal for each in verify_all(lab, source, plan))
        remove_run(plan, source=source, login=lab.login, run_id=RUN)
    assert lab.devices() == pool


def test_rollback_leaves_a_replaced_row_that_somebody_wrote_to_since(lab: Lab) -> None:
    pool: Rows = dict.fromkeys(("d1", "d2", "d3"), (None, "pool", 1))
    lab.fill(pool, {})
    server: Rows = dict.fromkeys(("d0", "d1", "d2", "d3"), (None, "server", 9))
    with lab.open(server, {}) as source:
        copy_into(lab, source, MergePolicy.NEWEST)
        lab.target.execute("UPDATE device SET said = 'a device wrote this' WHERE id = 'd2'")
        lab.target.execute("INSERT INTO device VALUES ('d9', NULL, 'of the pool', 1)")
        plan = plan_transfer(source, lab.login)
        tables = remove_run(plan, source=source, login=lab.login, run_id=RUN)
    (removed,) = (table for table in tables if table.name == "device")
    assert (removed.rows_removed, removed.rows_restored) == (1, 2)
    assert removed.changed_since == ('["d2"]',)
    assert lab.devices() == {
        **pool,
        "d2": (None, "a device wrote this", 9),
        "d9": (None, "of the pool", 1),
    }


def test_verification_wants_what_was_replaced_and_what_was_kept(lab: Lab) -> None:
    pool: Rows = {"d1": (None, "pool", 1), "d2": (None, "pool", 9), "d3": (None, "pool", 9)}
    lab.fill(pool, {})
    server: Rows = dict.fromkeys(("d0", "d1", "d2", "d3"), (None, "server", 5))
    with lab.open(server, {}) as source:
        copy_into(lab, source, MergePolicy.NEWEST)
        plan = plan_transfer(source, lab.login)
        assert all(each.equal for each in verify_all(lab, source, plan))
        # The pool goes on with its own rows: that is no mismatch.
        lab.target.execute("UPDATE device SET said = 'goes on' WHERE id = 'd2'")
        assert all(each.equal for each in verify_all(lab, source, plan))
        lab.target.execute("UPDATE device SET said = 'forged' WHERE id = 'd1'")
        lab.target.execute("DELETE FROM device WHERE id IN ('d0', 'd3')")
        verdict = verify_all(lab, source, plan)[0]
        kinds = {difference.key: difference.kind for difference in verdict.differences}
        assert kinds == {
            '["d0"]': DifferenceKind.MISSING,
            '["d1"]': DifferenceKind.DIFFERS,
            '["d3"]': DifferenceKind.GONE,
        }
        repair_table(plan.tables[0], source=source, login=lab.login, run_id=RUN)
        assert all(each.equal for each in verify_all(lab, source, plan))
    assert lab.devices() == {
        "d0": server["d0"],
        "d1": server["d1"],
        "d2": (None, "goes on", 9),
        "d3": pool["d3"],
    }
