"""Facts of a server that is to be migrated: each test spoils one of them."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Any

from migrations_ui.preflight.facts import (
    DatabaseFacts,
    Facts,
    HostFacts,
    PoolFacts,
    ServerFacts,
    SourceFacts,
)
from migrations_ui.preflight.registry import CHECKS
from migrations_ui.preflight.verdict import CheckVerdict
from migrations_ui.states import Outcome
from migrations_ui.transfer.derby.layout import DerbyLayout
from pools.checks.report import CheckResult, DatabaseReport
from pools.databases.jdbc_jar import JdbcJar
from pools.domain.notes_ini import parse
from pools.gateways.parsing.db_check import CheckOutcome
from pools.gateways.parsing.db_show import DatabaseSetting
from pools.gateways.parsing.hadr_show import HadrMember, HadrShow
from pools.gateways.parsing.status import TravelerStatus
from pools.states import OverallStatus, Severity

GIGABYTE = 1024**3
URL = "https://traveler.acme.example/traveler"
REPORT_LINES = (
    *("host", "port", "engine", "login", "tls", "version"),
    *("encoding", "collation", "privileges", "schema"),
    *("room", "round_trip", "availability"),
)

WHOLE_DERBY = DerbyLayout(
    properties="derby.serviceProtocol=org.apache.derby.database.Database\n",
    segment={"c10.dat": 8192},
    log={"log1.dat": 4096},
    control=struct.pack(">iiqii", 128, 9, 1 << 32, 10, 14),
)

GOOD = Facts(
    server=ServerFacts(
        name="trav4/Acme",
        traveler_version="14.5.1.0",
        domino_release="14.5.1",
        domino_edition="Enterprise",
        platform="linux",
        bits=64,
        external_url=URL,
    ),
    host=HostFacts(
        fingerprint="SHA256:abc",
        running=True,
        shown_version="14.5.1.0",
        status=TravelerStatus(OverallStatus.GREEN, running_since="Tue Jun 15 17:08:37 EDT 2010"),
        setting=DatabaseSetting(uses_derby=True),
        members=HadrShow((HadrMember("CN=trav1/O=Acme", alive=True),)),
        check=CheckOutcome(True, ("The configuration is valid.",)),
        profile="Linux",
        notes_ini=parse("[Notes]\nNTS_64_BIT=1\n"),
        jars=("postgresql-jdbc.jar",),
        jar_directory="/opt/hcl/domino/Traveler/lib",
        derby_directory="/local/notesdata/traveler/ntsdb",
        derby_present=True,
        derby_locked=True,
        derby_layout=WHOLE_DERBY,
        traveler_bytes=GIGABYTE,
        disk_free=5 * GIGABYTE,
        has_traveler_nsf=True,
        console_log=4_096,
    ),
    database=DatabaseFacts(
        name="Acme EU database",
        engine="Db2",
        jdbc_jar=JdbcJar("postgresql-jdbc.jar"),
        vendor_supported=True,
        automatic_schema=True,
        report=DatabaseReport(
            tuple(
                CheckResult(check_id, check_id, Severity.BLOCKER, True, "fine")
                for check_id in REPORT_LINES
            )
        ),
    ),
    pool=PoolFacts(
        name="Acme EU",
        external_url=URL,
        versions={"trav1/Acme": "14.5.1", "trav2/Acme": "14.5.1.0"},
        users=2_000,
        url_status=401,
    ),
    worker_free=10 * GIGABYTE,
    source=SourceFacts(reads=(10, 14)),
)


def server(**changes: Any) -> Facts:
    return replace(GOOD, server=replace(GOOD.server, **changes))


def host(**changes: Any) -> Facts:
    return replace(GOOD, host=replace(GOOD.host, **changes))


def database(**changes: Any) -> Facts:
    return replace(GOOD, database=replace(GOOD.database, **changes))


def pool(**changes: Any) -> Facts:
    return replace(GOOD, pool=replace(GOOD.pool, **changes))


def verdict(check_id: str, facts: Facts) -> CheckVerdict:
    check = next(check for check in CHECKS if check.check_id == check_id)
    return check.look(facts)


def require_verdict(check_id: str, facts: Facts, outcome: Outcome, seen: str) -> None:
    """It tells what it saw, and what is not passed has a remedy."""
    found = verdict(check_id, facts)
    assert found.outcome is outcome, found
    assert seen in found.seen
    assert bool(found.remedy) is (outcome in {Outcome.WARNING, Outcome.BLOCKER})
