"""What is gathered for the checks, from where nothing answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from console.supervision.ports import free_port
from migrations_ui.hosts import Host
from migrations_ui.preflight import gathering
from migrations_ui.preflight.facts import Facts, HostFacts, RehearsalFacts
from migrations_ui.preflight.gathering import (
    _ask_url,
    _look_at,
    _why_not_on_command_line,
    rehearsal_facts,
)
from migrations_ui.preflight.registry import CHECKS
from migrations_ui.states import Outcome
from pools.gateways.errors import GatewayError, NoAnswer, RemoteFileDenied, TimedOut
from pools.gateways.profiles import START_SCRIPT, WINDOWS
from pools.models import DatabaseConfiguration, Pool
from tests.factories import DatabaseConfigurationFactory, LoginFactory, PoolFactory, ServerFactory
from tests.migrations_ui.factories import MigrationFactory
from tests.migrations_ui.preflight.facts import GOOD


def test_an_address_that_does_not_answer_says_so_in_plain_words() -> None:
    assert _ask_url(f"http://127.0.0.1:{free_port()}/traveler") == (
        "Nothing listens on this port.",
        None,
    )


def test_what_a_command_line_cannot_carry_is_known_beforehand() -> None:
    address = "jdbc:postgresql://db:5432/t?currentSchema=%22Lnt%22"
    assert _why_not_on_command_line(address, START_SCRIPT) == ""
    assert "Windows would interpret" in _why_not_on_command_line(address, WINDOWS)
    assert _why_not_on_command_line("jdbc:db2://db:50000/T:sslConnection=true;", WINDOWS) == ""


class SilentHost:
    """Files can be read by nobody; `asked` are the commands that were sent."""

    fingerprint = "SHA256:abc"

    def __init__(self, error: GatewayError) -> None:
        self.error = error
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*_: object, **__: object) -> Any:
            if name in {"noise", "server_running", "status", "hadr_show", "db_show", "db_check"}:
                self.asked.append(name)
                if name == "noise":
                    return ()
                raise self.error
            raise RemoteFileDenied

        return answer


def look_at(silent: SilentHost) -> HostFacts:
    server = ServerFactory()
    pool: Pool = PoolFactory()
    profile = server.profile.host_profile()
    host = Host(silent, silent, silent, profile)  # type: ignore[arg-type]
    return _look_at(host, server, pool)


def findings(facts: Facts) -> list[tuple[str, Outcome, str]]:
    server = [check for check in CHECKS if check.group == "server"]
    return [(check.check_id, (v := check.look(facts)).outcome, v.seen) for check in server]


@pytest.mark.django_db
def test_a_command_that_is_not_answered_is_one_finding_and_asked_once() -> None:
    silent = SilentHost(TimedOut("The command was not finished after 30 s."))
    seen = look_at(silent)
    assert silent.asked == ["noise", "server_running"]
    found = findings(replace(GOOD, host=seen))
    with_cause = [check_id for check_id, _, text in found if "not finished after" in text]
    assert with_cause == ["status_read"]
    assert ("status_read", Outcome.BLOCKER) in [(name, outcome) for name, outcome, _ in found]
    assert ("check_read", Outcome.LATER) in [(name, outcome) for name, outcome, _ in found]


@pytest.mark.django_db
def test_a_console_that_says_nothing_keeps_nobody_from_asking_travelerutil() -> None:
    silent = SilentHost(NoAnswer())
    look_at(silent)
    assert {"db_show", "db_check"} <= set(silent.asked)


def test_a_host_that_is_not_reached_is_one_finding() -> None:
    lost = replace(GOOD, host=HostFacts(failure="No SSH answer within 10 s."))
    found = findings(lost)
    assert [name for name, outcome, _ in found if outcome is Outcome.BLOCKER] == ["host"]
    assert [name for name, _, text in found if "No SSH answer" in text] == ["host"]
    unchecked = [name for name, outcome, _ in found if outcome is Outcome.LATER]
    assert {"status_read", "derby", "backup", "jdbc_jar", "console_log"} <= set(unchecked)


@pytest.mark.django_db
def test_a_database_that_was_not_opened_is_not_asked_a_second_time_for_a_rehearsal() -> None:
    """The port is closed; another login by whoever asks would say so in `failure`."""
    migration = MigrationFactory(pool__database__port=free_port())
    report = gathering._report_of(migration.pool.database)
    assert report.ending is not None
    assert rehearsal_facts(migration, report) == RehearsalFacts(scratch=migration.scratch_name)


@pytest.mark.django_db
def test_a_password_that_cannot_be_decrypted_is_one_finding(
    settings: Settings,
) -> None:
    database = DatabaseConfigurationFactory()
    settings.SECRET_KEY = "another key that nobody wrote down anywhere"
    database = DatabaseConfiguration.objects.get()
    facts = replace(GOOD, database=gathering.database_facts(database, START_SCRIPT))
    outcomes = {
        check.check_id: check.look(facts) for check in CHECKS if check.check_id.startswith("db_")
    }
    blocked = [name for name, each in outcomes.items() if each.outcome is Outcome.BLOCKER]
    assert blocked == ["db_login"]
    assert "cannot be decrypted" in outcomes["db_login"].seen


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "with_probe", "warned"),
    [
        ("http://pool.invalid:{port}/traveler", True, True),
        ("http://pool.invalid:{port}/traveler", False, False),
        ("http://127.0.0.1:{port}/traveler", True, False),
        ("https://pool.invalid:{port}/traveler", True, False),
    ],
)
def test_a_probe_user_over_plain_http_is_warned_of(
    address: str, *, with_probe: bool, warned: bool
) -> None:
    address = address.format(port=free_port())
    pool = PoolFactory(
        external_url=address, probe_login=LoginFactory() if with_probe else None, allow_http=True
    )
    facts = replace(GOOD, pool=gathering.pool_facts(MigrationFactory(pool=pool)))
    found = next(check for check in CHECKS if check.check_id == "probe_https").look(facts)
    assert (found.outcome is Outcome.WARNING) is warned
    assert (address in found.seen) is warned
    assert bool(found.remedy) is warned
