"""A stored pattern that cannot be used is found before a vendor transfer begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrations_ui.preflight.facts import OutageFacts
from migrations_ui.preflight.gathering import server_facts
from migrations_ui.states import Outcome
from tests.factories import CommandProfileFactory, ServerFactory
from tests.migrations_ui.preflight.facts import GOOD, verdict

VENDOR = OutageFacts(server_moves_data=True)


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", [r"(?<!not )done", r"(a+)\1", r"done(?! soon)"])
def test_a_pattern_of_before_blocks_a_vendor_transfer_and_is_named(pattern: str) -> None:
    profile = CommandProfileFactory(name="Ours", transfer_end=pattern)
    facts = replace(GOOD, server=server_facts(ServerFactory(profile=profile)), outage=VENDOR)

    found = verdict("profile_patterns", facts)

    assert found.outcome is Outcome.BLOCKER
    assert "the command profile Ours" in found.seen
    assert "The transfer end: This is no regular expression" in found.seen
    assert "“Transfer end”" in found.remedy
    assert "transfer progress" not in found.seen


@pytest.mark.django_db
def test_a_migration_that_does_not_read_the_pattern_is_warned_only() -> None:
    profile = CommandProfileFactory(transfer_failure=r"(?=x)")
    facts = replace(GOOD, server=server_facts(ServerFactory(profile=profile)))
    assert verdict("profile_patterns", facts).outcome is Outcome.WARNING


@pytest.mark.django_db
def test_patterns_as_given_pass() -> None:
    facts = replace(GOOD, server=server_facts(ServerFactory()), outage=VENDOR)
    assert verdict("profile_patterns", facts).outcome is Outcome.PASSED
