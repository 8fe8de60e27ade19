"""Rows that others refer to, on every engine: parents are mended where they are, and neither a
replacement nor the rollback takes their children along."""

from __future__ import annotations

import pytest

from migrations_ui.transfer.errors import ReferredTo
from migrations_ui.transfer.merge_policy import MergeCounts
from migrations_ui.transfer.undo.rollback import run_is_known
from tests.migrations_ui.transfer.conformance.conftest import Bench
from tests.migrations_ui.transfer.conformance.references import (
    BESIDE,
    everything,
    rewritten,
    rolled_back,
    text,
    verified,
)
from tests.migrations_ui.transfer.conftest import OpenSource
from tests.migrations_ui.transfer.derby_sample import DerbySample
from tests.migrations_ui.transfer.runs import RUN, run_copy

PEOPLE = (
    "CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY, address {0}(40) NOT NULL UNIQUE, "
    "said {0}(40))"
)
DEVICES = (
    "CREATE TABLE devices (id INTEGER NOT NULL PRIMARY KEY, person INTEGER, said {0}(40), "
    "CONSTRAINT of_person FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE)"
)
SYNCS = (
    "CREATE TABLE syncs (id INTEGER NOT NULL PRIMARY KEY, address {0}(40), "
    "CONSTRAINT of_address FOREIGN KEY (address) REFERENCES people (address) "
    "ON DELETE CASCADE {1})"
)
PERSONS = [(n, f"p{n}@acme.example", "server") for n in range(1, 6)]


@pytest.fixture
def family(derby: DerbySample, related: Bench) -> Bench:
    """Parents and their children, which would go with them."""
    key, said = "id INTEGER NOT NULL PRIMARY KEY", "said VARCHAR(40)"
    derby.run(
        f"CREATE TABLE people ({key}, address VARCHAR(40), {said})",
        f"CREATE TABLE devices ({key}, person INTEGER, {said})",
    )
    # Db2 lets no change of a key go on to those who refer to it.
    on_update = "" if related.login.engine == "db2" else "ON UPDATE SET NULL"
    for statement in (PEOPLE, DEVICES, SYNCS):
        related.run(statement.format(text(related), on_update))
    derby.insert("people", PERSONS)
    derby.insert("devices", [(n, n, "server") for n in range(1, 6)])
    return related


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
        assert people.merged == MergeCounts(updated=2, kept=1)
        assert everything(family, "syncs") == before["syncs"]
        assert before["devices"] < everything(family, "devices")
        assert verified(source, family)
        # What a device refers to by now would go with the rollback.
        family.run("INSERT INTO syncs VALUES (3, 'p3@acme.example')")
        with pytest.raises(ReferredTo, match=r"(?i)1 rows of syncs .*\(foreign key of_address\)"):
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
        with pytest.raises(ReferredTo, match=r"(?i)1 rows of devices .*\(foreign key of_person\)"):
            rolled_back(source, family)
        assert family.value("SELECT COUNT(*) FROM devices") == 1
        family.run("DELETE FROM devices")
        rolled_back(source, family)
    assert everything(family, "people") == set()


def test_rows_of_others_under_the_runs_rows_are_reported_and_never_removed(
    open_source: OpenSource, family: Bench
) -> None:
    with open_source() as source:
        run_copy(source, family.login, settings=BESIDE)
        family.run("INSERT INTO devices VALUES (-1, 2, 'of the pool'), (-2, 2, 'of the pool')")
        family.run("INSERT INTO syncs VALUES (1, 'p4@acme.example')")
        for child, key, count in (("devices", "of_person", 2), ("syncs", "of_address", 1)):
            reported = rf"(?i)people in .*: {count} rows of {child} .*\(foreign key {key}\)"
            with pytest.raises(ReferredTo, match=reported):
                rolled_back(source, family)
            assert family.value(f"SELECT COUNT(*) FROM {child}") == count  # noqa: S608
            assert everything(family, "people") == set(PERSONS)
            family.run(f"DELETE FROM {child}")  # noqa: S608
        rolled_back(source, family)
        assert not run_is_known(family.login, run_id=RUN)
    assert everything(family, "people") == set()
