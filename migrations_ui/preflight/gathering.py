"""Gathers the facts. Whatever cannot be seen becomes a sentence in them, never an exception."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db.models import Sum

from migrations_ui.hosts import TRAVELER_NSF, Host, open_host
from migrations_ui.models import Migration, PoolLock
from migrations_ui.preflight.derby_layout import remote_layout
from migrations_ui.preflight.facts import (
    DatabaseFacts,
    Facts,
    HostFacts,
    OutageFacts,
    PoolFacts,
    RehearsalFacts,
    ServerFacts,
    SourceFacts,
)
from migrations_ui.states import ENDED
from migrations_ui.transfer.derby.boot_trial import boot_password_opens
from migrations_ui.transfer.derby.layout import DerbyLayout
from migrations_ui.transfer.derby.start_trial import require_start
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.engines.offered import why_no_migration_into
from migrations_ui.transfer.errors import ReaderDied, ReaderMissing
from pools.checks.database import run_checks
from pools.checks.report import LOGIN_TITLE, CheckResult, DatabaseReport
from pools.databases.engines import ENGINES
from pools.databases.errors import DatabaseError
from pools.databases.scratch import may_create_scratch, scratch_grant
from pools.domain import notes_ini
from pools.domain.names import same_name
from pools.gateways.errors import ConnectionLost, GatewayError, NoAnswer, TimedOut, UnsafeText
from pools.gateways.parsing import hadr_show
from pools.gateways.parsing.hadr_show import HadrShow
from pools.gateways.profiles import HostProfile
from pools.gateways.shell import Shell
from pools.gateways.tree_listing import TreeListing
from pools.gateways.web import web_error
from pools.models import DatabaseConfiguration, Pool, Server
from pools.models.secret import SecretUnreadable, has_secret
from pools.services.hosts import console_on
from pools.services.membership import likely_first
from pools.services.schema_levels import store_checked_level
from pools.states import SchemaMode, Severity

URL_TIMEOUT = 5.0
# What is asked by commands, and not by reading files.
COMMANDS = frozenset({"noise", "running", "status", "members", "setting", "check"})
AUTOMATIC = {SchemaMode.AUTOMATIC: True, SchemaMode.MANUAL: False}


def gather(migration: Migration) -> Facts:
    """Ask server, database, pool and network; some seconds, more when something is silent."""
    settings.LIFEGUARD_WORK_DIR.mkdir(parents=True, exist_ok=True)
    host = host_facts(migration.server, migration.pool)
    database = database_facts(migration.pool.database, migration.server.profile.host_profile())
    return Facts(
        server=server_facts(migration.server),
        host=host,
        database=database,
        pool=pool_facts(migration),
        worker_free=shutil.disk_usage(settings.LIFEGUARD_WORK_DIR).free,
        rehearsal=rehearsal_facts(migration, database.report) if migration.is_rehearsal else None,
        outage=outage_facts(migration),
        source=source_facts(migration, host.derby_layout),
    )


def source_facts(migration: Migration, layout: DerbyLayout | None) -> SourceFacts:
    toolchain = JavaToolchain.from_settings()
    failure, opens = "", None
    try:
        toolchain.require_reader()
        require_start(toolchain)
        if layout is not None and layout.is_encrypted and migration.derby_boot_password:
            opens = boot_password_opens(layout, migration.derby_login, toolchain=toolchain)
    except (ReaderMissing, ReaderDied) as error:
        failure = str(error)
    return SourceFacts(
        reads=toolchain.derby_version(),
        reader_failure=failure,
        has_boot_password=has_secret(migration, "derby_boot_password"),
        boot_password_opens=opens,
    )


def server_facts(server: Server) -> ServerFacts:
    return ServerFacts(
        name=str(server),
        traveler_version=server.traveler_version,
        domino_release=server.domino_release,
        domino_edition=server.domino_edition,
        platform=server.platform,
        bits=server.bits,
        external_url=server.external_url,
        cleartext_url=server.api_url if server.sends_cleartext else "",
        profile=server.profile.name,
        sets_derby_aside=server.profile.derby_aside,
        refused_patterns=server.profile.refused_patterns,
    )


def host_facts(server: Server, pool: Pool) -> HostFacts:
    try:
        with open_host(server) as host:
            return _look_at(host, server, pool)
    except GatewayError as error:
        return HostFacts(failure=str(error))


def database_facts(database: DatabaseConfiguration, profile: HostProfile) -> DatabaseFacts:
    engine = ENGINES[database.engine]
    report = _report_of(database)
    return DatabaseFacts(
        name=database.name,
        engine=engine.name,
        jdbc_jar=engine.jdbc_jar,
        vendor_supported=engine.vendor_supported,
        automatic_schema=AUTOMATIC.get(SchemaMode(database.schema_mode)),
        report=report,
        user=database.username,
        schema=database.schema,
        schema_parameter=engine.schema_parameter,
        address=database.jdbc_url,
        address_failure=_why_not_on_command_line(database.jdbc_url, profile),
        why_no_migration=why_no_migration_into(database.engine),
    )


def _report_of(database: DatabaseConfiguration) -> DatabaseReport:
    try:
        login = database.login()
    except SecretUnreadable as error:
        line = CheckResult("login", LOGIN_TITLE, Severity.BLOCKER, passed=False, seen=str(error))
        return DatabaseReport((line,))
    report = run_checks(login, schema_mode=database.schema_mode)
    store_checked_level(database, login, report)
    return report


def _why_not_on_command_line(address: str, profile: HostProfile) -> str:
    try:
        profile.shell_text("{address}", address=address)
    except UnsafeText as error:
        return str(error)
    return ""


def rehearsal_facts(migration: Migration, report: DatabaseReport) -> RehearsalFacts:
    if report.ending is not None:
        # Asked again it would wait as long, and a refused login would be sent once more.
        return RehearsalFacts(scratch=migration.scratch_name)
    login = migration.pool.database.login()
    may_create, failure = None, ""
    try:
        may_create = may_create_scratch(login, migration.scratch_name)
    except DatabaseError as error:
        failure = str(error)
    return RehearsalFacts(
        scratch=migration.scratch_name,
        may_create=may_create,
        grant=scratch_grant(login),
        failure=failure,
    )


def outage_facts(migration: Migration) -> OutageFacts:
    return OutageFacts(
        drain_seconds=migration.drain_seconds,
        bytes_per_second=Migration.objects.measured_backup_rate(),
        server_moves_data=migration.is_vendor_transfer,
    )


def pool_facts(migration: Migration) -> PoolFacts:
    pool = migration.pool
    members = pool.servers.in_service()
    users = members.aggregate(total=Sum("users"))["total"]
    own = migration.server.users
    lock = PoolLock.objects.select_related("migration__server").filter(pool=pool).first()
    foreign = lock is not None and lock.migration_id != migration.pk
    failure, status = _ask_url(pool.external_url)
    return PoolFacts(
        name=pool.name,
        external_url=pool.external_url,
        versions={str(member): member.traveler_version for member in members},
        busy_with=_busy_with(lock) if lock and foreign else "",
        cleartext_probe_url=pool.external_url if pool.sends_probe_in_clear else "",
        users=None if users is None and own is None else (users or 0) + (own or 0),
        url_failure=failure,
        url_status=status,
    )


def _busy_with(lock: PoolLock) -> str:
    if lock.migration.state in ENDED:
        return f"A comparison or purge for the migration of {lock.migration.server}"
    return f"The migration of {lock.migration.server}"


def _look_at(host: Host, server: Server, pool: Pool) -> HostFacts:
    unseen: dict[str, str] = {}
    unasked: set[str] = set()

    def see(part: str, look: Callable[[], Any]) -> Any:
        try:
            return look()
        except GatewayError as error:
            unseen[part] = str(error)
            return None

    def ask(part: str, look: Callable[[], Any]) -> Any:
        """For commands: one that is left unanswered says enough of the others."""
        if unasked:
            unasked.add(part)
            return None
        try:
            return look()
        except GatewayError as error:
            unseen[part] = str(error)
            if isinstance(error, TimedOut | ConnectionLost) and not isinstance(error, NoAnswer):
                unasked.update(COMMANDS - {part})
            return None

    noise = ask("noise", host.shell.noise) or ()
    running = ask("running", host.console.server_running)
    status = ask("status", host.console.status) if running else None
    members = ask("members", host.console.hadr_show) if running else None
    listing: TreeListing | None = see("traveler_bytes", lambda: _listing(host))
    version = _version(members, server)
    setting = ask("setting", host.traveler_util.db_show)
    check = ask("check", host.traveler_util.db_check)
    return HostFacts(
        fingerprint=host.shell.fingerprint,
        running=running,
        shown_version=version,
        status=status,
        setting=setting,
        members=members if members and members.members else _members_by_pool(host.profile, pool),
        check=check,
        noise=noise,
        profile=host.profile.name,
        notes_ini=see("notes_ini", lambda: notes_ini.parse(host.shell.read_text(host.notes_ini))),
        auto_schema_parameter=host.profile.auto_schema_parameter
        or notes_ini.documented_spelling(version or server.traveler_version),
        jars=see("jars", lambda: _names(host.shell, host.jar_directory)),
        jar_directory=host.jar_directory,
        derby_directory=host.derby_directory,
        derby_present=see(
            "derby_present",
            lambda: host.shell.exists(f"{host.derby_directory}/service.properties"),
        ),
        derby_layout=see("derby_layout", lambda: remote_layout(host.shell, host.derby_directory)),
        derby_locked=see("derby_locked", lambda: host.derby_is_locked),
        traveler_bytes=listing.bytes if listing else None,
        not_copied=tuple(listing.skipped) if listing else (),
        mount_points=see("mount_points", lambda: _mounts(host)),
        disk_free=see(
            "disk_free",
            lambda: host.shell.disk_free(host.shell.real_path(host.traveler_folder)),
        ),
        has_traveler_nsf=see("has_traveler_nsf", lambda: _has_nsf(host)),
        console_log=see("console_log", host.console.log_offset),
        unseen=unseen,
        unasked=frozenset(unasked - set(unseen)),
    )


def _version(shown: HadrShow | None, server: Server) -> str:
    members = shown.members if shown is not None else ()
    return next(
        (each.version for each in members if same_name(each.domino_name, server.domino_name)), ""
    )


def _members_by_pool(profile: HostProfile, pool: Pool) -> HadrShow | None:
    """What a member prints, read as the joining server's own list will be; None: nobody answers."""
    for member in likely_first(pool):
        try:
            with console_on(member) as console:
                answer = console.ask(console.profile.hadr_show)
        except GatewayError:
            continue
        return hadr_show.parse("\n".join(answer), profile.words)
    return None


def _has_nsf(host: Host) -> bool:
    names = _names(host.shell, host.profile.data_directory)
    return any(name.casefold() == TRAVELER_NSF.casefold() for name in names)


def _names(shell: Shell, directory: str) -> tuple[str, ...]:
    return tuple(entry.name for entry in shell.list_directory(directory))


def _listing(host: Host) -> TreeListing:
    """What a backup takes of whole folders."""
    whole = TreeListing([], [], [])
    for folder in host.folders:
        listing = host.shell.list_tree(folder)
        whole.directories += listing.directories
        whole.files += listing.files
        whole.skipped += listing.skipped
    return whole


def _mounts(host: Host) -> tuple[str, ...] | None:
    points = host.shell.mount_points()
    if points is None:
        return None
    above = [f"{host.shell.real_path(folder)}/" for folder in host.folders]
    return tuple(point for point in points if f"{point}/".startswith(tuple(above)))


def _ask_url(url: str) -> tuple[str, int | None]:
    """Failure in words, or the status of the answer."""
    try:
        # Whether something answers is asked here; certificates are the balancer's own matter.
        answer = httpx.get(url, timeout=URL_TIMEOUT, verify=False, trust_env=False)  # noqa: S501
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return web_error(error, host="", timeout=URL_TIMEOUT).message, None
    if answer.status_code == HTTPStatus.NOT_FOUND and not urlsplit(url).path.strip("/"):
        # Devices add the path to an address without one, and a balancer may know only that.
        return _ask_url(f"{url.rstrip('/')}/traveler")
    return "", answer.status_code
