"""Each check, judged on facts that are spoilt in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from migrations_ui.preflight.facts import Facts, HostFacts, RehearsalFacts, SourceFacts
from migrations_ui.preflight.registry import CHECKS
from migrations_ui.preflight.verdict import Check
from migrations_ui.states import Outcome
from pools.checks.report import CheckResult, DatabaseReport
from pools.databases.engines import ENGINES
from pools.domain.notes_ini import parse
from pools.gateways.parsing.db_check import CheckOutcome
from pools.gateways.parsing.db_show import DatabaseSetting
from pools.gateways.parsing.hadr_show import HadrMember, HadrShow
from pools.gateways.parsing.status import TravelerStatus
from pools.states import OverallStatus, Severity
from tests.migrations_ui.preflight.facts import (
    GIGABYTE,
    GOOD,
    WHOLE_DERBY,
    database,
    host,
    pool,
    require_verdict,
    server,
    verdict,
)

PASSED, WARNING, BLOCKER = Outcome.PASSED, Outcome.WARNING, Outcome.BLOCKER
LATER = Outcome.LATER


def members(**changes: Any) -> Facts:
    return host(members=HadrShow((HadrMember("CN=trav1/O=Acme", **changes),)))


def version(text: str) -> Facts:
    return replace(server(traveler_version=text), host=replace(GOOD.host, shown_version=""))


def report_with(line: CheckResult) -> Facts:
    others = tuple(each for each in GOOD.database.report.results if each.check_id != line.check_id)
    return database(report=DatabaseReport((*others, line)))


def derby(**changes: Any) -> Facts:
    return host(derby_layout=replace(WHOLE_DERBY, **changes))


OUTSIDE_KEY = f"{WHOLE_DERBY.properties}dataEncryption=true\n"
ENCRYPTED = f"{OUTSIDE_KEY}encryptedBootPassword=7befbfe01919c749-39734\n"
WITH_PASSWORD = SourceFacts(reads=(10, 14), has_boot_password=True)


CASES: list[tuple[str, Facts, Outcome, str]] = [
    ("derby_whole", GOOD, PASSED, "written by Derby 10.14"),
    ("derby_whole", host(derby_layout=None), BLOCKER, "Not seen"),
    ("derby_whole", derby(properties=None), BLOCKER, "not a Derby database"),
    ("derby_whole", derby(properties="a=b"), BLOCKER, "not a Derby database"),
    ("derby_whole", derby(segment={}), BLOCKER, "seg0 has no c10.dat"),
    ("derby_whole", derby(log={}), BLOCKER, "last checkpoint"),
    ("derby_whole", derby(control=b""), BLOCKER, "neither a whole log.ctrl nor"),
    ("derby_whole", replace(GOOD, source=SourceFacts(reads=(10, 8))), BLOCKER, "Derby 10.14 wrote"),
    ("derby_whole", replace(GOOD, source=SourceFacts()), PASSED, "10.14"),
    (
        "derby_whole",
        derby(properties=f"{WHOLE_DERBY.properties}\nlogDevice=/elsewhere"),
        BLOCKER,
        "log is in /elsewhere",
    ),
    ("derby_whole", derby(properties=OUTSIDE_KEY), BLOCKER, "encryptionKey"),
    ("derby_opens", derby(properties=OUTSIDE_KEY), BLOCKER, "encryptionKey"),
    ("derby_opens", GOOD, PASSED, "not encrypted"),
    ("derby_opens", derby(properties=ENCRYPTED), BLOCKER, "no boot password is known"),
    (
        "derby_opens",
        replace(derby(properties=ENCRYPTED), source=WITH_PASSWORD),
        PASSED,
        "tried at Fetch",
    ),
    (
        "derby_opens",
        replace(
            derby(properties=ENCRYPTED), source=replace(WITH_PASSWORD, boot_password_opens=True)
        ),
        PASSED,
        "opens it",
    ),
    (
        "derby_opens",
        replace(
            derby(properties=ENCRYPTED), source=replace(WITH_PASSWORD, boot_password_opens=False)
        ),
        BLOCKER,
        "does not open it",
    ),
    ("derby_reader", GOOD, PASSED, "Derby 10.14"),
    ("derby_reader", replace(GOOD, source=SourceFacts()), WARNING, "does not say its version"),
    (
        "derby_reader",
        replace(GOOD, source=SourceFacts(reader_failure="The Java compiler is not here.")),
        BLOCKER,
        "compiler is not here",
    ),
    ("host", replace(GOOD, host=HostFacts(failure="trav4:22: refused.")), BLOCKER, "refused"),
    ("version", version(""), BLOCKER, "not known"),
    ("version", version("8.5.3.0"), BLOCKER, "8.5.3.100"),
    ("version", version("8.5.3.99"), BLOCKER, "8.5.3.100"),
    ("version", version("8.5.3.100"), PASSED, "8.5.3.100"),
    ("version", version("10.0.1.2 Build 202002141540_20"), PASSED, "10.0.1.2"),
    ("version_shown", host(shown_version="14.0.0"), WARNING, "14.5.1.0 is entered"),
    ("version_shown", host(shown_version=""), PASSED, "entered one counts"),
    ("pool_version", version("14.0.0"), BLOCKER, "trav1/Acme 14.5.1"),
    ("pool_version", version("14.5.1"), PASSED, "3 servers"),
    ("pool_version", pool(versions={}), PASSED, "First server"),
    ("pool_version", pool(versions={"trav1/Acme": ""}), WARNING, "trav1/Acme"),
    ("bits", server(bits=32), WARNING, "may join to migrate its data"),
    ("bits", server(bits=None), PASSED, "64"),
    (
        "bits",
        replace(server(bits=None), host=replace(GOOD.host, notes_ini=parse("NTS_64_BIT=0"))),
        WARNING,
        "32 bit",
    ),
    (
        "bits",
        replace(server(bits=None), host=replace(GOOD.host, notes_ini=parse(""))),
        WARNING,
        "Not known",
    ),
    ("platform", server(platform="unknown"), WARNING, "not known"),
    ("platform", server(platform="windows"), PASSED, "Windows"),
    ("domino_release", server(domino_release="8.5.2"), BLOCKER, "8.5.3 is needed"),
    ("domino_release", server(domino_release=""), WARNING, "not known"),
    ("domino_release", server(domino_release="Release 8.5.3FP5"), PASSED, "8.5.3"),
    ("domino_edition", server(domino_edition="Messaging"), BLOCKER, "Enterprise or Utility"),
    ("domino_edition", server(domino_edition="Utility Server"), PASSED, "Utility"),
    ("domino_edition", server(domino_edition=""), WARNING, "not known"),
    (
        "standalone",
        host(setting=DatabaseSetting("jdbc:db2://db/T", uses_derby=False)),
        BLOCKER,
        "jdbc:db2://db/T",
    ),
    ("standalone", host(setting=None, unseen={"setting": "It timed out."}), WARNING, "timed out"),
    ("derby", host(derby_present=False), BLOCKER, "no Derby database"),
    ("derby", host(derby_present=None), BLOCKER, "Not seen"),
    ("derby_lock", host(running=False, derby_locked=True), BLOCKER, "db.lck"),
    ("derby_lock", host(running=False, derby_locked=False), PASSED, "Not locked"),
    ("derby_lock", host(running=None, derby_locked=True), WARNING, "not known"),
    ("derby_lock", GOOD, PASSED, "running server only"),
    ("started_once", host(running=False, status=None), WARNING, "started standalone"),
    ("started_once", GOOD, PASSED, "Jun 15"),
    (
        "health",
        host(status=TravelerStatus(OverallStatus.RED, red=("Thread hangs.",))),
        WARNING,
        "Thread hangs.",
    ),
    ("jdbc_jar", host(jars=("db2jcc4.jar",)), BLOCKER, "postgresql-jdbc.jar"),
    ("jdbc_jar", host(jars=None), BLOCKER, "Not seen"),
    ("address", database(address="jdbc:db2://db/T"), PASSED, "is given jdbc:db2://db/T"),
    (
        "address",
        database(address='jdbc:db2://db/T:a=";', address_failure="Windows would interpret it."),
        BLOCKER,
        "Windows would interpret it.",
    ),
    ("backup", host(has_traveler_nsf=False), BLOCKER, "LotusTraveler.nsf"),
    ("disk", replace(GOOD, worker_free=2 * GIGABYTE), BLOCKER, "2.00 GB free"),
    ("disk", host(traveler_bytes=None), WARNING, "Not seen"),
    ("host_disk", host(disk_free=GIGABYTE // 10), BLOCKER, "0.10 GB free"),
    ("host_disk", host(disk_free=GIGABYTE), BLOCKER, "a rollback needs up to 1.25 GB"),
    ("shell_noise", host(noise=("Welcome, 3 failed logins",)), WARNING, "3 failed logins"),
    ("status_read", host(running=None, unseen={"running": "Hm."}), BLOCKER, "Hm."),
    ("status_read", host(running=False, status=None), LATER, "shows at its start"),
    ("status_read", host(status=TravelerStatus(is_stopped=True)), LATER, "No Traveler runs"),
    ("status_read", host(status=None, unseen={"status": "No."}), BLOCKER, "No."),
    ("status_read", host(status=TravelerStatus(unread=("est VERT",))), BLOCKER, "“est VERT”"),
    ("members_read", host(members=None), LATER, "after joining"),
    ("members_read", members(alive_text="Oui"), BLOCKER, "“Oui”"),
    ("members_read", members(), BLOCKER, "which are alive"),
    ("members_read", host(members=HadrShow(unread=("Serveur",))), BLOCKER, "“Serveur”"),
    ("check_read", host(check=None, unseen={"check": "Denied."}), LATER, "Denied."),
    ("check_read", host(check=CheckOutcome(None, ("Bon.",))), BLOCKER, "“Bon.”"),
    ("standalone", host(setting=DatabaseSetting(unread=("Bon.",))), BLOCKER, "“Bon.”"),
    ("backup_whole", host(not_copied=("logs",)), BLOCKER, "cannot be backed up"),
    ("backup_whole", host(traveler_bytes=None), BLOCKER, "Not seen"),
    ("backup_whole", host(mount_points=("/data/traveler",)), PASSED, "Mounted there"),
    ("host_disk", host(disk_free=None), WARNING, "Not seen"),
    (
        "db_login",
        report_with(CheckResult("login", "Login", Severity.BLOCKER, False, "Refused.", "Mend it.")),
        BLOCKER,
        "Refused.",
    ),
    ("db_encoding", database(report=DatabaseReport(())), BLOCKER, "could not be opened"),
    (
        "db_round_trip",
        report_with(
            CheckResult("round_trip", "Time", Severity.WARNING, False, "90 ms", "Move it.")
        ),
        WARNING,
        "90 ms",
    ),
    ("db_version", GOOD, PASSED, "Db2: fine"),
    (
        "db_version",
        report_with(
            CheckResult("version", "V", Severity.BLOCKER, False, "Db2 9.7.0.4 is too old", "Do.")
        ),
        BLOCKER,
        "9.7.0.4 is too old",
    ),
    (
        "db_availability",
        report_with(
            CheckResult("availability", "HA", Severity.WARNING, False, "HADR is not set up.", "Do.")
        ),
        WARNING,
        "Db2: HADR is not set up.",
    ),
    (
        "db_room",
        report_with(CheckResult("room", "Room", Severity.WARNING, False, "3.0 MB free", "Do.")),
        WARNING,
        "Db2: 3.0 MB free",
    ),
    ("db_supported", database(vendor_supported=False), WARNING, "no vendor page"),
    (
        "db_supported",
        database(why_no_migration="Lifeguard cannot migrate servers into Db2 yet."),
        BLOCKER,
        "cannot migrate servers into Db2",
    ),
    ("pool_free", pool(busy_with="The migration of trav9/Acme"), BLOCKER, "trav9/Acme"),
    ("external_url", server(external_url="https://old.acme.example"), BLOCKER, "old.acme"),
    ("external_url", server(external_url=f"{GOOD.pool.external_url.upper()}/"), PASSED, "HTTPS"),
    ("external_url", server(external_url=""), WARNING, "not known"),
    ("first_server", pool(versions={}), PASSED, "creates the pool"),
    ("capacity", pool(users=9_000), WARNING, "one server is down"),
    ("capacity", pool(users=None), WARNING, "not known"),
    ("pool_url", pool(url_failure="no answer"), WARNING, "no answer"),
    ("pool_url", pool(url_status=502), WARNING, "502"),
    ("pool_url", pool(url_status=404), WARNING, "not Traveler: HTTP 404"),
    ("pool_url", pool(url_status=401), PASSED, "401"),
    ("probe_https", pool(cleartext_probe_url="http://t.acme.example"), WARNING, "probe user"),
    ("probe_https", GOOD, PASSED, "in the clear"),
]


@pytest.mark.parametrize(
    ("check_id", "facts", "outcome", "seen"),
    CASES,
    ids=[f"{check_id} {outcome} {seen}" for check_id, _facts, outcome, seen in CASES],
)
def test_a_check_tells_what_it_saw(
    check_id: str, facts: Facts, outcome: Outcome, seen: str
) -> None:
    require_verdict(check_id, facts, outcome, seen)


def test_the_engine_is_named_once() -> None:
    reported = CheckResult(
        "version", "Version", Severity.WARNING, True, "Db2 11.5 (9.7 is needed)", ""
    )
    assert verdict("db_version", report_with(reported)).seen == "Db2 11.5 (9.7 is needed)"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.check_id)
def test_a_server_in_order_passes_every_check(check: Check) -> None:
    assert check.look(GOOD).outcome is PASSED


def test_a_console_log_that_cannot_be_read_blocks_with_the_reason() -> None:
    found = verdict("console_log", host(console_log=None, unseen={"console_log": "No such file."}))
    assert found.outcome is Outcome.BLOCKER
    assert "No such file." in found.seen


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.check_id)
def test_no_check_raises_when_nothing_could_be_seen(check: Check) -> None:
    nothing = replace(
        GOOD,
        server=type(GOOD.server)(name="trav4/Acme"),
        host=HostFacts(failure="No answer."),
        database=replace(GOOD.database, report=DatabaseReport(())),
        pool=type(GOOD.pool)(name="Acme EU", external_url="https://x"),
    )
    assert check.look(nothing).seen


@pytest.mark.parametrize(
    ("engine", "jar"),
    [
        ("db2", "db2jcc4.jar"),
        ("sqlserver", "mssql-jdbc.jar"),
        ("mysql", "mysql-jdbc.jar"),
        ("postgresql", "postgresql-jdbc.jar"),
    ],
)
def test_each_engine_wants_its_own_jdbc_driver(engine: str, jar: str) -> None:
    """The names of the article and of the vendor's container tests (domain.md 10)."""
    facts = database(jdbc_jar=ENGINES[engine].jdbc_jar)
    found = verdict("jdbc_jar", replace(facts, host=replace(facts.host, jars=(jar,))))
    assert found.outcome is PASSED
    assert verdict("jdbc_jar", replace(facts, host=replace(facts.host, jars=()))).outcome is BLOCKER


def test_every_check_has_a_name_of_its_own_and_a_group() -> None:
    names = [check.check_id for check in CHECKS]
    assert len(names) == len(set(names))
    assert {check.group for check in CHECKS} == {"server", "database", "pool", "network"}


DATABASE_LINES = {
    *("db_host", "db_port", "db_engine", "db_login", "db_tls", "db_version", "db_encoding"),
    *("db_collation", "db_privileges", "db_schema", "db_room", "db_round_trip", "db_availability"),
}


def ended(*lines: CheckResult) -> Facts:
    facts = database(report=DatabaseReport(lines))
    asked = RehearsalFacts(scratch="lg_rehearsal_1")
    return replace(facts, rehearsal=asked)


@pytest.mark.parametrize("failing", ["host", "port", "engine", "login"])
def test_a_database_that_cannot_be_opened_is_one_finding(failing: str) -> None:
    """Refused, silent, not resolved, a wrong password, a certificate: one line has the cause."""
    order = ("host", "port", "engine", "login")
    before = [
        CheckResult(name, name, Severity.BLOCKER, True, "fine")
        for name in order[: order.index(failing)]
    ]
    line = CheckResult(failing, failing, Severity.BLOCKER, False, "Cause.", "Remedy.")
    facts = ended(*before, line)
    found = {
        check.check_id: check.look(facts)
        for check in CHECKS
        if check.check_id in DATABASE_LINES | {"scratch"}
    }
    blocked = {check_id for check_id, each in found.items() if each.outcome is BLOCKER}
    assert blocked == {f"db_{failing}"}
    assert found[f"db_{failing}"].seen == "Cause."
    assert found[f"db_{failing}"].remedy == "Remedy."
    later = {each.seen for each in found.values() if each.outcome is LATER}
    assert later == {"Not checked, because the database cannot be opened."}
    assert len(found) == 14
    assert sum(each.outcome is LATER for each in found.values()) == 13 - len(before)


def test_a_connection_that_is_lost_in_between_is_one_finding() -> None:
    asked = [
        CheckResult(name, name, Severity.BLOCKER, True, "fine")
        for name in ("host", "port", "engine", "login", "tls")
    ]
    lost = CheckResult("version", "V", Severity.BLOCKER, False, "The database has gone.", "Wait.")
    facts = ended(*asked, lost)
    found = {check.check_id: check.look(facts) for check in CHECKS}
    assert found["db_version"].outcome is BLOCKER
    assert found["db_room"].outcome is LATER
    assert "the connection to the database was lost" in found["db_room"].seen


def test_a_server_that_would_find_derby_at_its_first_start_is_warned_of() -> None:
    aside = verdict("derby_aside", server())
    assert aside.outcome is PASSED
    assert "a rollback puts it back" in aside.seen
    left = verdict("derby_aside", server(sets_derby_aside=False, profile="Odd"))
    assert left.outcome is WARNING
    assert "command profile Odd" in left.remedy
