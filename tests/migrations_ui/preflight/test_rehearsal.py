"""What only a rehearsal is asked."""

from __future__ import annotations

from dataclasses import replace

from migrations_ui.preflight.facts import RehearsalFacts
from migrations_ui.states import Outcome
from pools.checks.report import CheckResult, DatabaseReport
from pools.states import Severity
from tests.migrations_ui.preflight.facts import GOOD, database, verdict

ASKED = RehearsalFacts(scratch="lg_rehearsal_1", may_create=True, grant="GRANT CREATE ON x TO y")


def test_a_login_that_may_not_create_a_schema_blocks_with_what_to_grant() -> None:
    found = verdict("scratch", replace(GOOD, rehearsal=replace(ASKED, may_create=False)))
    assert found.outcome == Outcome.BLOCKER
    assert "GRANT CREATE ON x TO y" in found.remedy
    assert verdict("scratch", replace(GOOD, rehearsal=ASKED)).outcome == Outcome.PASSED


def test_tables_that_nobody_here_can_make_again_are_not_rehearsed_with() -> None:
    found = verdict("scratch", replace(database(automatic_schema=None), rehearsal=ASKED))
    assert found.outcome == Outcome.BLOCKER
    assert "without a rehearsal" in found.remedy


def test_what_only_the_migration_comes_to_does_not_block_a_rehearsal() -> None:
    """A pool whose tables a DBA makes, and neither tables nor notes.ini are in order yet."""
    line = CheckResult("schema", "Schema", Severity.BLOCKER, False, "no Traveler tables yet", "Do.")
    others = tuple(each for each in GOOD.database.report.results if each.check_id != "schema")
    changes = {"automatic_schema": False, "schema": "LNT", "schema_parameter": "NTS_DB2_SCHEMA"}
    migration = database(report=DatabaseReport((*others, line)), **changes)
    for check_id in ("db_schema", "auto_schema", "schema_name"):
        assert verdict(check_id, migration).outcome == Outcome.BLOCKER
        found = verdict(check_id, replace(migration, rehearsal=ASKED))
        assert found.outcome == Outcome.WARNING
        assert "the migration would be blocked" in found.seen
        assert found.remedy


def test_a_database_that_could_not_be_asked_blocks_with_the_reason() -> None:
    unseen = replace(ASKED, may_create=None, failure="The port is closed.")
    found = verdict("scratch", replace(GOOD, rehearsal=unseen))
    assert found.outcome == Outcome.BLOCKER
    assert "The port is closed." in found.seen
