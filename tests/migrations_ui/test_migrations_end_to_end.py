"""Whole migrations against a lab: real SSH, real Derby, real PostgreSQL."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings
from psycopg import sql

from console.accounts.models import User
from console.sealed_files import MAGIC
from migrations_ui.models import Migration, PoolLock
from migrations_ui.presentation.manual_schema import waits_for_dba
from migrations_ui.runner.preflight import run_checks
from migrations_ui.services.migrations import (
    cancel_migration,
    check_migration,
    confirm_cutover,
    create_migration,
    retry_migration,
    roll_back_migration,
)
from migrations_ui.states import MigrationStatus, StepName, StepStatus
from migrations_ui.steps.context import StepContext
from migrations_ui.steps.registry import STEPS, StepFunctions
from pools.databases.connection import DatabaseLogin
from pools.gateways.probe import DEVICE_ID
from pools.lab.faults import set_fault
from pools.models import DatabaseConfiguration, Login, Server
from pools.services.databases import update_database
from pools.services.logins import update_login
from pools.services.pools import create_pool
from pools.services.schema_kits import kit_of, kit_options_for
from pools.services.schema_levels import read_level
from pools.states import SchemaMode
from tests.lab_fixture import RunningLab
from tests.migrations_ui.whole_migrations import (
    check_and_start,
    cut_over,
    devices_called,
    file_digests,
    rows_in_derby,
    rows_in_pool,
    run,
    run_to_the_gate,
    without_person,
)

pytestmark = pytest.mark.usefixtures("queued")


@pytest.fixture
def data(lab: RunningLab) -> Path:
    """The data directory of the server that is migrated."""
    return lab.directory.data(lab.host("trav4"))


def probe_login_of(migration: Migration) -> Login:
    login = migration.pool.probe_login
    assert login is not None, "the lab's enrolment gives its pool one"
    return login


def test_a_server_moves_into_the_pool_with_every_row(
    lab: RunningLab, draft: Migration, data: Path, tmp_path: Path
) -> None:
    login = lab.directory.databases["pool"]
    before = rows_in_pool(login)
    run_to_the_gate(draft)
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")

    assert all(len(rows) for table, rows in original.items() if table != "sec_records")
    for table, rows in rows_in_pool(login).items():
        assert rows - before[table] == original[table] - before[table], table
        assert before[table] <= rows

    cut_over(draft)
    draft.server.refresh_from_db()
    assert draft.server.pool == draft.pool
    assert not PoolLock.objects.exists()
    assert "CN=trav4/O=Acme" in lab.console("trav1", "tell traveler hadr show")
    assert set(draft.steps.values_list("status", flat=True)) == {StepStatus.DONE}
    assert not draft.events.filter(text__contains=login.password).exists()
    assert draft.events.filter(text__startswith="Probe device: LifeguardProbe").exists()
    assert devices_called(DEVICE_ID, login) == {probe_login_of(draft).username}


def test_the_first_server_creates_the_pool(
    lab: RunningLab, work_directory: Path, administrator: User
) -> None:
    server = Server.objects.get(domino_name="CN=trav4/O=Acme")
    pool = create_pool(
        "Acme US",
        actor=administrator,
        external_url=server.external_url,
        database=DatabaseConfiguration.objects.get(name="Acme US database"),
    )
    migration = create_migration(server, pool, actor=administrator, drain_seconds=0)
    assert migration.creates_pool
    run_to_the_gate(migration)
    cut_over(migration)

    rows = rows_in_pool(lab.directory.databases["empty"])
    assert {owner for owner, *_ in rows["settings"]} >= {"*"}, "the pool's default settings"
    assert all(rows[table.table] for table in migration.tables.filter(rows_total__gt=0))
    assert "CN=trav4/O=Acme" in lab.console("trav4", "tell traveler hadr show")


def test_a_manual_schema_waits_for_the_dba_and_goes_on(
    lab: RunningLab,
    work_directory: Path,
    administrator: User,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Preflight names the file before anything is stopped; tables lost later stop the step."""
    database = DatabaseConfiguration.objects.get(name="Acme US database")
    update_database(database, actor=administrator, schema_mode=SchemaMode.MANUAL)
    with (data / "notes.ini").open("a") as ini:
        ini.write("NTS_AUTO_DBSCHEMA=false\n")
    server = Server.objects.get(domino_name="CN=trav4/O=Acme")
    pool = create_pool(
        "Acme US", actor=administrator, external_url=server.external_url, database=database
    )
    migration = create_migration(server, pool, actor=administrator, drain_seconds=0)

    check_migration(migration, actor=administrator)
    run_checks(migration.pk)
    finding = migration.findings.blockers().get()
    assert finding.check_id == "db_schema"
    assert "2-create-tables.sql" in finding.remedy

    login = lab.directory.databases["empty"]
    run_as_dba(login, database)
    check_and_start(migration)
    fetch = STEPS[StepName.FETCH]

    def fetch_and_lose_the_tables(context: StepContext) -> str:
        with psycopg.connect(**address_of(login)) as connection:
            connection.execute("DROP TABLE schema_level")
        return fetch.run(context)

    monkeypatch.setitem(STEPS, StepName.FETCH, StepFunctions(fetch_and_lose_the_tables))
    run(migration)
    assert (migration.status, migration.current_step) == (MigrationStatus.FAILED, StepName.SCHEMA)
    assert "the DBA has to run 2-create-tables.sql" in migration.failure
    assert waits_for_dba(migration)

    with psycopg.connect(**address_of(login)) as connection:
        for table in connection.execute(OWN_TABLES).fetchall():
            connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(table[0])))
    run_as_dba(login, database)
    read_level(database)
    retry_migration(migration, actor=administrator)
    run(migration)
    assert migration.state is MigrationStatus.AWAITING_CUTOVER, migration.failure


OWN_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


def address_of(login: DatabaseLogin) -> dict[str, Any]:
    return {
        "host": login.host,
        "port": login.port,
        "dbname": login.name,
        "user": login.user,
        "password": login.password,
    }


def run_as_dba(login: DatabaseLogin, database: DatabaseConfiguration) -> None:
    """File 2 of the kit, as it is."""
    files = kit_of(database, new=kit_options_for(database), traveler_login="")
    text = next(file.text for file in files if file.name == "2-create-tables.sql")
    with psycopg.connect(**address_of(login), autocommit=True) as connection:
        connection.execute(text.encode())


def test_a_migration_cancelled_at_the_gate_leaves_no_trace(
    lab: RunningLab, draft: Migration
) -> None:
    login = lab.directory.databases["pool"]
    pool_before = rows_in_pool(login)
    run_to_the_gate(draft)
    cancel_migration(draft, actor=draft.actor)
    run(draft)

    assert draft.status == MigrationStatus.CANCELLED, draft.failure
    assert draft.events.filter(text__startswith="The Derby database is as it was").exists()
    assert rows_in_pool(login) == pool_before
    assert not PoolLock.objects.exists()
    assert "GREEN" in lab.console("trav4", "tell traveler status").upper()


def test_not_a_byte_of_the_server_changes_before_the_cutover(
    lab: RunningLab, draft: Migration, data: Path
) -> None:
    # A server that was down before stays down, so that nobody else writes its files.
    lab.run("trav4", "domino stop")
    before = file_digests(data)
    run_to_the_gate(draft)
    assert file_digests(data) == before
    cancel_migration(draft, actor=draft.actor)
    run(draft)

    assert draft.status == MigrationStatus.CANCELLED, draft.failure
    assert file_digests(data) == before


@override_settings(LIFEGUARD_ENCRYPT_BACKUPS=True)
def test_a_finished_migration_is_rolled_back_from_its_backup_which_may_be_encrypted(
    lab: RunningLab, draft: Migration, data: Path, tmp_path: Path
) -> None:
    login = lab.directory.databases["pool"]
    pool_before = rows_in_pool(login)
    run_to_the_gate(draft)
    shutil.copytree(data / "traveler" / "ntsdb", tmp_path / "original")
    original = rows_in_derby(tmp_path / "original", tmp_path / "derby.log")
    cut_over(draft)
    assert not (data / "traveler" / "ntsdb").exists()
    assert not (settings.LIFEGUARD_WORK_DIR / "runs" / draft.run_id).exists()

    assert Path(draft.backup_path).read_bytes().startswith(MAGIC)
    roll_back_migration(draft, actor=draft.actor, typed_name="trav4")
    run(draft)

    assert draft.status == MigrationStatus.ROLLED_BACK, draft.failure
    draft.server.refresh_from_db()
    assert draft.server.pool is None
    # The probe device of the last step has synced in the pool, as any other device may have.
    prober = probe_login_of(draft).username
    assert without_person(rows_in_pool(login), prober) == without_person(pool_before, prober)
    lab.run("trav4", "domino stop")
    restored = tmp_path / "restored"
    shutil.copytree(data / "traveler" / "ntsdb", restored)
    assert rows_in_derby(restored, tmp_path / "derby.log") == original


def test_a_step_that_fails_says_why_and_can_be_retried(
    lab: RunningLab, draft: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrations_ui.steps.start.LONGEST_SILENCE_SECONDS", 3)
    run_to_the_gate(draft)
    set_fault(lab.directory, lab.host("trav4"), "fail-start", active=True)
    confirm_cutover(draft, actor=draft.actor, typed_name="trav4/Acme")
    run(draft)
    assert draft.status == MigrationStatus.FAILED
    assert draft.current_step == StepName.START
    assert "did not start" in draft.failure

    set_fault(lab.directory, lab.host("trav4"), "fail-start", active=False)
    lab.run("trav4", "domino stop")
    retry_migration(draft, actor=draft.actor)
    run(draft)
    assert draft.status == MigrationStatus.FINISHED, draft.failure


def test_a_probe_device_that_is_refused_fails_the_migration_until_it_can_sync(
    lab: RunningLab, draft: Migration
) -> None:
    login = probe_login_of(draft)
    right = login.password
    update_login(login, actor=draft.actor, password="mistyped")
    run_to_the_gate(draft)
    confirm_cutover(draft, actor=draft.actor, typed_name="trav4/Acme")
    run(draft)
    assert draft.status == MigrationStatus.FAILED
    assert draft.current_step == StepName.CONFIRM
    assert "HTTP 401" in draft.failure
    assert "Acme EU: probe user" in draft.failure
    draft.server.refresh_from_db()
    assert draft.server.pool is None

    update_login(login, actor=draft.actor, password=right)
    retry_migration(draft, actor=draft.actor)
    run(draft)
    assert draft.status == MigrationStatus.FINISHED, draft.failure


def test_a_host_that_dies_fails_the_step_and_the_migration_goes_on_after_its_return(
    lab: RunningLab, draft: Migration
) -> None:
    check_and_start(draft)
    lab.kill("trav4")
    run(draft)
    assert draft.status == MigrationStatus.FAILED
    assert "127.0.0.1" in draft.failure

    lab.restart("trav4")
    retry_migration(draft, actor=draft.actor)
    run(draft)
    assert draft.status == MigrationStatus.AWAITING_CUTOVER, draft.failure


@override_settings(LIFEGUARD_ENCRYPT_BACKUPS=True)
def test_a_backup_is_restored_by_one_command(lab: RunningLab, draft: Migration, data: Path) -> None:
    lab.run("trav4", "domino stop")
    before = file_digests(data)
    run_to_the_gate(draft)
    (data / "LotusTraveler.nsf").write_bytes(b"spoilt")
    shutil.rmtree(data / "traveler" / "ntsdb")
    call_command("restore_backup", draft.backup_path, "trav4/Acme", stdout=StringIO())
    assert file_digests(data) == before

    lab.run("trav4", "domino start")
    with pytest.raises(CommandError, match="has to be down"):
        call_command("restore_backup", draft.backup_path, "trav4/Acme")
    with pytest.raises(CommandError, match="No server is called trav9"):
        call_command("restore_backup", draft.backup_path, "trav9")
