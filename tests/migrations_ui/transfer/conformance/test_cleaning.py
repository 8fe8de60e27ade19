"""What a failed test left in a given database is gone before the next one begins."""

from __future__ import annotations

from tests.migrations_ui.transfer.conformance.conftest import Bench, drop_tables


def test_all_of_the_consoles_tables_go_children_first_and_others_stay(bench: Bench) -> None:
    kind = bench.description.narrow[1]
    bench.run(f"CREATE TABLE a (id {kind} NOT NULL PRIMARY KEY)")
    bench.run(f"CREATE TABLE folders (id {kind} NOT NULL PRIMARY KEY, a {kind} REFERENCES a (id))")
    for name in ("lg_met_0123456789abcdef", "lg_staged_0a1b", "LG_UPPER", "kept_by_hand"):
        bench.run(f"CREATE TABLE {bench.description.quoted(name)} (id {kind})")
    drop_tables(bench.run, bench.description)
    assert [name for (name,) in bench.run(bench.description.tables)] == ["kept_by_hand"]
    bench.run(f"DROP TABLE {bench.description.quoted('kept_by_hand')}")
