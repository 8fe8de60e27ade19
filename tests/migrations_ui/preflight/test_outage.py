"""How long a run stops the server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from migrations_ui.preflight.facts import OutageFacts, RehearsalFacts
from migrations_ui.preflight.outage import longest_outage
from pools.domain.durations import in_two_units
from tests.migrations_ui.preflight.facts import GIGABYTE, GOOD, host, verdict

ASKED = RehearsalFacts(scratch="lg_rehearsal_1", may_create=True)
MEASURED = OutageFacts(drain_seconds=20, bytes_per_second=GIGABYTE / 100)


def test_a_rehearsals_outage_follows_from_size_and_measured_rate() -> None:
    seen = verdict("outage", replace(GOOD, rehearsal=ASKED, outage=MEASURED)).seen
    assert "stopped for about 3 min" in seen
    assert "as measured in earlier runs" in seen


def test_an_assumed_rate_is_said_to_be_ours() -> None:
    assert "our assumption" in verdict("outage", replace(GOOD, rehearsal=ASKED)).seen


def test_a_server_that_is_down_or_unseen_gets_no_invented_outage() -> None:
    down = replace(host(running=False), rehearsal=ASKED)
    assert "down already" in verdict("outage", down).seen
    unseen = replace(host(traveler_bytes=None), rehearsal=ASKED)
    assert "not known" in verdict("outage", unseen).seen


def test_how_long_it_is_at_most_is_said_with_what_happens_then() -> None:
    facts = replace(GOOD, rehearsal=ASKED, outage=MEASURED)
    assert longest_outage(facts) % 60 == 0
    seen = verdict("outage", facts).seen
    assert "gives up and starts the server" in seen
    assert in_two_units(timedelta(seconds=longest_outage(facts))) in seen
    unseen = replace(host(traveler_bytes=None), rehearsal=ASKED)
    assert longest_outage(unseen) == 3600
    assert "1 h" in verdict("outage", unseen).seen


def test_a_migration_says_how_long_its_backup_stops_the_server_and_what_comes_on_top() -> None:
    seen = verdict("outage", replace(GOOD, outage=MEASURED)).seen
    assert "stopped until you approve the cut-over: about 3 min" in seen
    assert "a rehearsal measures these" in seen
    unseen = verdict("outage", replace(host(traveler_bytes=None), outage=MEASURED)).seen
    assert "not known" in unseen


def test_the_servers_own_transfer_may_take_hours() -> None:
    facts = replace(GOOD, outage=replace(MEASURED, server_moves_data=True))
    assert "which may take hours" in verdict("outage", facts).seen
    assert "down already" in verdict("outage", replace(host(running=False))).seen
